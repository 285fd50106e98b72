"""Whatever stands in a file, it becomes a data set or an error of ours; never another exception, and never none at all."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat

from knockon.authoring.read import read_data_set
from knockon.errors import KnockonError
from knockon.rdf.parse import parse_rdf
from knockon.store.assembly import authored_quads
from knockon.store.files import FORMATS, read_bytes, to_bytes
from support.broken_rdf import broken_texts
from support.example_data import EXAMPLE

CASES = Path(__file__).parents[1] / "cases"


def samples() -> dict[str, list[bytes]]:
    """The files of the cases, a small data set and blank nodes of many shapes, in every format."""
    texts = [path.read_bytes() for path in sorted(CASES.glob("*.ttl")) if path.stat().st_size]
    bundled = read_data_set(EXAMPLE)
    records = list(authored_quads([(record, bundled.graph) for record in (bundled.info, *bundled.records[:12])]))
    shapes = b"""@prefix x: <urn:x:> . x:a x:list (1 2 (3)) , "a\\nb"@en , [ x:p [ x:q _:c ] ] . _:c x:p _:d . _:d x:p _:c ."""
    terms = b"<urn:x:a> <urn:x:b> <<( _:c <urn:x:d> <<( _:c <urn:x:e> 1 )>> )>> . << _:c <urn:x:f> _:g >> <urn:x:h> 2.5 ."
    turtle = [*texts, shapes, to_bytes(records, RdfFormat.TURTLE)]
    sound = {
        f".{form}": [to_bytes(parse_rdf(text, RdfFormat.TURTLE, "a"), FORMATS[form]) for text in turtle] for form in FORMATS
    }
    sound[".ttl"] += [*turtle, terms]
    sound[".trig"] += [to_bytes(records, RdfFormat.TRIG), b"_:g { _:g <urn:x:p> _:h } " + terms]
    sound[".nq"] += [to_bytes(records, RdfFormat.N_QUADS)]
    context = b'{"@vocab": "urn:x:", "n": {"@id": "x:n", "@type": "@id"}, "x": "urn:x:"}'
    sound[".jsonld"] += [b'{"@context": ' + context + b', "@id": "x:a", "n": ["x:b", {"@id": "_:c"}]}']
    return sound


def outcomes(seed: int, count: int) -> Counter[str]:
    """Read mutated texts; an exception that is not ours goes through."""
    result: Counter[str] = Counter()
    for ending, text in itertools.islice(broken_texts(samples(), seed), count):
        try:
            read_bytes(text, ending, "a", "a")
        except KnockonError as error:
            result[type(error).__name__] += bool(str(error))
        else:
            result["read"] += 1
    return result


def test_broken_files_are_errors_of_ours() -> None:
    result = outcomes(seed=1, count=1_500)
    assert result["read"] > 100
    assert result["InvalidData"] > 500


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_broken_files_are_errors_of_ours(seed: int) -> None:
    assert sum(outcomes(seed, 10_000).values()) == 10_000
