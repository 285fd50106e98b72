"""Provisions, portions and records that disagree: what the compiled network gives, against a plain interpreter of records."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.model import Dependency, Provision, Statement, Supply
from knockon.network.compile import RecordFilter, compile_network
from knockon.network.network import Network
from knockon.network.resolve import ResolvedShock, Target, to_hits
from knockon.propagation.leontief import leontief
from knockon.propagation.result import Result
from knockon.vocabulary import Interval
from support.plain_records import DAY, Interpreter, Severities, record_sets

Case = tuple[list[Statement], Severities]


def run(records: list[Statement], severities: Severities) -> tuple[Network, Result]:
    """Return the network of some records, and the losses of a shock on it."""
    entities = [r.id for r in records if type(r).__name__ == "Entity"]
    compiled = compile_network(records, RecordFilter(as_of=DAY), entities)
    targets = tuple(Target(iri, Interval(*ends), "urn:x:hit") for iri, ends in severities.items())
    hits, _ = to_hits(compiled.network, [ResolvedShock(targets, ())])
    return compiled.network, leontief(compiled.network, hits)


@settings(max_examples=4 * settings.default.max_examples)
@given(record_sets())
def test_the_compiled_network_gives_what_a_plain_interpreter_of_the_records_gives(case: Case) -> None:
    """The low end, the point and the high end of the loss of each entity are the same to 1e-9."""
    records, severities = case
    network, result = run(records, severities)
    for reading, losses in enumerate((result.low, result.loss, result.high)):
        expected = Interpreter(records, severities, reading).losses()
        found = dict(zip(network.nodes, losses[0].tolist(), strict=True))
        assert {iri: found[iri] for iri in expected} == pytest.approx(expected, abs=1e-9)


@pytest.mark.slow
@settings(max_examples=3 * settings.default.max_examples)
@given(record_sets(), st.data())
def test_leaving_out_what_is_unharmed_makes_nobody_safer(case: Case, data: st.DataObject) -> None:
    """A supply, provision or part that has ended passes its weight on: no end of any loss falls."""
    records, severities = case
    network, result = run(records, severities)
    harmed = {iri for iri, lost in zip(network.nodes, result.high[0].tolist(), strict=True) if lost > 0} | set(severities)
    unharmed = [
        part for record in records for part in (record, *record.parts()) if _can_end(part) and not _names(part) & harmed
    ]
    if not unharmed:
        return
    part = data.draw(st.sampled_from(unharmed))
    fewer = [_without(record, part) for record in records]
    network, after = run(fewer, severities)
    for before, now in ((result.low, after.low), (result.loss, after.loss), (result.high, after.high)):
        assert (now >= before - 1e-9).all()


@settings(max_examples=2 * settings.default.max_examples)
@given(record_sets())
def test_no_loss_falls_when_a_hit_is_harder(case: Case) -> None:
    """At the low end, the point and the high end."""
    records, severities = case
    _, before = run(records, severities)
    _, after = run(records, {iri: tuple(min(1.0, end + 0.25) for end in ends) for iri, ends in severities.items()})
    for first, second in ((before.low, after.low), (before.loss, after.loss), (before.high, after.high)):
        assert (second >= first - 1e-12).all()


def _can_end(part: Statement) -> bool:
    weighted = isinstance(part, Supply | Provision) or (isinstance(part, Dependency) and part.portion is not None)
    return weighted and part.until is None and part.from_ is None


def _names(part: Statement) -> set[str]:
    """The record, and the entities that it loses through."""
    if isinstance(part, Dependency):
        return {part.id, part.need, *(supply.provider for supply in part.supply), *(supply.id for supply in part.supply)}
    return {part.id, part.provider}


def _without(record: Statement, part: Statement) -> Statement:
    ended = {"until": DAY - timedelta(days=1)}
    if record.id == part.id:
        return record.model_copy(update=ended)
    if isinstance(record, Dependency):
        supply = tuple(s.model_copy(update=ended) if s.id == part.id else s for s in record.supply)
        return record.model_copy(update={"supply": supply})
    return record
