"""The bundled data sets, and how messages refer to them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from knockon.authoring.prebuilt import read_prebuilt
from knockon.bundled import DEFAULT_DATA_SET, data_set_folder, data_set_names
from knockon.errors import Problem
from knockon.model import DataSet
from knockon.vocabulary import ID, MY

#: The namespace of bundled data.
_BUNDLED = ID.removesuffix("id/")


@cache
def read_bundled(name: str) -> DataSet:
    """Return a bundled data set, which does not change while the program runs: it is read once."""
    return replace(read_prebuilt(name) or _read_files(name), origin=f"bundled data set {name}")


def _read_files(name: str) -> DataSet:
    from knockon.authoring.read import read_data_set

    return read_data_set(data_set_folder(name), checked=True)


@cache
def _bundled_ids(name: str) -> frozenset[str]:
    """Return the ids of the records of a bundled data set."""
    return frozenset(record.id for record in read_bundled(name).records)


def add_bundled_hint(problem: Problem) -> Problem:
    """Add the commands that load the bundled data to a problem with a name of it."""
    missing = problem.cause.removeprefix("missing ")
    if problem.cause == missing or not missing.startswith(_BUNDLED) or missing.startswith(MY):
        return problem
    # The data set that is open where none is named comes first.
    for short in sorted(data_set_names(), key=lambda name: (name != DEFAULT_DATA_SET, name)):
        if missing in _bundled_ids(short):
            first = f"load it too: knockon load {short} {problem.file} --store STORE"
            return replace(problem, hint=f"it is in the bundled data set {short}; name that with --uses {short}, or {first}")
    return problem
