"""Keep both of two different claims with the same id in two data sets, by renaming one of them.

The id of a dependency in a table is made from its dependant and need, so the files
of two months, or of two departments, use the same id for different claims.
Neither is wrong, and neither may silently replace the other: a network merges
them into one slot and marks it disputed. A claim that gives only details
(a stock, an alternative) adds to the other one and does not dispute it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from knockon.errors import Notice, shortened
from knockon.model import DataSet, Dependency, Designation, Observation, Ownership, Part, Provision, Relation, Statement
from knockon.model.records import having
from knockon.rdf.fields import fields
from knockon.vocabulary import local_name

#: The classes of claims about entities. Entities themselves are merged; all other records must have unique ids.
CLAIMS = (Dependency, Provision, Ownership, Designation, Relation, Observation)

#: The most names that a message lists; the rest are counted.
_MAX_LISTED = 5


class RenamedClaims(NamedTuple):
    """The data sets of a load, with conflicting claims renamed, and notices of what was renamed."""

    data_sets: tuple[DataSet, ...]
    notices: tuple[Notice, ...]


def rename_conflicting_claims(present: Iterable[DataSet], new: Sequence[DataSet]) -> RenamedClaims:
    """Rename the claims of new data sets whose ids other data sets use for different claims.

    Parameters
    ----------
    present
        The data sets of the store before the load.
    new
        The data sets to load; each replaces the present one with its name.

    Returns
    -------
    RenamedClaims
        ``dependency`` of a data set ``feb`` becomes ``dependency--feb``.

    Examples
    --------
    >>> from knockon.model import DataSetInfo
    >>> ns = "https://w3id.org/knockon/local/"
    >>> need = {"id": ns + "shop--needs--hosting", "dependant": ns + "shop", "need": ns + "hosting"}
    >>> def data_set(name, word):
    ...     return DataSet(DataSetInfo(id=f"{ns}data-{name}", title=name), (Dependency(**need, criticality=word),))
    >>> rename_conflicting_claims([data_set("jan", "High")], [data_set("feb", "Low")]).data_sets[0].records[0].name
    'shop--needs--hosting--feb'
    """
    replaced = {data_set.info.id for data_set in new}
    present = [data_set for data_set in present if data_set.info.id not in replaced]
    if not present and len(new) < 2:
        return RenamedClaims(tuple(new), ())
    others: dict[str, tuple[Statement, str]] = {}
    claimed = {record.id for data_set in new for record in data_set.records if isinstance(record, CLAIMS)}
    for data_set in present:
        _index_claims(others, having(data_set.records, claimed), data_set.info.short_name)
    data_sets, notices = [], []
    for data_set in sorted(new, key=lambda data_set: data_set.info.id):
        short = data_set.info.short_name
        pairs = {r.id: (r, *others[r.id]) for r in data_set.records if r.id in others and _is_other_claim(r, others[r.id][0])}
        if pairs:
            records = tuple(_rename(r, short) if r.id in pairs else r for r in data_set.records)
            data_set = replace(data_set, records=records)  # noqa: PLW2901 - the same data set from here on
            details = {iri: source for iri, (claim, other, source) in pairs.items() if _only_one_states_loss(claim, other)}
            conflicts = {iri: source for iri, (_, _, source) in pairs.items() if iri not in details}
            notices += [_details_notice(short, details)] if details else []
            notices += [_conflicts_notice(short, conflicts)] if conflicts else []
        _index_claims(others, data_set.records, short)
        data_sets.append(data_set)
    return RenamedClaims(tuple(data_sets), tuple(notices))


def _index_claims(known: dict[str, tuple[Statement, str]], records: Iterable[Statement], data_set: str) -> None:
    """Add the claims of a data set to an index by id, with the name of the data set; earlier entries stay."""
    for record in records:
        if isinstance(record, CLAIMS):
            known.setdefault(record.id, (record, data_set))


def _is_other_claim(record: Statement, other: Statement) -> bool:
    return isinstance(record, CLAIMS) and type(record) is type(other) and record != other


def _rename(record: Statement, data_set: str) -> Statement:
    values: dict[str, Any] = {}
    for field in fields(type(record)):
        value = getattr(record, field.name)
        if field.many and field.nested is not None:
            # Parts are named after their record: copies take the new name, the originals keep theirs.
            value = tuple(part.model_copy() if isinstance(part, Part) else part for part in value)
        values[field.name] = value
    return type(record).model_validate({**values, "id": f"{record.id}--{data_set}"})


def _only_one_states_loss(record: Statement, other: Statement) -> bool:
    """Return whether only one of two records states the loss or the suppliers, so that they cannot contradict each other."""
    if not (isinstance(record, Dependency) and isinstance(other, Dependency)):
        return False
    return record.adds_details_only != other.adds_details_only


def _details_notice(data_set: str, details: dict[str, str]) -> Notice:
    what = "record adds details to what" if len(details) == 1 else "records add details to what"
    others, names = (
        ", ".join(sorted(set(details.values()))),
        ", ".join(shortened(sorted(map(local_name, details)), _MAX_LISTED)),
    )
    hint = "one of the two says neither how much is lost nor who supplies; both count, and nothing is disputed"
    return Notice(data_set, None, f"{len(details)} {what} is stated by {others}: {names}", hint)


def _conflicts_notice(data_set: str, conflicts: dict[str, str]) -> Notice:
    others = ", ".join(sorted(set(conflicts.values())))
    names = ", ".join(shortened(sorted(map(local_name, conflicts)), _MAX_LISTED))
    what = "claim differs" if len(conflicts) == 1 else "claims differ"
    message = f"{len(conflicts)} {what} from what is stated by {others}: {names}"
    hint = "both are kept, and count as disputed; to replace a file, load it under the same name"
    return Notice(data_set, None, message, hint)


__all__ = ["CLAIMS", "RenamedClaims", "rename_conflicting_claims"]
