"""Keep both of two different claims with the same id in two data sets, by renaming one of them.

A table makes the name of a dependency from its dependant and need, so the files
of two months, or of two departments, use the same name for what each of them
says. Neither is wrong, and neither may replace the other in silence: a network
makes one slot of both and marks it disputed. Where one of the two gives details
only (a stock, an alternative), it adds to the other and disputes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from knockon.errors import Notice, shortened
from knockon.model import DataSet, Dependency, Observation, Ownership, Part, Relation, Statement
from knockon.rdf.fields import fields
from knockon.vocabulary import local_name

#: What a data set says of others; entities are merged, and of all else there can be only one.
CLAIMS = (Dependency, Ownership, Relation, Observation)

#: So many names are shown in a message; the others are counted.
_SHOWN = 5


class Apart(NamedTuple):
    """The data sets of a load with their claims renamed where need be, and what was renamed."""

    data_sets: tuple[DataSet, ...]
    notices: tuple[Notice, ...]


def kept_apart(present: Iterable[DataSet], new: Sequence[DataSet]) -> Apart:
    """Rename the claims of new data sets that another data set states differently under the same name.

    Parameters
    ----------
    present
        The data sets of the store before the load.
    new
        The data sets to load; each replaces the one of its name.

    Returns
    -------
    Apart
        ``dependency`` of a data set ``feb`` becomes ``dependency--feb``.

    Examples
    --------
    >>> from knockon.model import DataSetInfo
    >>> ns = "https://w3id.org/knockon/local/"
    >>> need = {"id": ns + "shop--needs--hosting", "dependant": ns + "shop", "need": ns + "hosting"}
    >>> def data_set(name, word):
    ...     return DataSet(DataSetInfo(id=f"{ns}data-{name}", title=name), (Dependency(**need, criticality=word),))
    >>> kept_apart([data_set("jan", "High")], [data_set("feb", "Low")]).data_sets[0].records[0].name
    'shop--needs--hosting--feb'
    """
    replaced = {data_set.info.id for data_set in new}
    others: dict[str, tuple[Statement, str]] = {}
    for data_set in present:
        if data_set.info.id not in replaced:
            _index_claims(others, data_set)
    data_sets, notices = [], []
    for data_set in sorted(new, key=lambda one: one.info.id):
        short = data_set.info.short_name
        pairs = {r.id: (r, *others[r.id]) for r in data_set.records if r.id in others and _is_other_claim(r, others[r.id][0])}
        if pairs:
            records = tuple(_rename(r, short) if r.id in pairs else r for r in data_set.records)
            data_set = replace(data_set, records=records)  # noqa: PLW2901 - the same data set from here on
            details = {iri: by for iri, (one, other, by) in pairs.items() if _one_adds_to_the_other(one, other)}
            clashes = {iri: by for iri, (_, _, by) in pairs.items() if iri not in details}
            notices += [_added(short, details)] if details else []
            notices += [_notice(short, clashes)] if clashes else []
        _index_claims(others, data_set)
        data_sets.append(data_set)
    return Apart(tuple(data_sets), tuple(notices))


def _index_claims(known: dict[str, tuple[Statement, str]], data_set: DataSet) -> None:
    """Add the claims of a data set to an index by id, with the name of the data set; earlier entries stay."""
    for record in data_set.records:
        if isinstance(record, CLAIMS):
            known.setdefault(record.id, (record, data_set.info.short_name))


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


def _one_adds_to_the_other(record: Statement, other: Statement) -> bool:
    """Return whether only one of two records states the loss or the suppliers, so that they cannot contradict each other."""
    if not (isinstance(record, Dependency) and isinstance(other, Dependency)):
        return False
    return record.adds_details_only != other.adds_details_only


def _added(data_set: str, details: dict[str, str]) -> Notice:
    what = "record adds details to what" if len(details) == 1 else "records add details to what"
    others, names = ", ".join(sorted(set(details.values()))), ", ".join(shortened(sorted(map(local_name, details)), _SHOWN))
    hint = "one of the two says neither how much is lost nor who supplies; both count, and nothing is disputed"
    return Notice(data_set, None, f"{len(details)} {what} is stated by {others}: {names}", hint)


def _notice(data_set: str, clashes: dict[str, str]) -> Notice:
    others = ", ".join(sorted(set(clashes.values())))
    names = ", ".join(shortened(sorted(map(local_name, clashes)), _SHOWN))
    what = "claim differs" if len(clashes) == 1 else "claims differ"
    message = f"{len(clashes)} {what} from what is stated by {others}: {names}"
    hint = "both are kept, and count as disputed; to replace a file, load it under the same name"
    return Notice(data_set, None, message, hint)


__all__ = ["CLAIMS", "Apart", "kept_apart"]
