"""Bulk exports: an export in several files, in bounded memory, whole or not at all, and read back only if whole."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

import knockon
from knockon.cli import run
from knockon.errors import InvalidData, KnockonError, LimitReached, UsageError
from knockon.graph import Graph
from knockon.store import parts_reader, quad_parts, quad_sort
from knockon.store.files import to_bytes
from knockon.store.folder import FolderStore
from knockon.store.oxigraph import MemoryStore
from knockon.store.parts_manifest import MANIFEST, read_manifest
from knockon.store.quad_parts import write_parts
from knockon.store.quad_sort import QuadSorter
from support.small_records import data_set, documents, entities, need, passage

LETTERS = Path(__file__).parents[1] / "support" / "letters" / "data"
SMALL = data_set("x", [*entities("a", "b"), *documents("doc-a"), need("a", "b", evidence=[passage()])])


def text_of(folder: Path) -> bytes:
    """The text of all parts in the order of the manifest."""
    paths = [folder / part.file for part in read_manifest(folder).parts]
    return b"".join(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in paths)


@pytest.fixture
def letters() -> Graph:
    """The invented data, and a second data set."""
    graph = knockon.open(LETTERS)
    graph.store.load(data_set("more", entities("more-one", "more-two")))
    return graph


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """A small export of several parts, one of which has the documents of another export."""
    write_parts(MemoryStore(SMALL), tmp_path / "parts", most_quads=500)
    return tmp_path / "parts"


@pytest.mark.parametrize("compress", [False, True])
def test_the_parts_together_are_the_export(
    letters: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compress: bool
) -> None:
    """Whatever the memory and the limits of parts, the parts are the N-Quads of ``export``, as the manifest describes them."""
    monkeypatch.setattr(quad_sort, "_MOST_OPEN", 3)
    monkeypatch.setattr(quad_parts, "_BLOCK", 7)
    seen: list[tuple[str, int, int]] = []
    manifest = write_parts(
        letters.store, tmp_path / "out", most_quads=400, most_bytes=60_000, compress=compress, memory=40_000,
        progress=lambda *done: seen.append(done),
    )  # fmt: skip
    whole = to_bytes(letters.store.quads(), RdfFormat.N_QUADS)
    assert text_of(tmp_path / "out") == whole
    assert (manifest.sha256, manifest.text_bytes) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert read_manifest(tmp_path / "out") == manifest
    assert len(manifest.parts) > 3
    assert all(part.quads <= 400 and part.text_bytes <= 60_000 for part in manifest.parts)
    for part in manifest.parts:
        content = (tmp_path / "out" / part.file).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (part.sha256, part.file_bytes)
    assert manifest.graphs == len({quad.graph_name for quad in letters.store.quads()})
    assert len(manifest.data_sets) == 2
    assert {path.name for path in (tmp_path / "out").iterdir()} == {MANIFEST, *(part.file for part in manifest.parts)}
    assert seen[-1][0] == "writing"
    assert seen[-1][1] <= seen[-1][2] == manifest.quads


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    """Also compressed, and whatever was loaded first."""
    other = data_set("y", entities("z"))
    for name, data_sets in (("one", (SMALL, other)), ("two", (other, SMALL))):
        store = MemoryStore()
        for each in data_sets:
            store.load(each)
        write_parts(store, tmp_path / name, compress=True)
    first, second = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert first == second


TERMS = st.sampled_from(
    [NamedNode("urn:x:a"), NamedNode("urn:x:ab"), NamedNode("urn:x:\u00e9"), BlankNode("b"), BlankNode("bc")]
)
NAMES = st.sampled_from(
    [NamedNode("urn:x:p"), NamedNode("urn:x:pq"), NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")]
)
TEXTS = st.text('ab "\\\n\t\r<>.@^\u00e9\U0001f600', max_size=6)
LITERALS = st.one_of(
    TEXTS.map(Literal), TEXTS.map(lambda text: Literal(text, language="en")),
    TEXTS.map(lambda text: Literal(text, datatype=NamedNode("urn:x:t"))),
)  # fmt: skip
TRIPLES = st.builds(Triple, st.just(NamedNode("urn:x:a")), NAMES, LITERALS)
QUADS = st.builds(Quad, TERMS, NAMES, st.one_of(TERMS, LITERALS, TRIPLES), st.one_of(st.just(DefaultGraph()), TERMS))


@given(st.lists(QUADS, max_size=8), st.integers(1, 400))
def test_any_quads_are_sorted_as_exports_are(quads: list[Quad], memory: int) -> None:
    """Texts with spaces, quotes and tabs, blank nodes, triple terms and the default graph are told apart and ordered."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        sorter = QuadSorter(Path(folder), memory)
        content = serialize([*quads, *quads[:2]], format=RdfFormat.N_QUADS) or b""
        for start in range(0, len(content), 13):
            sorter.write(content[start : start + 13])
        lines = [
            b"%b %b %b %b.\n" % (s, p, o, b"" if graph == quad_sort.DEFAULT_GRAPH else graph + b" ")
            for graph, s, p, o in sorter.quads()
        ]
    assert b"".join(lines) == to_bytes(quads, RdfFormat.N_QUADS)


def test_a_load_of_the_folder_gives_the_same_store(letters: Graph, tmp_path: Path) -> None:
    """Records, data sets, revision and every byte of the next export are the same, for the command and for Python."""
    manifest = letters.export_parts(tmp_path / "out", most_quads=1_000, compress=True)
    assert run(["load", str(tmp_path / "out"), "--store", str(tmp_path / "st"), "-q"]) == 0
    with FolderStore(tmp_path / "st") as store:
        assert store.records == letters.store.records
        assert store.revision == letters.store.revision
        again = write_parts(store, tmp_path / "again")
    assert again.sha256 == manifest.sha256
    assert knockon.open(tmp_path / "out").impact("maker-a-stops").to_dict() == letters.impact("maker-a-stops").to_dict()


def test_a_record_of_two_data_sets_comes_back_in_the_first(tmp_path: Path) -> None:
    """With all that both say of it, so that the records and the revision are the same."""
    store = MemoryStore(data_set("a", entities("shared", "one")), data_set("b", [*entities("two"), *entities("shared")]))
    write_parts(store, tmp_path / "out")
    back = knockon.open(tmp_path / "out").store
    assert (back.records, back.revision) == (store.records, store.revision)
    assert [len(each.records) for each in back.data_sets] == [2, 1]


Damage = Callable[[Path, list[Path]], Path]


def truncated(_: Path, files: list[Path]) -> Path:
    content = files[1].read_bytes()
    files[1].write_bytes(content[: content.rindex(b"\n", 0, -1) + 1])
    return files[1]


def changed(_: Path, files: list[Path]) -> Path:
    content = files[2].read_bytes()
    files[2].write_bytes(content.replace(b"0", b"1", 1))
    return files[2]


def missing(_: Path, files: list[Path]) -> Path:
    files[0].unlink()
    return files[0]


def foreign(folder: Path, files: list[Path]) -> Path:
    return Path(shutil.copy(files[-1], folder / "part-000099.nq"))


def swapped(_: Path, files: list[Path]) -> Path:
    shutil.copy(files[2], files[1])
    return files[1]


def a_folder(_: Path, files: list[Path]) -> Path:
    files[1].unlink()
    files[1].mkdir()
    return files[1]


@pytest.mark.parametrize("damage", [truncated, changed, missing, foreign, swapped, a_folder])
def test_a_folder_that_is_not_whole_is_refused(parts: Path, damage: Damage) -> None:
    """A part that is missing, shorter, changed or of another export is named, and nothing is loaded."""
    path = damage(parts, sorted(parts.glob("part-*")))
    graph = Graph(MemoryStore(data_set("y", entities("z"))))
    with pytest.raises(InvalidData) as raised:
        graph.load(parts)
    assert [each.info.short_name for each in graph.store.data_sets] == ["y"]
    assert [problem.file for problem in raised.value.problems] == [str(path)]
    with pytest.raises(InvalidData, match=path.name):
        knockon.open(parts)


def test_all_damaged_parts_are_named(parts: Path) -> None:
    """Not the first alone."""
    files = sorted(parts.glob("part-*"))
    paths = [str(damage(parts, files)) for damage in (missing, truncated, changed, foreign)]
    with pytest.raises(InvalidData) as raised:
        knockon.open(parts)
    assert [problem.file for problem in raised.value.problems] == paths


def _part(**change: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["parts"][0].update(change)


MANIFESTS: list[Callable[[dict[str, Any]], object]] = [
    lambda document: document.update(version=2),
    lambda document: document.pop("version"),
    lambda document: document.update(parts=document["parts"][1:]),
    lambda document: document.update(quads=-1),
    lambda document: document.update(sha256="0" * 64),
    lambda document: document["parts"].reverse(),
    lambda document: document["parts"].append(document["parts"][0]),
    _part(file="../../etc/passwd"), _part(file="/etc/passwd"), _part(file=["part-000001.nq"]), _part(quads="7"),
    lambda document: document.update(format="other"), lambda document: document.update(data_sets="x"),
    _part(text_bytes=True), _part(sha256="x"), _part(more=1), lambda document: document.update(parts={}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(MANIFESTS)))
def test_a_wrong_manifest_is_refused(parts: Path, number: int) -> None:
    """Another version, parts outside of the folder, sums that do not hold, another order: an error, never another graph."""
    path = parts / MANIFEST
    document = json.loads(path.read_text("utf-8"))
    MANIFESTS[number](document)
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(InvalidData):
        knockon.open(parts)


STATED: dict[str, Callable[[dict[str, Any]], object]] = {
    "data_sets": lambda document: document.update(data_sets=[]),
    "licenses": lambda document: document.update(licenses={}),
    "graphs": lambda document: document.update(graphs=document["graphs"] + 1),
    "graphs of part-000001.nq": _part(graphs=0),
    "first_graph of part-000001.nq": _part(first_graph=None),
    "last_graph of part-000001.nq": _part(last_graph="urn:x:other"),
}


@pytest.mark.parametrize("what", STATED)
def test_what_the_manifest_says_of_the_parts_is_so(tmp_path: Path, what: str) -> None:
    """Data sets, licences and graphs that were taken out, added or changed are named, though every part is whole."""
    licensed = SMALL.info.model_copy(update={"license": "CC0-1.0"})
    write_parts(MemoryStore(replace(SMALL, info=licensed)), tmp_path / "out", most_quads=500)
    path = tmp_path / "out" / MANIFEST
    document = json.loads(path.read_text("utf-8"))
    assert document["data_sets"]
    assert document["licenses"]
    knockon.open(tmp_path / "out")
    STATED[what](document)
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(InvalidData) as raised:
        knockon.open(tmp_path / "out")
    assert [(problem.file, problem.message) for problem in raised.value.problems] == [
        (str(path), f"was changed: {what} is not what the parts have")
    ]


def test_parts_with_blank_nodes_are_what_the_manifest_says(tmp_path: Path) -> None:
    """Blank nodes get other names as they are read: a licence or a graph that is one is no change of the manifest."""

    class Store(MemoryStore):
        def quads(self, *_: Any) -> Iterator[Quad]:
            license_of = NamedNode("http://purl.org/dc/terms/license")
            yield from super().quads()
            yield Quad(NamedNode("urn:x:a"), license_of, BlankNode("b"), BlankNode("g"))
            yield Quad(NamedNode("urn:x:a"), license_of, BlankNode("c"), DefaultGraph())

    manifest = write_parts(Store(SMALL), tmp_path / "out", most_quads=500)
    assert {"_:b", "_:c"} <= dict(manifest.licenses).keys()
    assert len(list(parts_reader._quads(tmp_path / "out", manifest))) == manifest.quads


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"[" * 100_000, b"\xff", b"null"])
def test_what_is_no_manifest_is_refused(parts: Path, content: bytes) -> None:
    """Half a document, a list, deep nesting, no text."""
    (parts / MANIFEST).write_bytes(content)
    with pytest.raises(InvalidData, match=MANIFEST):
        knockon.open(parts)


def test_a_part_unpacks_to_what_the_manifest_says(tmp_path: Path) -> None:
    """A part that would fill the memory is given up after the bytes that are stated; half a file is an error too."""
    folder = tmp_path / "out"
    manifest = write_parts(MemoryStore(SMALL), folder, compress=True)
    part, bomb = manifest.parts[0], gzip.compress(b"a" * 50_000_000, 9)
    for content in (bomb, (folder / part.file).read_bytes()[:-9]):
        (folder / part.file).write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        said = replace(manifest, parts=(replace(part, sha256=sha256, file_bytes=len(content)),))
        (folder / MANIFEST).write_bytes(said.to_bytes())
        with pytest.raises(InvalidData, match=part.file):
            knockon.open(folder)


def test_an_earlier_export_is_replaced_and_nothing_else(parts: Path, tmp_path: Path) -> None:
    """A folder with other files stays as it is; an earlier export is replaced by a whole one, without old parts."""
    write_parts(MemoryStore(SMALL), parts)
    assert len(read_manifest(parts).parts) == 1 == len(list(parts.glob("part-*")))
    other = tmp_path / "mine"
    other.mkdir()
    write_parts(MemoryStore(SMALL), other)
    shutil.rmtree(other)
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    for target in (other, other / "notes.txt"):
        with pytest.raises(UsageError, match="not an export"):
            write_parts(MemoryStore(SMALL), target)
    assert [path.name for path in other.iterdir()] == ["notes.txt"]
    with pytest.raises(UsageError, match="does not exist"):
        write_parts(MemoryStore(SMALL), tmp_path / "no" / "such")


class _Failing(MemoryStore):
    """A store whose quads end in an error."""

    def quads(self, *_: Any) -> Iterator[Quad]:
        yield from islice(super().quads(), 100)
        raise InvalidData([])


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, None])
def test_an_export_that_fails_leaves_the_earlier_one(parts: Path, monkeypatch: pytest.MonkeyPatch, number: int | None) -> None:
    """A full disk, a broken one, a store that cannot be read: an error, the earlier export, and no temporary files."""
    before = {path.name: path.read_bytes() for path in parts.iterdir()}
    store: MemoryStore = MemoryStore(SMALL)
    expected: type[KnockonError] = InvalidData
    if number is None:
        store = _Failing(SMALL)
    else:
        expected = LimitReached if number != errno.EIO else UsageError

        def fails(*_: object) -> int:
            raise OSError(number, "no")

        monkeypatch.setattr(quad_parts._HashedFile, "write", fails)
    with pytest.raises(expected):
        write_parts(store, parts)
    assert {path.name: path.read_bytes() for path in parts.iterdir()} == before
    assert [path.name for path in parts.parent.iterdir()] == [parts.name]


def test_a_full_disk_while_sorting(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files are on the disk of the export, and go away with it."""

    def fails(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "no")

    monkeypatch.setattr(QuadSorter, "_write_run", fails)
    with pytest.raises(LimitReached, match="nothing was written"):
        write_parts(MemoryStore(SMALL), parts, memory=1_000)
    assert [path.name for path in parts.parent.iterdir()] == [parts.name]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what was written, and refuses what contradicts the folder."""
    folder, store = str(tmp_path / "out"), str(LETTERS)
    assert run(["export", "--store", store, "--parts", folder, "--part-size", "200K", "--gzip"]) == 0
    written = capsys.readouterr()
    assert written.out == ""
    assert MANIFEST in written.err
    assert "CC0-1.0" in written.err
    assert run(["validate", folder]) == 0
    for wrong in (["-o", "x.nq"], ["-f", "ttl"], ["--part-size", "0"], ["--part-size", "many"], ["--part-quads", "0"]):
        assert run(["export", "--store", store, "--parts", folder, *wrong]) == 2, wrong
    for wrong in (["--gzip"], ["--part-size", "1G"], ["--part-quads", "5"]):
        assert run(["export", "--store", store, *wrong]) == 2, wrong


def test_an_empty_store_is_exported_too(tmp_path: Path) -> None:
    """Its quads are those of the vocabulary."""
    manifest = write_parts(MemoryStore(), tmp_path / "out")
    assert manifest.data_sets == ()
    assert knockon.open(tmp_path / "out").data_sets() == ()
