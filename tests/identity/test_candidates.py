"""Candidates of a store, judgements of a file, reviews, and the labelled set."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import knockon
from knockon.bundled import labelled_pairs_file
from knockon.errors import InvalidData, UsageError
from knockon.identity.candidates import Candidate, find_candidates
from knockon.identity.judgement_file import Judged, JudgementFile
from knockon.identity.labelled_pairs import COLUMNS, evaluate, read_labelled_pairs, used_rules
from knockon.identity.review import Review, ReviewItem, conflict_check
from knockon.model import Company, Designation, Judgement, Jurisdiction, Measure, Ownership, Product, Statement
from knockon.store.folder import FolderStore
from knockon.store.kept_records import KeptRecords
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import Verdict
from support.random_records import generator
from support.small_records import data_set, iri

DAY = datetime.date(2026, 1, 1)


def firm(name: str, label: str, **more: object) -> Company:
    """A company with a label."""
    return Company.model_validate({"id": iri(name), "label": label, **more})


def pairs(*records: Statement, **options: object) -> list[str]:
    """The local names of each candidate, in order."""
    found = find_candidates(records, **options)  # type: ignore[arg-type] # as in the signature
    return [f"{pair.first.removeprefix(iri(''))} {pair.second.removeprefix(iri(''))}" for pair in found.candidates]


SENSETIME = [
    firm("group", "SENSETIME GROUP INC."),
    firm("beijing", "Beijing Sensetime Technology Development Co., Ltd.", altLabel=["SenseTime Group Inc"]),
    firm("sensetime", "SenseTime"),
]


def test_records_that_link_two_entities_tell_them_apart() -> None:
    """A company that another one owns, or that is part of it, is not the same, whatever their names are."""
    owned = Ownership(id=iri("o"), owner=iri("group"), owned=iri("beijing"))
    assert "beijing group" in pairs(*SENSETIME)
    assert "beijing group" not in pairs(*SENSETIME, owned)
    assert find_candidates([*SENSETIME, owned]).linked == 1


def test_identifiers_decide_before_names() -> None:
    """One number makes two entities one, two numbers of one register make them two; names are not compared then."""
    lei = [{"scheme": "LEI", "notation": notation} for notation in ("5493006MHB84DD0ZWV18", "549300S4KLFTLO7GSQ80")]
    same = [firm("a", "Acme Works", identifier=lei[:1]), firm("b", "Acme Works", identifier=lei[:1])]
    different = [firm("a", "Acme Works", identifier=lei[:1]), firm("b", "Acme Works", identifier=lei[1:])]
    assert pairs(*same) == pairs(*different) == []
    assert find_candidates(different).told_apart == 1
    entries = [
        Designation(id=iri(f"d{party}"), measure=iri("list"), designated=iri(party), list_entry=party) for party in ("a", "b")
    ]
    assert pairs(firm("a", "Acme Works"), firm("b", "Acme Works"), Measure(id=iri("list"), label="L"), *entries) == []


def test_wrong_check_digits_are_listed() -> None:
    """An identifier that fails its check decides nothing, and is named."""
    wrong = firm("a", "Acme Works", identifier=[{"scheme": "LEI", "notation": "5493006MHB84DD0ZWV19"}])
    found = find_candidates(
        [wrong, firm("b", "Acme Works", identifier=[{"scheme": "LEI", "notation": "5493006MHB84DD0ZWV19"}])]
    )
    assert (len(found.candidates), found.invalid) == (
        1,
        {iri("a"): "LEI 5493006MHB84DD0ZWV19", iri("b"): "LEI 5493006MHB84DD0ZWV19"},
    )


def test_judged_pairs_are_not_proposed_again() -> None:
    """Same, Different and Unsure all end the matter; Same makes the two one in other pairs."""
    firms = [firm("a", "Acme Works"), firm("b", "ACME WORKS LTD"), firm("c", "Acme Works Limited")]
    judged = [Judgement(id=iri("j"), entity=[iri("a"), iri("b")], verdict=verdict) for verdict in Verdict]
    assert pairs(*firms) == ["a b", "a c", "b c"]
    assert pairs(*firms, judged[0]) == ["a c"]
    assert pairs(*firms, judged[1]) == pairs(*firms, judged[2]) == ["a c", "b c"]
    assert pairs(*firms, judged[1], unsure=True) == ["a c", "b c"]
    assert pairs(*firms, judged[2], unsure=True) == ["a b", "a c", "b c"]


def test_a_name_on_a_list_is_a_name() -> None:
    """What a list writes is compared too; classes that exclude each other are not."""
    listed = Designation(id=iri("d"), measure=iri("list"), designated=iri("a"), name_as_listed="Zhejiang Dahua")
    records = [firm("a", "Party One"), firm("b", "ZHEJIANG DAHUA"), Measure(id=iri("list"), label="L"), listed]
    assert pairs(*records) == ["a b"]
    assert pairs(firm("a", "Acme Works"), Product(id=iri("p"), label="Acme Works")) == []


def test_the_order_of_records_does_not_matter() -> None:
    """The same records in any order give the same candidates in the same order, equal ones too."""
    names = ["Acme Works", "ACME Works Ltd", "Acme Works Inc", "Acme Work", "Acme", "Bolt & Co", "Bolt Company", "Technology"]
    firms = [firm(f"n{place}", name) for place, name in enumerate(names)]
    first = find_candidates(firms).candidates
    for seed in range(5):
        assert find_candidates(generator(seed).sample(firms, len(firms))).candidates == first
    assert [(-pair.score, pair.first, pair.second) for pair in first] == sorted(
        (-pair.score, pair.first, pair.second) for pair in first
    )


def test_two_orders_of_loading_give_the_same_candidates_and_answers() -> None:
    """Ids do not depend on what was loaded first, and a data set that is added changes none."""
    one = data_set("one", [firm("a", "Acme Works"), firm("x", "Xylo Parts")])
    other = data_set("two", [firm("b", "ACME WORKS LTD")])
    added = data_set("three", [firm("c", "Acme Holdings")])
    graphs = []
    for order in ([one, other, added], [added, other, one]):
        store = MemoryStore()
        for each in order:
            store.load(each)
        graphs.append(knockon.Graph(store))
    answers = [graph.resolve(between=True) for graph in graphs]
    assert answers[0].to_dict() == answers[1].to_dict()
    assert answers[0].judgements(DAY) == answers[1].judgements(DAY)
    before = knockon.Graph(MemoryStore(one, other)).resolve()
    assert {judged.name for judged in before.judgements(DAY)} <= {judged.name for judged in answers[0].judgements(DAY)}


def test_only_rules_without_a_wrong_acceptance_accept() -> None:
    """Names alone accept one labelled pair wrongly, so that only listed parties are accepted, and never against a judgement."""
    assert [rule.rule for rule in used_rules()] == ["listed-name"]
    places = [Jurisdiction(id=iri("cn"), label="China"), Jurisdiction(id=iri("ru"), label="Russia")]
    lists = [
        Measure(id=iri("l1"), label="L1", applies_to=[iri("a"), iri("c")]),
        Measure(id=iri("l2"), label="L2", applies_to=iri("b")),
    ]
    firms = [firm("a", "Acme Works Ltd"), firm("b", "ACME WORKS LIMITED"), firm("c", "Acme Works, Ltd.")]
    store = MemoryStore(data_set("x", [*places, *lists, *firms]))
    answer = knockon.Graph(store).resolve()
    assert [pair.rule for pair in answer.candidates] == ["listed-name"] * 3
    assert {judged.verdict for judged in answer.judgements(DAY)} == {Verdict.UNSURE}
    assert {judged.verdict for judged in answer.judgements(DAY, accept=True)} == {Verdict.SAME}
    apart = Judgement(id=iri("j"), entity=[iri("a"), iri("c")], verdict="Different")
    judged = knockon.Graph(MemoryStore(data_set("x", [*lists, *firms, apart]))).resolve().judgements(DAY, accept=True)
    assert [each.verdict for each in judged] == [Verdict.UNSURE] * 2
    elsewhere = [firm("a", "Acme Works Ltd", jurisdiction=iri("cn")), firm("b", "ACME WORKS LTD", jurisdiction=iri("ru"))]
    both = Measure(id=iri("l1"), label="L1", applies_to=[iri("a"), iri("b")])
    found = find_candidates([*places, *elsewhere, both], rules=["listed-name"])
    assert [(pair.rule, pair.reason) for pair in found.candidates] == [("", "equal names, different countries")]


def test_the_labelled_set_is_large_and_its_results_are_these() -> None:
    """At least 1,000 pairs, 300 of them hard, each with how it is known; what changes them changes this test."""
    known = read_labelled_pairs(labelled_pairs_file())
    assert len(known) >= 1_000
    assert sum(pair.hard for pair in known) >= 300
    assert sum(pair.hard and not pair.same for pair in known) >= 300
    assert all(pair.source and pair.known_by for pair in known)
    assert len({(pair.left, pair.right) for pair in known}) == len(known)
    result = evaluate(known, 0.65)
    assert (round(result.precision, 2), round(result.recall, 2), result.ties) == (0.74, 0.56, 222)
    assert [(rule.rule, rule.right, rule.wrong) for rule in result.rules] == [("name", 366, 1), ("listed-name", 366, 0)]
    assert round(result.rules[1].error_bound, 4) == 0.0104


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("left,right\na,b\n", "no column same"),
        (f"{','.join(COLUMNS)}\na,b,perhaps,no,,,no,no,s,k\n", ":2"),
        ("\x00", "cannot be read|no column"),
    ],
)
def test_labelled_pairs_of_another_form_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """A missing column or another value is an error with file and line."""
    file = tmp_path / "pairs.csv"
    file.write_text(text)
    with pytest.raises(InvalidData, match=message):
        read_labelled_pairs(file)


CANDIDATES = [
    Candidate("urn:x:a", "urn:x:b", 1.0, ("Acme: \"x\"\n", "x" * 5_000), "equal names"),
    Candidate("urn:x:b", "urn:x:c", 0.9, ("B", "C"), "similar names (0.90)"),
    Candidate("urn:x:a", "urn:x:c", 0.8, ("A", "C"), "similar names (0.80)"),
]  # fmt: skip


def review(path: Path) -> Review:
    """A review of three pairs, which says no to judgements that contradict each other."""
    items = tuple(ReviewItem.of_candidate(candidate, lambda iri: iri) for candidate in CANDIDATES)
    return Review(JudgementFile.read(path), items, "me", DAY, conflict_check([firm(name, name) for name in "abc"]))


def verdicts(path: Path) -> list[str]:
    """The verdicts of a file, in the order of its judgements."""
    return sorted(str(judged.verdict) for judged in JudgementFile.read(path).judged.values())


def test_a_review_writes_the_file_after_each_decision_and_takes_back(tmp_path: Path) -> None:
    """The file has what was decided so far; undo restores it, and a skipped pair is not in it."""
    path = tmp_path / "judgements.yaml"
    session = review(path)
    assert not session.undo()
    assert session.decide(Verdict.SAME) == ""
    assert verdicts(path) == ["Same"]
    session.skip()
    assert session.decide(Verdict.DIFFERENT) == ""
    assert verdicts(path) == ["Different", "Same"]
    assert session.current is None
    assert session.decide(Verdict.SAME) == "there is no pair left"
    assert session.undo()
    assert (verdicts(path), session.place) == (["Same"], 2)
    assert session.undo()
    assert (verdicts(path), session.place, session.decided) == ([], 0, 0)


def test_a_review_refuses_what_contradicts_it(tmp_path: Path) -> None:
    """Same, same and different of three is refused with the chain; the pair stays, and the file as it was."""
    session = review(tmp_path / "judgements.yaml")
    session.decide(Verdict.SAME)
    session.decide(Verdict.SAME)
    assert "urn:x:a and urn:x:c are judged different, but" in session.decide(Verdict.DIFFERENT)
    assert (session.place, verdicts(session.file.path)) == (2, ["Same", "Same"])


def test_a_file_of_judgements_is_loaded_and_taken_back(tmp_path: Path) -> None:
    """What `resolve` writes, `load` reads; the ids of judgements depend on the two entities alone."""
    store = FolderStore(tmp_path / "store")
    store.load(data_set("x", [firm("a", "Acme: 'Works'"), firm("b", "ACME 'WORKS' LTD")]))
    graph = knockon.Graph(store)
    file = JudgementFile(tmp_path / "same.yaml")
    for judged in graph.resolve().judgements(DAY):
        file.add(judged)
    file.write()
    written = file.path.read_bytes()
    again = JudgementFile.read(file.path)
    again.write()
    assert file.path.read_bytes() == written
    graph.load(str(file.path))
    assert [record.verdict for record in graph.records(Judgement)] == [Verdict.UNSURE]
    assert graph.resolve().candidates == ()
    (name,) = again.judged
    again.add(Judged(again.judged[name].entities, Verdict.SAME, "me"))
    again.write()
    graph.load(str(file.path), replace=True)
    assert graph.resolve().same == ((iri("a"), iri("b")),)
    graph.undo()
    assert graph.resolve().same == ()
    again.remove(name)
    assert JudgementFile(again.path).judged == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Company:\n  a: {label: A}\n", "a is a Company"),
        ("Judgement:\n  j: {entity: [a], verdict: Same}\n", "two IRIs"),
        ("Judgement:\n  j: {entity: [a, b], verdict: Perhaps}\n", "verdict must be"),
        ("Judgement:\n  j: {entity: [a, b], verdict: Same, from: 2020}\n", "from: a file for review has no such field"),
        ("Judgement: [", "is not valid YAML"),
        ("\x00\x01", "judgements.yaml"),
    ],
)
def test_a_file_of_something_else_is_not_reviewed(tmp_path: Path, text: str, message: str) -> None:
    """A file that a review would lose something of is refused, with file and line."""
    path = tmp_path / "judgements.yaml"
    path.write_text(text)
    with pytest.raises(InvalidData, match=message):
        JudgementFile.read(path)


def test_a_file_of_comments_has_no_judgements(tmp_path: Path) -> None:
    """A file that was begun, or from which all judgements were removed, is reviewed like one that is not there."""
    path = tmp_path / "judgements.yaml"
    for text in ("", "# begun\n\n", "Judgement: {}\n"):
        path.write_text(text)
        assert JudgementFile.read(path).judged == {}


@pytest.mark.parametrize("options", [{"least": 1.5}, {"least": -0.1}, {"most": 0}])
def test_limits_of_a_resolution_are_checked(options: dict[str, float]) -> None:
    """A similarity is in 0..1, and a number of candidates is at least 1."""
    with pytest.raises(UsageError):
        knockon.Graph(MemoryStore()).resolve(**options)  # type: ignore[arg-type] # that is the test


def test_a_store_folder_reads_no_records_that_say_nothing_of_who_is_who(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dependencies and documents are not read, and the answer is that of all records."""
    with knockon.open(tmp_path / "store", write=True) as stored:
        stored.load("sensetime")
    expected = knockon.open("sensetime").resolve().to_dict()
    made = KeptRecords._new
    read = list[str]()
    monkeypatch.setattr(KeptRecords, "_new", lambda *given: read.append(given[0].rows.classes[given[2]]) or made(*given))
    with knockon.open(tmp_path / "store") as stored:
        assert stored.resolve().to_dict() == expected
    assert "Company" in read
    assert not {"Dependency", "Document"} & {*read}
