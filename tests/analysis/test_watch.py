"""Watching a portfolio: what is a change, what a state keeps, and the laws."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.analysis.impact.impact import impacts
from knockon.analysis.impact.loss_change import OPPOSITE
from knockon.analysis.portfolio.portfolio import Holding, Portfolio
from knockon.analysis.portfolio.watch import watch
from knockon.analysis.portfolio.watch_answer import Changes, WatchReport
from knockon.analysis.portfolio.watch_changes import changes
from knockon.analysis.portfolio.watch_state import WatchState, locked_state, read_state, write_state
from knockon.errors import InvalidData, StoreBusy, UsageError
from knockon.model import Designation, Measure, Ownership, OwnershipRule, Person, Statement
from knockon.network.compile import RecordFilter
from support.contexts import bakery, context, dependency_graphs, shock
from support.small_records import entities, iri, need


def portfolio(*names: str, **amounts: float) -> Portfolio:
    every = dict.fromkeys(names, None) | amounts
    holdings = [Holding(iri(name), name, "Company", amount, (2,)) for name, amount in every.items()]
    return Portfolio("mine.csv", tuple(holdings), "", (), ())


def state(records: Sequence[Statement], mine: Portfolio, day: date | None = None, **options: object) -> WatchState:
    return watch(context(*records, record_filter=RecordFilter(as_of=day), **options), mine, None).state


def rows(answer: Changes) -> list[tuple[object, ...]]:
    return [(row["about"], row["change"], row["id"], row.get("shock")) for row in answer.rows()]


GRAPHS = st.builds(
    lambda records, hits: [
        *entities(*(f"e{k}" for k in range(6))),
        *records,
        *(shock(f"s{number}", {"target": f"e{target}", "severity": "High"}) for number, target in enumerate(hits)),
    ],
    dependency_graphs(),
    st.lists(st.integers(0, 5), min_size=1, max_size=3),
)
MINE = portfolio("e0", "e1", e2=5.0)


@given(GRAPHS, GRAPHS)
def test_states_of_two_versions(one: list[Statement], two: list[Statement]) -> None:
    """Losses are those of the reports; the way back mirrors it; equal states have no changes, and are equal bytes."""
    before, after = context(*one), context(*two)
    old, new = watch(before, MINE, None).state, watch(after, MINE, None).state
    for where, saved in ((before, old), (after, new)):
        for report in impacts(where, where.shocks):
            mine = {i.entity: (i.loss_low, i.loss, i.loss_high) for i in report.impacts if i.entity in MINE.by_entity}
            kept = saved.shocks[report.shock.id].losses
            assert {iri: losses for iri, losses in kept.items() if losses[1] > 0} == mine
    there, back = changes(old, new), changes(new, old)
    assert [(c.shock, c.entity, c.kind, c.old, c.new) for c in there.losses] == [
        (c.shock, c.entity, OPPOSITE[c.kind], c.new, c.old) for c in back.losses
    ]
    assert sorted((c.id, c.kind) for c in there.records if c.kind == "changed") == sorted(
        (c.id, c.kind) for c in back.records if c.kind == "changed"
    )
    assert len(changes(old, old)) == 0
    again = watch(context(*one), MINE, old)
    assert (len(again.changes), again.state.to_bytes()) == (0, old.to_bytes())
    assert watch(after, MINE, old).state.to_bytes() == new.to_bytes()


def test_what_of_records_is_a_change() -> None:
    """Records that name an entity of the portfolio, the measure that lists it, and their fields; others do not matter."""
    law = Measure(id=iri("law"), label="Law")
    listing = Designation(id=iri("listing"), measure=iri("law"), designated=iri("bakery"))
    owned = Ownership(id=iri("stake"), owner=iri("mill-a"), owned=iri("bakery"), share="0.3")  # type: ignore[arg-type]
    mine = portfolio("bakery")
    records = [record for record in bakery() if record.name != "law"]
    before = state([*records, law, owned], mine)
    raised = owned.model_copy(update={"share": Ownership.model_validate({**owned.model_dump(), "share": "0.6"}).share})
    others = entities("elsewhere")
    answer = changes(before, state([*records, law, listing, raised, *others], mine))
    assert rows(answer) == [
        ("coverage", "covered", "bakery", None),
        ("designation", "added", "listing", None),
        ("record", "added", "law", None),
        ("record", "changed", "stake", None),
    ]
    assert answer.records[1].entities == (iri("bakery"),)
    (field,) = answer.records[2].fields
    assert (field.field, field.change, field.old, field.new) == ("share", "changed", "0.3", "0.6")
    assert answer.counts()["designation"] == 1
    assert answer.counts()["record"] == 2


def test_a_list_that_covers_an_owner() -> None:
    """A new listing of an owner covers what it owns by half under a rule; below the rule it does not."""
    rule = OwnershipRule(id=iri("half"), label="Half", extends=iri("law"), threshold="0.5")  # type: ignore[arg-type]
    listing = Designation(id=iri("listing"), measure=iri("law"), designated=iri("owner"))
    law, firms = Measure(id=iri("law"), label="Law"), entities("owner", "mine", "other")
    stakes = [
        Ownership.model_validate({"id": iri(f"{by}-in-{name}"), "owner": iri(by), "owned": iri(name), "share": share})
        for by, name, share in (("owner", "mine", "0.5"), ("owner", "other", "0.49"), ("ann", "other", "0.51"))
    ]
    records, held = [*firms, *entities("ann", cls=Person), law, rule, *stakes], portfolio("mine", "other")
    answer = changes(state(records, held), state([*records, listing], held), records)
    (change,) = answer.coverage
    assert (change.kind, change.id, change.old, change.measure_label) == ("covered", "mine", "not covered", "Law")
    assert (answer.counts()["covered"], answer.counts()["coverage"]) == (1, 1)
    back = changes(state([*records, listing], held), state(records, held))
    assert [(c.kind, c.old) for c in back.coverage] == [("not covered", "covered")]


def test_what_begins_and_ends_between_two_days() -> None:
    """A record and a part of one, each with its day; the losses that follow are changes beside it."""
    supplies = [{"provider": iri("b"), "share": "0.5", "until": "2025-06-30"}, {"provider": iri("c"), "share": "0.5"}]
    records = [
        *entities("a", "b", "c", "goods"),
        need("a", "goods", supply=supplies, combination="Shares", criticality="Essential"),
        shock("stop", {"target": "c", "severity": "Essential"}, **{"from": "2025-07-01"}),
        shock("other", {"target": "c", "severity": "Essential"}),
    ]
    mine = portfolio("a")
    before, after = (state(records, mine, day) for day in (date(2025, 6, 30), date(2025, 7, 1)))
    answer = changes(before, after, records)
    (ended,) = answer.records
    assert (ended.kind, ended.name, ended.part, ended.date) == ("ends", "a-needs-goods", iri("a-needs-goods--b"), "2025-06-30")
    assert {(c.shock, c.kind.value) for c in answer.losses} == {(iri("stop"), "new"), (iri("other"), "worse")}
    assert [c.kind for c in changes(after, before, records).records] == ["begins"]


def test_the_portfolio_itself_changes() -> None:
    """What is added has no earlier losses, so that none of its losses is new; an amount is a change."""
    before = state(bakery(), portfolio("guests", flour=5.0))
    answer = changes(before, state(bakery(), portfolio("sales", flour=6.0)), bakery())
    assert [(h.kind.value, h.id, h.old, h.new) for h in answer.holdings] == [
        ("amount", "flour", 5.0, 6.0), ("removed", "guests", None, None), ("added", "sales", None, None)
    ]  # fmt: skip
    assert not answer.losses
    assert answer.counts()["holding"] == 3


def test_the_worst_part_of_a_company() -> None:
    """A company that loses nothing itself is watched by its worst part."""
    records = bakery()
    milder = [r if r.name != "drought" else shock("drought", {"target": "flour", "severity": "Low"}) for r in records]
    answer = changes(state(records, portfolio("bakery")), state(milder, portfolio("bakery")), records)
    (change,) = answer.part_losses
    assert (change.kind.value, change.part, change.id) == ("better", iri("baking"), "bakery")
    assert not answer.losses


def test_only_what_may_differ_is_computed() -> None:
    """On one network, shocks that hit the same have the losses of the earlier state; other entities need all computed."""
    mine, done = portfolio("guests"), []
    earlier = watch(context(*bakery()), mine, None).state
    harder = [r if r.name != "frost" else shock("frost", {"target": "mill-a", "severity": "Low"}) for r in bakery()]
    for records, held, expected in ((bakery(), mine, 0), (harder, mine, 1), (bakery(), portfolio("guests", "sales"), 2)):
        done.clear()
        answer = watch(context(*records), held, earlier, lambda number, every: done.append((number, every)))
        assert len(done) == expected
        assert answer.state.to_bytes() == watch(context(*records), held, None).state.to_bytes()


def test_a_state_has_no_text_of_the_data() -> None:
    """Only IRIs, names of classes and fields, numbers, dates and hashes."""
    records = [*entities("acme", comment="A remark that is nobody's business."), *entities("other")]
    content = state(records, portfolio("acme")).to_bytes().decode()
    assert "remark" not in content
    assert '"comment":"#' in content


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Whole, with every digit."""
    saved = state(bakery(), portfolio("guests", flour=1 / 3))
    write_state(tmp_path / "state.json", saved)
    assert read_state(tmp_path / "state.json") == saved
    assert read_state(tmp_path / "nothing.json") is None


def damaged(content: bytes) -> dict[str, bytes]:
    inner = content.partition(b'"state":')[2].removesuffix(b"}\n")
    return {
        "checksum": content[:-30],
        "checksum ": content.replace(b'"model":"leontief"', b'"model":"reach"'),
        "no state": b'{"format": "something else"}',
        "no state ": b"[" * 100_000,
        "no state  ": b"",
        "version 7": content.replace(b'"version":1,', b'"version":7,'),
        "shocks.* has no valid value": wrapped(inner.replace(b"0.75", b"NaN")),
        "its content has no valid value": wrapped(b'{"format":"knockon-watch","version":1,' + b"[" * 100_000),
    }


def wrapped(content: bytes) -> bytes:
    """A file of a state with the checksum of its content, whatever that is."""
    return b'{"checksum":"%s","state":%s}\n' % (hashlib.sha256(content).hexdigest().encode(), content)


@pytest.mark.parametrize("words", damaged(state(bakery(), portfolio("flour")).to_bytes()))
def test_a_state_that_is_none(tmp_path: Path, words: str) -> None:
    """Damaged, of something else, of another version, or changed by hand: an error that says what to do; it stays as it is."""
    file = tmp_path / "state.json"
    content = damaged(state(bakery(), portfolio("flour")).to_bytes())[words]
    file.write_bytes(content)
    with pytest.raises(InvalidData, match=words.strip()) as refused:
        read_state(file)
    assert "start anew" in str(refused.value)
    assert file.read_bytes() == content


@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.floats() | st.text(max_size=5),
        lambda s: (
            st.lists(s, max_size=3) | st.dictionaries(st.sampled_from(["format", "version", "shocks", "checksum", "x"]), s)
        ),
    ).map(lambda v: json.dumps(v).encode())
)
def test_any_content_is_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Never another exception than one of ours."""
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_bytes(content)
    with pytest.raises(InvalidData):
        read_state(file)


def test_other_options_cannot_be_compared() -> None:
    """Another model, or other records: an error that names what differs."""
    earlier = state(bakery(), portfolio("flour"))
    for options, words in (({"model": "reach"}, "model leontief, not reach"), ({"eps": 0.1}, "eps 1e-12, not 0.1")):
        with pytest.raises(UsageError, match=words):
            watch(context(*bakery(), **options), portfolio("flour"), earlier)


def test_a_run_waits_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one run holds the state, another waits, and gives up after a while."""
    monkeypatch.setattr("knockon.analysis.portfolio.watch_state.WAITS", 0)
    with (
        locked_state(tmp_path / "state.json"),
        pytest.raises(StoreBusy, match="another run"),
        locked_state(tmp_path / "state.json"),
    ):
        pass


def test_a_portfolio_is_what_the_graph_makes_of_a_file(tmp_path: Path, graph: knockon.Graph) -> None:
    """A path in its place is refused with what to call."""
    for ask in (graph.impact, graph.shocks, graph.explore, graph.report):
        with pytest.raises(UsageError, match=r"portfolio must be what Graph\.portfolio returns"):
            ask(portfolio="mine.csv")  # type: ignore[operator]
    with pytest.raises(UsageError, match=r"Graph\.portfolio"):
        graph.watch("mine.csv", tmp_path / "state.json")  # type: ignore[arg-type]


def test_runs_at_once_take_turns(tmp_path: Path, graph: knockon.Graph) -> None:
    """One of them is the first, the others have nothing to tell, and the state is whole."""
    (tmp_path / "mine.txt").write_text("NVIDIA\n", "utf-8")
    mine, file = graph.portfolio(tmp_path / "mine.txt"), tmp_path / "state.json"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: graph.watch(mine, file), range(4)))
    assert sorted(answer.first for answer in answers) == [False, False, False, True]
    assert sum(len(answer.changes) for answer in answers) == 0
    assert read_state(file) == answers[0].state


def test_where_the_answer_cannot_be_written_the_state_stays(tmp_path: Path, graph: knockon.Graph) -> None:
    """Changes that nobody has seen are told again."""
    file = tmp_path / "state.json"
    (tmp_path / "mine.txt").write_text("NVIDIA\n", "utf-8")
    mine = graph.portfolio(tmp_path / "mine.txt")

    def fail(_: WatchReport) -> None:
        raise OSError("closed")

    with pytest.raises(OSError, match="closed"):
        graph.watch(mine, file, emit=fail)
    assert not file.exists()
    assert graph.watch(mine, file, save=False).first
    assert not file.exists()
    assert graph.watch(mine, file).first
    content = file.read_bytes()
    second = graph.watch(mine, file)
    assert (second.first, len(second.changes), file.read_bytes()) == (False, 0, content)
