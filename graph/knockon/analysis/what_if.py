"""Changes to dependencies that a question supposes: another criticality, a second source, another supplier, a stock.

A change is a text, the same in Python, on the command line and over HTTP::

    criticality=low                    a word of the scale, or a number in 0..1
    source=0.3                         a second source that never fails takes over this share of the need
    supplier=tsmc; share=0.4           a further supplier, with a share of the need where the others have one
    supplier=tsmc; instead=smic        another supplier in place of one
    buffer=30                          a stock for this many days, which ``timeline`` reckons with

The records are changed before the network is compiled, so that a change has the effect that it would have in a file of data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from knockon.errors import UsageError
from knockon.model import Dependency, Statement
from knockon.model.dependency import records_with_loss
from knockon.model.records import ListedRecords
from knockon.query.names import find
from knockon.vocabulary import local_name

#: What a change may say, by what it begins with.
_TERMS: Mapping[str, frozenset[str]] = {
    "criticality": frozenset(),
    "source": frozenset(),
    "supplier": frozenset({"share", "instead"}),
    "buffer": frozenset(),
}
#: The most changes of one question.
_MOST = 100
#: Finds the IRI of an entity by its name.
FindEntity = Callable[[str], str]


def parse_what_if(what_if: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """Return the changes of a question by dependency, in the order of the names; none for None.

    Raises
    ------
    UsageError
        A change is not of one of the forms above, or there are more than a hundred.

    Examples
    --------
    >>> parse_what_if({"sensetime-gpu-compute": "criticality=low"})
    (('sensetime-gpu-compute', 'criticality=low'),)
    """
    changes = tuple(sorted((what_if or {}).items()))
    if len(changes) > _MOST:
        raise UsageError(f"what_if has {len(changes):,} changes; at most {_MOST} are supposed together")
    for name, text in changes:
        if not isinstance(name, str) or not isinstance(text, str):
            raise UsageError("what_if names dependencies with changes, such as {'DEPENDENCY': 'criticality=low'}")
        _terms(name, text)
    return changes


def changed_records(
    changes: Iterable[tuple[str, str]], records: Sequence[Statement], find_entity: FindEntity
) -> dict[str, Dependency]:
    """Return the dependencies that differ, by IRI.

    Parameters
    ----------
    changes
        The changes, as ``parse_what_if`` returns them.
    records
        The records of the world that is asked.
    find_entity
        Finds suppliers.

    Raises
    ------
    NotFound
        There is no such dependency or supplier.
    UsageError
        A change does not fit the dependency.
    """
    changed: dict[str, Dependency] = {}
    for name, text in changes:
        record = find(records, name, "Dependency", what="dependency")
        assert isinstance(record, Dependency)  # noqa: S101 - the search was limited to this class
        terms = _terms(name, text)
        for each in _concerned(record, terms, records):
            before = changed.get(each.id, each)
            changed[each.id] = _validated(name, {**dict(before), **_update(name, before, terms, find_entity)})
    return changed


def _concerned(record: Dependency, terms: Mapping[str, str], records: Sequence[Statement]) -> list[Dependency]:
    """Return the records that a change is about: several may describe one need of one dependant."""
    if "supplier" in terms:
        return [record]
    of_need = _of_need(record, records)
    return [r for r in of_need if r.buffer or r is record] if "buffer" in terms else records_with_loss(of_need)


def _of_need(record: Dependency, records: Sequence[Statement]) -> list[Dependency]:
    """Return the dependencies of the same dependant on the same need, in the order of their IRIs."""
    if not isinstance(records, ListedRecords):
        from knockon.store.lazy_records import LazyRecords
        from knockon.store.record_links import SUBJECT

        if isinstance(records, LazyRecords):
            # Of a large store those that are about the dependant, and no others, are read.
            about = {each.id: each for each in records.linked([record.dependant], SUBJECT)}
            records = [each for _, each in sorted(about.items())]
    pair = (record.dependant, record.need)
    return [each for each in records if isinstance(each, Dependency) and (each.dependant, each.need) == pair]


def _terms(name: str, text: str) -> dict[str, str]:
    """Return the parts of a change, the first of which says of which kind it is."""
    terms: dict[str, str] = {}
    for part in text.split(";"):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value or key in terms:
            raise _refused(name, f"{text!r} is not a change; write KEY=VALUE, several with ; between them")
        terms[key] = value
    first, *others = terms
    if first not in _TERMS or not _TERMS[first].issuperset(others) or len(others) > 1:
        forms = "criticality=LEVEL, source=SHARE, supplier=ENTITY (with ; share=SHARE or ; instead=ENTITY) or buffer=DAYS"
        raise _refused(name, f"{text!r} is not a change; write {forms}")
    for key in ("source", "share"):
        if key in terms and not 0 <= _number(name, key, terms[key]) <= 1:
            raise _refused(name, f"{key} must be in 0..1, not {terms[key]}")
    return terms


def _update(name: str, record: Dependency, terms: Mapping[str, str], find_entity: FindEntity) -> dict[str, object]:
    """Return the fields of a dependency that a change sets."""
    if "buffer" in terms:
        return {"buffer": f"P{_number(name, 'buffer', terms['buffer']):f}D"}
    if "supplier" in terms:
        supplies = _supplies(name, record, terms, find_entity)
        return {"supply": supplies, **_without_alternative(record, find_entity(terms["supplier"]))}
    if record.portion is not None:
        raise _refused(name, "it has a portion and no criticality; what adds up to a whole is not changed by one part")
    graded: dict[str, object] = dict.fromkeys(("criticality", "criticality_value", "criticality_low", "criticality_high"))
    if "criticality" in terms:
        text = terms["criticality"]
        number = text[:1].isdigit() or text[:1] in ".+-"
        return {**graded, "criticality_value" if number else "criticality": text}
    left = 1 - _number(name, "source", terms["source"])
    low, point, high = (Decimal(f"{float(end) * float(left):.12f}") for end in record.interval)
    return {**graded, "criticality_value": point, "criticality_low": low, "criticality_high": high}


def _without_alternative(record: Dependency, supplier: str) -> dict[str, object]:
    """Return the alternatives that are left when one with a switching time supplies; nothing changes where there is no such."""
    if record.switching_time is None or supplier not in record.alternative:
        return {}
    left = tuple(name for name in record.alternative if name != supplier)
    return {"alternative": left, "switching_time": record.switching_time if left else None}


def _supplies(name: str, record: Dependency, terms: Mapping[str, str], find_entity: FindEntity) -> list[dict[str, object]]:
    """Return the supplies of a dependency with a further supplier, or with another one in place of one."""
    if not record.supply:
        raise _refused(
            name, "no supplier of it is recorded that another one could stand beside; source=SHARE is a second source"
        )
    supplier = find_entity(terms["supplier"])
    supplies: list[dict[str, object]] = [dict(supply) for supply in record.supply]
    if any(supply.provider == supplier for supply in record.supply):
        raise _refused(name, f"{local_name(supplier)} supplies it already")
    if "instead" not in terms:
        share = _number(name, "share", terms["share"]) if "share" in terms else None
        return [*supplies, {"provider": supplier, "share": share}]
    replaced = find_entity(terms["instead"])
    if all(supply["provider"] != replaced for supply in supplies):
        known = ", ".join(local_name(supply.provider) for supply in record.supply)
        raise _refused(name, f"{local_name(replaced)} does not supply it; its suppliers are {known}")
    kept = [supply for supply in supplies if supply["provider"] != replaced]
    return [*kept, {"provider": supplier, "share": next(s.share for s in record.supply if s.provider == replaced)}]


def _validated(name: str, fields: Mapping[str, object]) -> Dependency:
    try:
        return Dependency.model_validate(dict(fields))
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise _refused(name, reason) from None


def _number(name: str, key: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= 1_000_000:
        raise _refused(name, f"{key} must be a number of 0 or more, not {text!r}")
    return number


def _refused(name: str, reason: str) -> UsageError:
    return UsageError(f"what_if {name[:200]!r}: {reason}")


__all__ = ["changed_records", "parse_what_if"]
