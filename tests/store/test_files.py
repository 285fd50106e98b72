"""RDF files as data sets, and graphs as files."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

import knockon
from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import CausalChain, DataSet, Dependency, Event, Measure, Observation, Product, Shock
from knockon.model.base import digest
from knockon.model.language import LanguageString
from knockon.store.atomic_write import temporary_file, write_all, write_bytes
from knockon.store.files import FORMATS, format_of, from_quads, read_file, slug, to_bytes, write_file
from knockon.store.folder import FolderStore
from knockon.store.output_paths import check_output_file
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import DERIVED_GRAPH, MY, ONTOLOGY_GRAPH
from support.short_form import some_of
from support.small_records import data_set, documents, entities, iri, need, passage

EVIDENCE = [passage(0, 9), passage(20, 30, "doc-b", "Alleges")]


def sample() -> DataSet:
    """Every kind of value: words, decimals, dates, text with odd signs, parts with evidence."""
    return data_set(
        "sample",
        [
            *documents("doc-a", "doc-b"),
            *entities("shop", comment='Line\nbreak, "quotes", \\ and ünïcode 😀'),
            *entities("cloud", cls=Product, identifier=[{"scheme": "LEI", "notation": "1"}], part_of=iri("shop")),
            need(
                "shop",
                "cloud",
                supply=[{"provider": iri("cloud"), "share": "0.2500", "delay": "P2D", "evidence": EVIDENCE}],
                combination="Shares",
                criticality_value="0.10",
                judged=["criticalityValue", "evidence"],
                evidence=EVIDENCE,
                **{"from": "2020-02-29", "until": "2021-01-01"},
            ),
            Measure(id=iri("law"), label="Law", measure_kind="ExportControl", status="InForce", applies_to=iri("shop")),
            Observation(id=iri("obs"), about=iri("shop"), metric="size", value_low="-1.5", value_high="1000000000000.000001"),
            Event(id=iri("day"), label="Day", date="2020-01-01", date_precision="Year", participant=iri("shop")),
            Shock.model_validate({"id": iri("blow"), "label": "Blow", "hit": [{"target": iri("shop"), "severity": "High"}]}),
            CausalChain.model_validate(
                {
                    "id": iri("chain"),
                    "label": "C",
                    "chainKind": "Narrative",
                    "step": [{"order": k, "label": str(k)} for k in range(1, 12)],
                }
            ),
        ],
        extra=(Quad(NamedNode(iri("shop")), NamedNode("urn:x:p"), Literal("1"), NamedNode(iri("data-sample"))),),
    )


@pytest.fixture(scope="module")
def bundled() -> MemoryStore:
    return MemoryStore(*knockon.open().store.data_sets)


@pytest.mark.parametrize("ending", FORMATS)
def test_export_then_import_is_the_same(tmp_path: Path, ending: str) -> None:
    """Records, data set, foreign triples and revision come back equal from every format."""
    store = MemoryStore(sample())
    file = tmp_path / f"out.{ending}"
    write_file(store.quads(), file)
    back = read_file(file)
    assert back.records == store.records
    assert back.info == sample().info
    assert [(q.subject, q.predicate, q.object) for q in back.extra] == [
        (q.subject, q.predicate, q.object) for q in sample().extra
    ]
    again = MemoryStore(back)
    assert again.revision == store.revision
    assert set(again.quads()) == set(store.quads())


@pytest.mark.parametrize("ending", some_of(FORMATS, len(FORMATS)))
def test_the_bundled_data_come_back_from_every_format(tmp_path: Path, bundled: MemoryStore, ending: str) -> None:
    """The bundled data set too: equal records, equal revision, equal quads."""
    file = tmp_path / f"out.{ending}"
    write_file(bundled.quads(), file)
    again = MemoryStore(read_file(file))
    assert again.records == bundled.records
    assert again.revision == bundled.revision
    assert set(again.quads()) == set(bundled.quads())


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    """Written twice, in another order, from memory or from a folder: the same file, in every format."""
    folder = FolderStore(tmp_path / "store")
    folder.load(sample())
    # The ontology alone is a thousand triples: a part of it shows the same.
    quads, stored = ([quad for quad in store.quads() if _is_of_sample(quad)] for store in (MemoryStore(sample()), folder))
    assert {quad.graph_name.value for quad in quads} > {ONTOLOGY_GRAPH, DERIVED_GRAPH}
    for ending, form in FORMATS.items():
        written = [to_bytes(given, form) for given in (quads, quads[::-1], [*quads, *quads], stored)]
        assert len(set(written)) == 1, ending


def _is_of_sample(quad: Quad) -> bool:
    return quad.graph_name.value != ONTOLOGY_GRAPH or "Shock" in quad.subject.value


@pytest.mark.parametrize("ending", ["trig", "nq", "jsonld"])
def test_formats_with_graphs_keep_them(tmp_path: Path, ending: str) -> None:
    """Each quad stands in its graph, the ontology and the derived triples included."""
    store = MemoryStore(sample())
    write_file(store.quads(), tmp_path / f"out.{ending}")
    assert set(parse(path=tmp_path / f"out.{ending}")) == set(store.quads())


@pytest.mark.parametrize("ending", ["ttl", "nt", "rdf"])
def test_formats_without_graphs_have_each_triple_once(tmp_path: Path, ending: str) -> None:
    """All triples of all graphs, without repeats."""
    store = MemoryStore(sample())
    write_file(store.quads(), tmp_path / f"out.{ending}")
    triples = [(q.subject, q.predicate, q.object) for q in parse(path=tmp_path / f"out.{ending}")]
    assert len(triples) == len(set(triples))
    assert set(triples) == {(q.subject, q.predicate, q.object) for q in store.quads()}


def test_a_file_of_nobody_s_names_is_a_data_set_named_after_it(tmp_path: Path) -> None:
    """Without a description of its own a file is called what it is called."""
    file = tmp_path / "Acme Widgets, Ltd..ttl"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    file.write_text(f'{PREFIX} <urn:x:a> a ko:Company ; {label} "A"@en .')
    result = read_file(file)
    assert (result.info.id, result.info.short_name) == (MY + "data-acme-widgets-ltd", "acme-widgets-ltd")
    assert [record.id for record in result.records] == ["urn:x:a"]


def test_several_data_sets_in_one_file_are_one(tmp_path: Path) -> None:
    """A whole store as a file comes back as one data set of all its records."""
    store = MemoryStore(data_set("a", entities("x")), data_set("b", entities("y")))
    write_file(store.quads(), tmp_path / "both.trig")
    back = read_file(tmp_path / "both.trig")
    assert back.info.short_name == "both"
    assert back.records == store.records


def test_an_exported_ontology_is_not_data(tmp_path: Path) -> None:
    """The ontology and the derived triples in a file are passed over, and made again on loading."""
    store = MemoryStore(sample())
    assert list(store.quads(None, None, None, NamedNode(ONTOLOGY_GRAPH)))
    for ending in FORMATS:
        write_file(store.quads(), tmp_path / f"out.{ending}")
        assert len(read_file(tmp_path / f"out.{ending}").extra) == 1, ending


PREFIX = "@prefix ko: <https://w3id.org/knockon/ns#> ."
BROKEN = {
    "a.ttl": b"garbage <",
    "b.ttl": b"\xff\xfe\x00",
    "c.nt": b"<urn:a> <urn:b> .",
    "d.nq": b"<a> <b> <c> .",
    "e.trig": b"\x80",
    "f.jsonld": b"{",
    "g.jsonld": b'{"@context": "https://example.org/context.jsonld", "@id": "urn:a"}',
    "h.rdf": b"<rdf",
    "i.rdf": b"\x80",
    "j.rdf": b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>',
    "k.ttl": f"{PREFIX} <urn:x:a> a ko:Company .".encode(),
    "l.ttl": f"{PREFIX} <urn:x:a> a ko:Compny .".encode(),
    "m.ttl": f'{PREFIX} <urn:x:a> a ko:Observation ; ko:about <urn:x:a> ; ko:metric "m" ; ko:value "x" .'.encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_says_which(tmp_path: Path, name: str) -> None:
    """What does not parse or breaks the model is InvalidData, and every problem names the file."""
    (tmp_path / name).write_bytes(BROKEN[name])
    with pytest.raises(InvalidData) as caught:
        read_file(tmp_path / name)
    assert {problem.file for problem in caught.value.problems} == {str(tmp_path / name)}
    assert str(tmp_path / name) in str(caught.value)


def test_an_error_of_syntax_says_the_line(tmp_path: Path) -> None:
    """The line of the file at which the parser stopped."""
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:b> <urn:c> .\n\nnonsense\n")
    with pytest.raises(InvalidData) as caught:
        read_file(tmp_path / "a.ttl")
    assert [problem.line for problem in caught.value.problems] == [3]


def test_a_file_without_triples_is_refused(tmp_path: Path) -> None:
    """Loading nothing is a slip: it is said, with how to bring plain JSON in."""
    (tmp_path / "a.ttl").write_text("")
    with pytest.raises(InvalidData, match="contains no triples"):
        read_file(tmp_path / "a.ttl")
    for text, why in (('[{"a": 1}]', "JSON without @context"), ('{"@context": {}, "a": 1}', "nothing in it has an IRI")):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(InvalidData, match=why) as caught:
            read_file(tmp_path / "a.json")
        assert '"class": "Company"' in str(caught.value)


def test_a_file_of_other_vocabularies_is_kept_and_told(tmp_path: Path) -> None:
    """No record, but SPARQL sees what is there, and a notice says how to go on."""
    (tmp_path / "a.ttl").write_text("<urn:x:a> <urn:x:supplies> <urn:x:b> ; <urn:x:since> 1982 .")
    data_set = read_file(tmp_path / "a.ttl")
    assert len(data_set.extra) == 2
    (notice,) = data_set.notices
    assert notice.message == "0 records, 2 triples of other vocabularies (SPARQL sees them)"
    assert "CONSTRUCT" in notice.hint


def test_a_folder_that_may_not_be_written_is_refused_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is computed or changed; a device in such a folder is written as it is."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UsageError, match="may not be written"):
        check_output_file(tmp_path / "x.csv")
    check_output_file(Path(os.devnull))


def test_names_and_endings_that_are_none(tmp_path: Path) -> None:
    """A file that is not there is NotFound, a folder too; an ending without a format is a UsageError that lists them."""
    for absent in (tmp_path / "absent.ttl", tmp_path):
        with pytest.raises((NotFound, UsageError)):
            read_file(absent)
    for odd in ("a.docx", "a", "a.TTL.bak"):
        with pytest.raises(UsageError, match=r"\.ttl, \.nt, \.nq, \.trig, \.jsonld, \.rdf"):
            format_of(Path(odd))
    assert (format_of(Path("a.TTL")), format_of(Path("a.owl")), format_of(Path("a.json"))) == (
        RdfFormat.TURTLE,
        RdfFormat.RDF_XML,
        RdfFormat.JSON_LD,
    )


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """An error on the way leaves the old file, and no litter; a folder that is missing is named, not made."""
    target = tmp_path / "deep" / "out.nt"
    with pytest.raises(UsageError, match=r"the folder .* does not exist"):
        write_bytes(target, b"old")
    target.parent.mkdir()
    write_bytes(target, b"old")

    with pytest.raises(TypeError):
        write_bytes(target, "no bytes")  # type: ignore[arg-type]
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == ["out.nt"]
    write_bytes(target, b"new")
    assert target.read_bytes() == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["out.nt"]


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    """The next writer of the same file removes it; what a living writer holds and what belongs to others stays."""
    target = tmp_path / "out.nt"
    left, folder_left = tmp_path / ".out.nt.knockon-abcd1234", tmp_path / ".out.nt.knockon-efgh5678"
    left.write_bytes(b"half")
    folder_left.mkdir()
    others = [tmp_path / ".out.nt.original", tmp_path / ".other.nt.knockon-abcd1234", tmp_path / ".out.nt.knockon-link"]
    for other in others[:2]:
        other.write_bytes(b"precious")
    others[2].symlink_to(others[0])
    with temporary_file(target) as writing:
        write_bytes(target, b"new")
        assert writing.exists()
    assert sorted(tmp_path.iterdir()) == sorted([target, *others])


@pytest.mark.parametrize("name", ["供" * 80 + ".nt", "x" * 240 + ".nt"])
def test_names_as_long_as_the_system_lets_them_be_are_written(tmp_path: Path, name: str) -> None:
    """What is written beside a file has a name that fits, too."""
    write_bytes(tmp_path / name, b"new")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_written_file_has_ordinary_rights(tmp_path: Path) -> None:
    """It may be read by whom the umask lets, as any file one writes."""
    write_bytes(tmp_path / "out.nt", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "out.nt").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    """A folder where the file should be, a file where a folder should be: UsageError with the path."""
    (tmp_path / "file").write_text("")
    for wrong in (tmp_path / "file" / "out.nt", tmp_path):
        with pytest.raises(UsageError, match="cannot write"):
            write_bytes(wrong, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_quads_keep_what_is_authored() -> None:
    """Reading the quads of records gives the records: decimals without trailing zeros, dates, spans, words."""
    back = from_quads(MemoryStore(sample()).quads(), "memory")
    dependency = next(record for record in back.records if isinstance(record, Dependency))
    assert str(dependency.criticality_value) == "0.1"
    assert str(dependency.from_) == "2020-02-29"
    assert sorted(e.stance.value for e in dependency.evidence) == ["Alleges", "Asserts"]
    assert dependency.supply[0].evidence == dependency.evidence


@pytest.mark.parametrize(
    ("text", "name"), [("Ærø & Co", "r-co"), ("日本", "x" + digest("日本")), ("--", "x" + digest("--")), ("A b", "a-b")]
)
def test_slugs_are_local_names(text: str, name: str) -> None:
    """Any text makes a name of small letters, digits and hyphens."""
    assert slug(text) == name


def test_a_link_stays_a_link_and_a_pipe_a_pipe(tmp_path: Path) -> None:
    """Writing goes through a link to its file, and into a pipe; neither is replaced by a file."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit((tmp_path / "pipe").read_bytes)
        write_bytes(tmp_path / "pipe", b"through")
        assert read.result(10) == b"through"
    assert (tmp_path / "pipe").is_fifo()


def test_several_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    """Where one cannot be written the others are not either, and nothing is left beside them."""
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UsageError, match="cannot write"):
        write_all({tmp_path / "first": b"1", tmp_path / "file" / "second": b"2"})
    with pytest.raises(UsageError, match="it is a folder"):
        write_all({tmp_path / "first": b"1", tmp_path: b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_labels_with_other_languages_or_none_are_read(tmp_path: Path) -> None:
    """The label is the English one, else one without a language, else any; further labels are other names."""
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    file = tmp_path / "labels.ttl"
    file.write_text(
        f'{PREFIX} <urn:x:a> a ko:Company ; {label} "Siemens AG" .'
        f'<urn:x:b> a ko:Company ; {label} "Trumpf SE"@de , "Trumpf"@en , "Trumpf" .'
        f'<urn:x:c> a ko:Company ; {label} "Zeiss"@de , "Karl Zeiss"@fr .'
        f'<urn:x:d> a ko:Vulnerability ; ko:of <urn:x:a> ; {label} "Weak"@en, "Schwach"@de .'
    )
    result = read_file(file)
    assert [(r.label, getattr(r, "alt_label", ())) for r in result.records] == [
        ("Siemens AG", ()), ("Trumpf", ("Trumpf SE",)), ("Zeiss", ("Karl Zeiss",)), ("Weak", ()),
    ]  # fmt: skip
    languages = [[text.language for text in (r.label, *getattr(r, "alt_label", ()))] for r in result.records]
    assert languages == [[""], ["en", "de"], ["de", "fr"], ["en"]]
    assert [quad.object.value for quad in result.extra] == ["Schwach"]
    assert not result.notices


def test_our_own_texts_keep_their_language(tmp_path: Path) -> None:
    """A text is in any language or none."""
    file = tmp_path / "texts.ttl"
    need = "a ko:Dependency ; ko:dependant <urn:x:a> ; ko:need <urn:x:a> ; ko:mechanism"
    file.write_text(f'{PREFIX} <urn:x:d> {need} "because" .')
    assert read_file(file).records[0].mechanism == "because"  # type: ignore[attr-defined]
    file.write_text(f'{PREFIX} <urn:x:d> {need} "weil"@de .')
    assert read_file(file).records[0].mechanism == LanguageString("weil", "de")  # type: ignore[attr-defined]


def test_values_that_rdflib_cannot_read_are_handed_over_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    """``""^^xsd:date`` and the like come out without tracebacks in the log."""
    graph = knockon.open(Path(__file__).parents[1] / "cases" / "foreign.ttl")
    values = {str(value) for _, _, value, _ in graph.to_rdflib().quads()}
    assert {"", "1982", "-0012-11-29"} <= values
    assert not caplog.records
