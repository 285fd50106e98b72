"""What the records of a graph say about a proposal: those that agree with it, contradict it, or are about the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from knockon.model import (
    Dependency,
    Designation,
    Entity,
    Measure,
    Ownership,
    Provision,
    Relation,
    Statement,
)
from knockon.model.base import UNKNOWN_NUMBER
from knockon.proposals.proposal import JsonValue, Proposal
from knockon.query.names import normalize_name
from knockon.rdf.fields import by_alias
from knockon.vocabulary import Stance


class Bearing(StrEnum):
    """How a record bears on a proposal."""

    AGREES = "agrees"
    CONFLICTS = "conflicts"
    RELATED = "related"


class Fact(NamedTuple):
    """A record that bears on a proposal, how, and why."""

    record: str
    bearing: Bearing
    why: str


#: The fields that name what a record of each class is about.
_ENDS: tuple[tuple[type[Statement], str, str], ...] = (
    (Dependency, "dependant", "need"), (Provision, "provider", "provided"), (Ownership, "owner", "owned"),
    (Designation, "measure", "designated"), (Relation, "subject", "object"),
)  # fmt: skip
#: A sum of shares above this is more than the whole.
_WHOLE = Decimal("1.01")


def compare(proposal: Proposal, records: Iterable[Statement], fields: Mapping[str, JsonValue] | None = None) -> list[Fact]:
    """Return the records that bear on a proposal: those that contradict it first, then those that agree.

    Parameters
    ----------
    proposal
        The proposal.
    records
        The records of the graph.
    fields
        The fields as they were amended; None: as proposed.
    """
    stated = dict(proposal.fields if fields is None else fields)
    facts = list(_facts(proposal, stated, list(records)))
    order = list(Bearing)
    return sorted(set(facts), key=lambda fact: ((1, 0, 2)[order.index(fact.bearing)], fact.record, fact.why))


def _facts(proposal: Proposal, stated: Mapping[str, JsonValue], records: list[Statement]) -> Iterator[Fact]:
    for cls, first, second in _ENDS:
        if cls.rdf_class == proposal.cls:
            yield from _between(proposal, stated, [r for r in records if isinstance(r, cls)], (first, second))
    if proposal.cls == "Dependency":
        yield from _indirect(stated, records)
    elif proposal.cls == "Ownership":
        yield from _owners(stated, records)
    elif "label" in stated:
        wanted = normalize_name(str(stated["label"]))
        for record in records:
            if isinstance(record, Entity | Measure) and wanted in _names(record):
                yield Fact(record.id, Bearing.AGREES, "has that name")


def _names(record: Entity | Measure) -> list[str]:
    return [normalize_name(str(name)) for name in (record.label, *record.alt_label)]


def _between(
    proposal: Proposal, stated: Mapping[str, JsonValue], records: list[Statement], names: tuple[str, str]
) -> Iterator[Fact]:
    """Yield the records of the same class about the same two things."""
    ends = _iri(stated.get(names[0])), _iri(stated.get(names[1]))
    for record in records if all(ends) else ():
        pair = (getattr(record, names[0]), getattr(record, names[1]))
        if pair == ends:
            yield _same_pair(proposal, stated, record)
        elif pair == ends[::-1]:
            yield Fact(record.id, Bearing.RELATED, "states it the other way round")


def _same_pair(proposal: Proposal, stated: Mapping[str, JsonValue], record: Statement) -> Fact:
    """Return how a record bears on a proposal about the same two."""
    if isinstance(record, Relation) and record.relation_type != stated.get("relationType"):
        return Fact(record.id, Bearing.RELATED, f"says that the two are linked by {record.relation_type}")
    if differing := [name for name, value in stated.items() if _differs(record, name, value)]:
        return Fact(record.id, Bearing.CONFLICTS, f"states another {' and '.join(sorted(differing))}")
    denies, denied = proposal.stance is Stance.DENIES, record.stance is Stance.DENIES
    if denies and not denied:
        return Fact(record.id, Bearing.CONFLICTS, "states what the document denies")
    if denied and not denies:
        return Fact(record.id, Bearing.CONFLICTS, "is denied by its source")
    return Fact(record.id, Bearing.AGREES, "is denied too" if denies else "states the same")


def _differs(record: Statement, name: str, value: JsonValue) -> bool:
    """Return whether a record states another value of a field than a proposal; not where it states none."""
    field = by_alias(type(record)).get(name)
    known = getattr(record, field.name, None) if field else None
    if field is None or known in (None, "", (), False) or field.many or isinstance(value, dict | list):
        return False
    if isinstance(known, Decimal):
        try:
            return known != Decimal(str(value).removesuffix("%")) / (100 if str(value).endswith("%") else 1)
        except ArithmeticError:
            return str(value) != UNKNOWN_NUMBER
    return str(known).casefold() != str(value).casefold()


def _indirect(stated: Mapping[str, JsonValue], records: list[Statement]) -> Iterator[Fact]:
    """Yield the records by which a dependant depends on something through what it needs, on a part of it, or on the whole."""
    who, what = _iri(stated.get("dependant")), _iri(stated.get("need"))
    provided = {record.provided for record in records if isinstance(record, Provision) and record.provider == what}
    parts = {record.id for record in records if isinstance(record, Entity) and what in record.part_of}
    wholes = {iri for record in records if isinstance(record, Entity) and record.id == what for iri in record.part_of}
    for record in (r for r in records if isinstance(r, Dependency) and r.dependant == who and r.need != what):
        if any(supply.provider == what for supply in record.supply):
            yield Fact(record.id, Bearing.AGREES, "names it as a supplier of a need")
        elif not record.supply and record.need in provided:
            yield Fact(record.id, Bearing.AGREES, "needs what it provides")
        elif record.need in parts:
            yield Fact(record.id, Bearing.RELATED, "needs a part of it")
        elif record.need in wholes:
            yield Fact(record.id, Bearing.RELATED, "needs what it is a part of")


def _owners(stated: Mapping[str, JsonValue], records: list[Statement]) -> Iterator[Fact]:
    """Yield the other owners, where their shares and the proposed one are more than the whole."""
    owned, owner = _iri(stated.get("owned")), _iri(stated.get("owner"))
    try:
        share = Decimal(str(stated.get("share", "0")))
    except ArithmeticError:
        return
    others = [r for r in records if isinstance(r, Ownership) and r.owned == owned and r.owner != owner and r.is_part_of_whole]
    if share + sum((record.share or Decimal(0) for record in others), Decimal(0)) > _WHOLE:
        yield from (Fact(r.id, Bearing.CONFLICTS, "leaves less than that share") for r in others if r.share)


def _iri(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


__all__ = ["Bearing", "Fact", "compare"]
