"""Provisions, portions and records that disagree: what the compiled network gives, against a plain interpreter of records."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from knockon.model import Statement
from knockon.network.compile import RecordFilter, compile_network
from knockon.network.resolve import ResolvedShock, Target, to_hits
from knockon.propagation.leontief import leontief
from knockon.vocabulary import Interval
from support.plain_records import DAY, Interpreter, Severities, record_sets


def run(records: list[Statement], severities: Severities):
    entities = [r.id for r in records if type(r).__name__ == "Entity"]
    compiled = compile_network(records, RecordFilter(as_of=DAY), entities)
    targets = tuple(Target(iri, Interval(*ends), "urn:x:hit") for iri, ends in severities.items())
    hits, _ = to_hits(compiled.network, [ResolvedShock(targets, ())])
    return compiled.network, leontief(compiled.network, hits)


@settings(max_examples=300)
@given(record_sets())
def test_the_compiled_network_gives_what_a_plain_interpreter_of_the_records_gives(case) -> None:
    """The low end, the point and the high end of the loss of each entity are the same to 1e-9."""
    records, severities = case
    network, result = run(records, severities)
    for reading, losses in enumerate((result.low, result.loss, result.high)):
        expected = Interpreter(records, severities, reading).losses()
        found = dict(zip(network.nodes, losses[0].tolist(), strict=True))
        assert {iri: found[iri] for iri in expected} == pytest.approx(expected, abs=1e-9)
