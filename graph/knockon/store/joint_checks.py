"""Checks of data sets against each other, before they are loaded together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from knockon.errors import InvalidData, Problem
from knockon.model import DataSet, Statement
from knockon.model.dataset import replace_data_sets
from knockon.rdf.merge import merge

if TYPE_CHECKING:
    from knockon.rdf.integrity import Violation

#: The most violations whose lines are looked for.
_MAX_LINES = 100


def check_load(present: Sequence[DataSet], new: Sequence[DataSet], *, replace: bool = False) -> None:
    """Check that data sets, each valid by itself, could be loaded beside others: by their records, without quads of them.

    Raises
    ------
    InvalidData
        The content of the store would be invalid.
    UsageError
        Two of them have the same name, or (without ``replace``) one has the name of a data set from another place.
    """
    from knockon.store.changes import check_names
    from knockon.store.conflicting_claims import rename_conflicting_claims

    check_names(present, new, replace=replace)
    renamed, _ = rename_conflicting_claims(present, new)
    data_sets = replace_data_sets(present, renamed)
    if len(data_sets) > 1:
        check_together([record for record, _ in merge(data_sets)], data_sets, "loading")


def check_together(records: Sequence[Statement], data_sets: Sequence[DataSet], change: str) -> None:
    """Check the merged records of data sets against each other; raise InvalidData, naming the change, if they are invalid."""
    # Loaded only for data that were not checked before.
    from knockon.rdf.integrity import check
    from knockon.rdf.weight_rules import excess_weights

    weights = [violation for data_set in data_sets for violation in excess_weights(data_set.records)]
    if violations := [*check(records, one_data_set=False), *weights]:
        raise_violations(violations, change, _origins(data_sets) if change == "loading" else {})


def raise_violations(violations: Sequence[Violation], change: str, origins: Mapping[str, str]) -> None:
    """Raise InvalidData for violations, if there are any.

    Parameters
    ----------
    violations
        The violations.
    change
        The name of the change in messages.
    origins
        Where records were read from, as far as that is known, by their IRIs.
    """
    if violations:
        # To find a line takes time, and nobody reads more of them.
        numbered = enumerate(violations)
        raise InvalidData([_to_problem(each, change, origins, find_line=number < _MAX_LINES) for number, each in numbered])


def _origins(data_sets: Iterable[DataSet]) -> dict[str, str]:
    """Return where each record was read from, as far as that is known; of a record of several data sets the last."""
    return {record.id: data_set.origin for data_set in data_sets if data_set.origin for record in data_set.records}


def _to_problem(violation: Violation, change: str, origins: Mapping[str, str], *, find_line: bool) -> Problem:
    from knockon.store.files import line_in_file

    fault, origin = violation.fault, origins.get(violation.record, "")
    line = line_in_file(Path(origin), violation.record) if origin and find_line else None
    file = relative_to_here(origin) if origin else f"after {change}"
    return Problem(file, line, f"{violation.record}: {fault.message}", fault.hint, violation.cause)


def relative_to_here(origin: str) -> str:
    """Return the origin of a data set as it is shorter to read: a path below the current folder from there.

    >>> relative_to_here("bundled data set chips")
    'bundled data set chips'
    """
    try:
        return str(Path(origin).relative_to(Path.cwd())) or origin
    except (ValueError, OSError):
        return origin
