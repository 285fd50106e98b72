"""One unit and one key for each thing in the JSON of every command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

Run = Callable[..., Any]
COMMANDS = [
    ("impact", "entity-list-chips"), ("impact",), ("impact", "--all"), ("exposure", "sensefoundry"), ("chains",),
    ("explain", "entity-list-chips", "sensefoundry"), ("compare", "entity-list-chips", "data-reclassification"),
    ("chokepoints", "recurring-licensing-revenue"), ("concentration",), ("loops",), ("rank",), ("ls",), ("schema",),
    ("uncertainty", "entity-list-chips", "--draws", "64"), ("mitigate", "entity-list-chips", "--protect", "sensefoundry"),
    ("diff", "sensetime", "--as-of", "2015-01-01", "--and", "2026-01-01", "--impact"),
    ("neighbours", "nvidia"), ("paths", "sensefoundry", "nvidia"),
    ("show", "nvidia"), ("search", "nvidia"), ("profile", "nvidia"), ("query", "--list"),
]  # fmt: skip
#: Keys whose values are IRIs: the name of the role. The local name beside it is ``id``, for people there is ``label``.
IRIS = ("iri", "entity", "dependency", "provider", "dependant", "need", "document", "target", "chain", "worst_part")


def pairs(value: Any) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Every key of every object, with the object and the value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key, inner
            yield from pairs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from pairs(inner)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_keys_mean_the_same_everywhere(knockon: Run, command: tuple[str, ...]) -> None:
    """``id`` is a local name, a role is an IRI, a loss is 0..1 between its ends, and floats have 12 digits."""
    done = knockon(*command, "-f", "json")
    assert done.code == 0
    for whole, key, value in pairs(done.json):
        if isinstance(value, float):
            assert value == float(f"{value:.12g}"), key
        if key == "id":
            assert ":/" not in value
        if key in IRIS and isinstance(value, str):
            assert ":" in value, (key, value)
        if (key in {"loss", "shortage", "share"} or key.startswith("loss_")) and isinstance(value, float):
            assert 0 <= value <= 1, key
        if f"{key}_low" in whole and value is not None and whole[f"{key}_low"] is not None:
            assert whole[f"{key}_low"] <= value <= whole[f"{key}_high"], key


@pytest.mark.parametrize("command", [c for c in COMMANDS if c[0] in {"impact", "uncertainty"} and len(c) > 1], ids=" ".join)
def test_counts_have_their_whole(knockon: Run, command: tuple[str, ...]) -> None:
    """Who is affected is counted beside who is not."""
    answer = knockon(*command, "-f", "json").json
    if isinstance(answer, dict):
        assert answer["affected"] + answer["unaffected"] == 81


def test_data_sets_are_named_alike(knockon: Run, suppliers: Any) -> None:
    """What loading, history and ls say of a data set has its name, its local name as id, and its IRI."""
    loaded = knockon("load", suppliers.name, "--store", "st", "-f", "json").json["data_sets"][0]
    listed = knockon("ls", "-s", "st", "-f", "json").json[0]
    past = knockon("history", "-s", "st", "-f", "json").json[0]["data_sets"][0]
    names = {(one["name"], one["id"], one["iri"]) for one in (loaded, listed, past)}
    assert names == {("suppliers", "data-suppliers", "https://w3id.org/knockon/local/data-suppliers")}
