"""Compare records that are looked for one by one with all of them."""

from __future__ import annotations

from collections.abc import Mapping

from knockon.model import Statement
from knockon.model.dates import Calendar
from knockon.model.names import names_of
from knockon.store.lazy_records import LazyRecords


def assert_same(found: LazyRecords, expected: Mapping[str, Statement], classes: tuple[type[Statement], ...]) -> None:
    """Compare every way to look for records with a look at all of them."""
    parts = {part.id: part for record in expected.values() for part in (record, *record.parts())}
    for name in {name for part in parts.values() if isinstance(part, Statement) for name in names_of(part)}:
        named = {one.id for one in found.named(name)}
        assert (
            {one.id for one in parts.values() if isinstance(one, Statement) and name in names_of(one)} <= named <= parts.keys()
        )
    for kind in classes:
        assert found.of_class(kind) == [record for record in expected.values() if isinstance(record, kind)]
        assert found.names_in_use(kind.rdf_class) == {
            name for record in expected.values() if isinstance(record, kind) for name in names_of(record)
        }
    assert found.having(expected) == [*expected.values()]
    assert {one.id: one for one in found.dated} == {one.id: one for one in Calendar.of(expected.values()).dated}
    assert found.some_inferred == any(record.inferred for record in expected.values())
    assert {one.id for one in found.parts_of_wholes} == {one.id for one in expected.values() if getattr(one, "part_of", ())}
    assert dict(found.by_iri) == parts
    assert [*found] == [*expected.values()]
