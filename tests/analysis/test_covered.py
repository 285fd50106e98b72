"""Whom lists cover: verdicts, what they rest on, days, worlds, and the same in the derived triples."""

from __future__ import annotations

from pathlib import Path

import pytest

import knockon
from knockon import NotFound, UsageError
from knockon.analysis.lists.covered_answer import Covered, PartyCoverage
from knockon.store.worlds import world

CASES = Path(__file__).parents[1] / "cases"
#: Companies, a list that names two of them, and the rule.
HEAD = """\
name: owners
Measure:
  sdn: {label: SDN list, appliesTo: [x]}
  meu: {label: Users list}
Designation:
  meu--y: {measure: meu, designated: y, listEntry: "17", nameAsListed: Y LTD, from: 2020-01-01}
OwnershipRule:
  half: {label: Half, extends: [sdn], threshold: 0.5}
Person:
  ann: {label: Ann}
Company:
  x: {label: X}
  y: {label: Y}
  a: {label: A}
  b: {label: B}
  c: {label: C}
  o: {label: Other}
BusinessUnit:
  unit: {label: Unit, partOf: a}
"""


def graph(tmp_path: Path, text: str, head: str = HEAD) -> knockon.Graph:
    folder = tmp_path / "owners"
    folder.mkdir(exist_ok=True)
    first, _, rest = head.partition("\n")
    (folder / "dataset.yaml").write_text(first + "\n", "utf-8")
    (folder / "records.yaml").write_text(rest + text, "utf-8")
    return knockon.open(folder)


def stakes(*rows: tuple[object, ...]) -> str:
    lines = ["Ownership:"] if rows else []
    for owner, owned, share, *more in rows:
        stated = "" if share is None else f", share: {share}"
        lines.append(f"  {owner}-in-{owned}: {{owner: {owner}, owned: {owned}{stated}{''.join(f', {text}' for text in more)}}}")
    return "\n".join(lines) + "\n"


def only(answer: Covered) -> PartyCoverage:
    (coverage,) = answer.lists
    (party,) = coverage.parties
    return party


def test_own50() -> None:
    """X and Y are blocked: a, b and c are covered; d is not, of which c holds 49%."""
    (coverage,) = knockon.open(CASES / "own50").covered("sdn", rule="0.5").lists
    assert {party.id: (party.verdict, party.why) for party in coverage.parties} == {
        "x": ("covered", "named"),
        "y": ("covered", "named"),
        "a": ("covered", "owned"),
        "b": ("covered", "owned"),
        "c": ("covered", "owned"),
    }
    assert (coverage.named, coverage.owned, coverage.undecided, coverage.unconnected) == (2, 3, 0, 0)
    texts = {party.id: party.text for party in coverage.parties}
    assert texts["c"].startswith("Blocked X (25%) and Blocked Y (25%) together hold 50% of C, and 50% or more is enough")
    graph = knockon.open(CASES / "own50")
    assert only(graph.covered("sdn", "d", rule="0.5")).text.startswith(
        "Covered parties hold 49% of D, and 50% or more would be"
    )
    assert graph.covered("sdn", "d", rule="0.5").verdict == "not covered"
    # The table does not say that it has every owner: taken strictly, nobody can tell.
    assert graph.covered("sdn", "d", rule="0.5", strict=True).verdict == "cannot tell"


def test_a_list_without_a_rule_covers_whom_it_names_alone() -> None:
    """No rule is assumed: ownership extends a list only where a record or the question says so."""
    (coverage,) = knockon.open(CASES / "own50").covered("sdn").lists
    assert [party.id for party in coverage.parties] == ["x", "y"]
    assert not coverage.rules


def test_the_proof_goes_down_to_the_entry_of_the_list(tmp_path: Path) -> None:
    """Of one entity: the verdict, the owners that count, those that do not with the reason, and their own proof."""
    rows = stakes(
        ("x", "a", 0.6, "direct: true, from: 2022-01-01, evidence: https://example.org/register"),
        ("a", "b", 0.5, "direct: true"),
        ("o", "b", 0.3, "direct: true"), ("y", "b", 0.9, "interestKind: VotingRights"), ("x", "b", 0.3, "direct: false"),
    )  # fmt: skip
    answer = graph(tmp_path, rows).covered("sdn", "b")
    party = only(answer)
    assert (party.verdict, party.why, party.known, party.possible, party.round) == ("covered", "owned", 0.5, 0.7, 2)
    assert {(stake.owner_label, stake.counts): stake.reason for stake in party.stakes} == {
        ("A", "yes"): "A is covered",
        ("Other", "no"): "Other is not covered as far as is recorded: no owner of it is",
        ("X", "no"): "held through others, whose stakes count instead",
        ("Y", "no"): "voting rights are not ownership under this rule",
    }
    assert [step.id for step in answer.lists[0].proof] == ["a", "x"]
    owner, listed = answer.lists[0].proof
    assert owner.stakes[0].evidence[0].address == "https://example.org/register"
    assert [(entry.measure.rsplit("/")[-1]) for entry in listed.listings] == ["sdn"]
    # All of it holds since x holds a.
    assert str(party.from_) == "2022-01-01"
    assert party.until is None


@pytest.mark.parametrize(
    ("rows", "entity", "verdict", "decides_at"),
    [
        ([("x", "a", 0.47, "direct: true"), ("o", "a", 0.41, "direct: true")], "a", "cannot tell", 0.03),
        ([("x", "a", 0.47), ("o", "a", 0.41)], "a", "not covered", None),
        ([("x", "a", 0.47), ("o", "a", 0.51)], "a", "not covered", None),
        ([("x", "a", None), ("o", "a", 0.5)], "a", "cannot tell", 0.5),
        ([("x", "a", 0.5, "direct: true"), ("x", "b", 0.6)], "b", "cannot tell", 0.5),
        ([], "c", "cannot tell", 0.5),
        ([], "ann", "not covered", None),
        ([("x", "a", 0.5)], "unit", "covered", None),
        ([("x", "a", 0.49)], "unit", "not covered", None),
        ([("x", "a", 0.49, "direct: true")], "unit", "cannot tell", None),
        ([("o", "a", 0.6)], "unit", "not covered", None),
        ([("x", "a", 0.5), ("a", "b", 0.49), ("o", "b", 0.51)], "b", "not covered", None),
    ],
)
def test_verdicts(tmp_path: Path, rows: list[tuple[object, ...]], entity: str, verdict: str, decides_at: float | None) -> None:
    """Covered and not covered where nothing unknown matters, else cannot tell with the share that decides."""
    party = only(graph(tmp_path, stakes(*rows)).covered("sdn", entity))
    assert (party.verdict, party.decides_at) == (verdict, pytest.approx(decides_at))


def test_days_on_both_sides_of_a_switch(tmp_path: Path) -> None:
    """A rule that was suspended and comes back covers by ownership on the days of its records alone; the list stays."""
    switch = HEAD.replace("half: {label: Half, extends: [sdn], threshold: 0.5}", "").replace(
        "OwnershipRule:\n",
        "OwnershipRule:\n"
        "  first: {label: First, extends: [sdn], threshold: 0.5, from: 2025-09-29, until: 2025-11-09}\n"
        "  again: {label: Again, extends: [sdn], threshold: 0.5, from: 2026-11-10}\n",
    )
    asked = graph(tmp_path, stakes(("x", "a", 0.5)), switch)
    days = ["2025-09-28", "2025-09-29", "2025-11-09", "2025-11-10", "2026-11-09", "2026-11-10"]
    verdicts = [only(asked.covered("sdn", "a", as_of=day)).verdict for day in days]
    assert verdicts == ["not covered", "covered", "covered", "not covered", "not covered", "covered"]
    assert only(asked.covered("sdn", "x", as_of="2025-11-10")).verdict == "covered"
    rules = asked.covered("sdn", as_of="2025-11-10").lists[0].rules
    assert {rule.label: rule.reason for rule in rules} == {
        "First": "it ended on 2025-11-09",
        "Again": "it begins on 2026-11-10",
    }
    query = "ASK { my:a ko:coveredBy my:sdn }"
    assert [bool(asked.query(query, as_of=day)) for day in days] == [verdict == "covered" for verdict in verdicts]


def test_a_list_that_does_not_hold_covers_nobody(tmp_path: Path) -> None:
    """Before its first day a measure covers neither whom it names, nor whom a designation puts on it."""
    head = HEAD.replace("meu: {label: Users list}", "meu: {label: Users list, from: 2021-01-01}")
    asked = graph(tmp_path, "", head)
    (coverage,) = asked.covered("meu", as_of="2020-06-01").lists
    assert (coverage.not_in_force, coverage.parties) == ("it begins on 2021-01-01", ())
    assert not asked.query("ASK { my:y ko:coveredBy|^ko:appliesTo my:meu }", as_of="2020-06-01")
    assert (
        only(asked.covered("meu", "y", as_of="2021-06-01")).text == "Users list names Y (entry 17, as Y LTD, since 2020-01-01)."
    )


def test_a_stake_that_ended_does_not_count(tmp_path: Path) -> None:
    """Ownership is as of the day: sold is sold."""
    sold = "until: 2024-12-31"
    rows = stakes(("x", "a", 0.5, sold), ("o", "a", 0.5, sold), ("ann", "a", 1, "from: 2025-01-01"))
    asked = graph(tmp_path, rows)
    assert only(asked.covered("sdn", "a", as_of="2024-12-31")).verdict == "covered"
    assert only(asked.covered("sdn", "a", as_of="2025-01-01")).verdict == "not covered"


def test_worlds_of_evidence(tmp_path: Path) -> None:
    """What is only alleged, what is inferred, and what a document states counts where it is let in."""
    text = "Document:\n  doc: {title: Doc}\n" + stakes(
        ("x", "a", 0.5, "evidence: [doc]"),
        ("x", "b", 0.5, "evidence: [doc Alleges]"),
        ("x", "c", 0.5, "inferred: true, reason: guess"),
    )
    asked = graph(tmp_path, text)

    def verdicts(**options: object) -> str:
        (coverage,) = asked.covered("sdn", **options).lists  # type: ignore[arg-type]
        return "".join(sorted(party.id for party in coverage.parties if party.why == "owned"))

    assert verdicts() == "ac"
    assert verdicts(stances=["Alleges"]) == "abc"
    assert verdicts(facts_only=True) == "a"
    assert verdicts(without="doc") == "c"
    query = "SELECT ?party { ?party ko:coveredBy ?list FILTER(STRLEN(REPLACE(STR(?party), '.*/', '')) = 1) }"

    def derived(**options: bool) -> str:
        return "".join(sorted(row["party"].value[-1] for row in world(asked.store, **options).store.query(query)))

    # What target queries see follows: "all that the list covers" is then what facts alone say.
    assert (derived(), derived(facts_only=True)) == ("acxy", "axy")


def test_lists_of_one_rule_count_together(tmp_path: Path) -> None:
    """Parties of two lists that one rule extends are added; each list covers those that rest on its own parties."""
    head = HEAD.replace("extends: [sdn]", "extends: [sdn, meu]")
    rows = stakes(
        *((*stake, "direct: true") for stake in (("x", "a", 0.25), ("y", "a", 0.25), ("y", "b", 0.5), ("a", "c", 0.5)))
    )
    asked = graph(tmp_path, rows, head)
    owned = {c.id: [p.id for p in c.parties if p.why == "owned"] for c in asked.covered().lists}
    assert owned == {"sdn": ["a", "c"], "meu": ["a", "b", "c"]}
    assert asked.covered(entity="b").verdict == "covered"
    # Of the other half of b nobody knows: a party of the first list that holds some of it would be enough.
    text = "Cannot tell: what is known to count of B is held by parties of other lists, and 50% is unknown (Half)."
    assert only(asked.covered("sdn", "b")).text == text
    asked = graph(tmp_path, rows + "  rest: {owner: o, owned: b, share: 0.5, direct: true}\n", head)
    text = "SDN list does not name B; what counts of it is held by parties of other lists (Half)."
    assert only(asked.covered("sdn", "b")).text == text


def test_strict_takes_nothing_for_granted(tmp_path: Path) -> None:
    """What no record states is unknown: whether a stake is direct, and who owns an owner of which no owner is recorded."""
    asked = graph(tmp_path, stakes(("x", "a", 0.5), ("x", "b", 0.4), ("o", "b", 0.6)))
    assert [only(asked.covered("sdn", name)).verdict for name in "ab"] == ["covered", "not covered"]
    assert [only(asked.covered("sdn", name, strict=True)).verdict for name in "ab"] == ["cannot tell", "cannot tell"]
    answer = asked.covered("sdn")
    assert (answer.presumed_direct, answer.presumed_complete, answer.presumed_unowned) == (3, 1, 1)


def test_who_is_not_connected_is_counted(tmp_path: Path) -> None:
    """Where it cannot be told, an organization is listed only if something leads to it from the list, or on demand."""
    asked = graph(tmp_path, stakes(("x", "a", 0.3, "direct: true"), ("ann", "b", 0.3, "direct: true")))
    (coverage,) = asked.covered("sdn").lists
    assert ([party.id for party in coverage.parties], coverage.undecided, coverage.unconnected) == (["x", "a"], 1, 1)
    (coverage,) = asked.covered("sdn", every=True).lists
    assert [party.id for party in coverage.parties] == ["x", "a", "b"]


def test_circles_of_ownership(tmp_path: Path) -> None:
    """Who owns itself through others is found, with the shares around the circle, and what cannot be told of it."""
    asked = graph(tmp_path, stakes(("a", "b", 0.6), ("b", "c", 0.5), ("c", "a", 0.5), ("x", "a", 0.5)))
    (loop,) = asked.ownership_loops().loops
    assert (loop.ids, loop.share_low, loop.share_high) == (("a", "b", "c"), pytest.approx(0.15), pytest.approx(0.15))
    assert not asked.ownership_loops(length=2).loops
    assert asked.ownership_loops(length=2).longer
    assert not asked.ownership_loops(through="x").loops
    answer = asked.covered("sdn", "c")
    assert answer.verdict == "covered"
    assert [step.id for step in answer.lists[0].proof] == ["b", "a", "x"]


def test_lists_are_in_the_order_of_their_verdicts_on_an_entity(tmp_path: Path) -> None:
    """Those that cover it first, then those of which that cannot be told; those in force before others; then by id."""
    lists = """\
name: owners
Measure:
  a1: {label: Names another one, appliesTo: [z]}
  b1: {label: Planned, appliesTo: [y], status: Hypothetical}
  c1: {label: In force, appliesTo: [y], status: InForce}
  c0: {label: In force too, appliesTo: [y]}
  d1: {label: Names the owner, appliesTo: [x]}
OwnershipRule:
  half: {label: Half, extends: [d1], threshold: 0.5}
Company:
  x: {label: X}
  y: {label: Y}
  z: {label: Z}
"""
    answer = graph(tmp_path, "Ownership: {o: {owner: x, owned: y, shareHigh: 0.6}}\n", lists).covered(None, "y")
    verdicts = [(coverage.id, coverage.parties[0].verdict) for coverage in answer.lists]
    covered = [(name, "covered") for name in ("c0", "c1", "b1")]
    assert verdicts == [*covered, ("d1", "cannot tell"), ("a1", "not covered")]
    assert [coverage.id for coverage in graph(tmp_path, "", lists).covered().lists] == ["a1", "b1", "c0", "c1", "d1"]


def test_errors(tmp_path: Path) -> None:
    """A measure or entity that does not exist, and a rule that no share reaches or all do."""
    asked = graph(tmp_path, "")
    with pytest.raises(NotFound, match=r"no measure called 'nothing' \(`knockon covered` lists them\)"):
        asked.covered("nothing")
    for entity in (None, "sdn", "all"):
        with pytest.raises(NotFound, match="'x' is a company, not a measure; whether lists cover it: `knockon covered all x`"):
            asked.covered("x", entity)
    with pytest.raises(NotFound, match="no measure called 'sdm'; did you mean sdn"):
        asked.covered("sdm")
    for share in ("0", "1.5", "150%", "50%%", "half", "nan", "1e999999999"):
        with pytest.raises(UsageError, match="above 0 and at most 1"):
            asked.covered("sdn", rule=share)
    assert asked.covered("sdn", rule="50%").supposed == asked.covered("sdn", rule=0.5).supposed == 0.5


def test_the_same_entity_under_two_names(tmp_path: Path) -> None:
    """What a list calls one name and a register another is one party, and its stake in both is one stake."""
    text = """\
Judgement:
  j: {entity: [o, x], verdict: Same, judgedBy: me, date: 2026-01-01}
"""
    asked = graph(tmp_path, stakes(("o", "a", 0.5), ("a", "b", 0.5)) + text)
    (coverage,) = asked.covered("sdn").lists
    assert [party.id for party in coverage.parties] == ["o", "a", "b"]
    assert asked.covered("sdn", "x").verdict == "covered"
    parties = {row["p"].value.rsplit("/")[-1] for row in asked.query("SELECT ?p { ?p ko:coveredBy my:sdn }")}
    assert parties == {"x", "o", "a", "b"}


def test_a_list_that_names_nobody_covers_nobody(tmp_path: Path) -> None:
    """A rule alone covers nobody: what is unknown is not held by parties of a list that has none."""
    asked = graph(tmp_path, stakes(("x", "a", 0.3)), HEAD.replace(", appliesTo: [x]", ""))
    party = only(asked.covered("sdn", "a"))
    assert (party.verdict, party.text) == ("not covered", "SDN list does not name A, and nobody else whose stakes could count.")
    assert [coverage.parties for coverage in asked.covered("sdn").lists] == [()]


def test_what_is_not_enough_is_said_as_a_range(tmp_path: Path) -> None:
    """Not covered, though a part is unknown: the sentence has the least and the most that covered parties hold."""
    asked = graph(tmp_path, stakes(("x", "a", 0.3, "direct: true"), ("o", "a", 0.6, "direct: true")))
    text = "Covered parties hold 30% to 40% of A, and 50% or more would be needed (Half)."
    assert only(asked.covered("sdn", "a")).text == text
