"""Provisions in tables (one row for each provider) and in the short form of other files (``provisions`` of an entity)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from knockon.authoring.implied import ImpliedEntities
from knockon.authoring.raw import NeedRow, Raw, missing_cells
from knockon.authoring.row_names import RowNames, split
from knockon.errors import Problem
from knockon.model import is_a
from knockon.store.files import slug
from knockon.vocabulary import local_name

#: The columns that every row of a table of provisions must fill.
REQUIRED = ("provider", "provided")
#: Columns with the classes of the entities that a row names.
CLASS_COLUMNS = {name + "Class" for name in REQUIRED}
#: The field of an entity with its provisions.
SHORT_FORM = "provisions"


#: Columns with lists of values.
_LISTS = ("evidence", "judged")


class ProvisionRows:
    """Builder of provisions from the rows of one table; names are resolved, so that they are part of the ids.

    >>> from knockon.authoring.resolver import Resolver
    >>> row = NeedRow("a.csv", 2, {"provider": "ASML", "provided": "EUV lithography", "share": "1", "period": "2025"})
    >>> rows = ProvisionRows("a.csv", [row], ImpliedEntities(Resolver("urn:x:"), strict=False))
    >>> [raw.id for raw in rows.provisions], rows.problems
    (['euv-lithography--asml--2025'], [])
    """

    def __init__(self, file: str, rows: Iterable[NeedRow], implied: ImpliedEntities) -> None:
        self.file = file
        self.names = RowNames(file, implied, ("Entity",))
        self.provisions: list[Raw] = []
        self.problems: list[Problem] = []
        for row in rows:
            if fault := missing_cells(REQUIRED, row.cells):
                self.problems.append(Problem(file, row.line, fault))
            else:
                self._add_row(row.cells, row.line)

    def _add_row(self, cells: dict[str, str], line: int) -> None:
        self.names.imply("provided", cells, line)
        self.names.imply("provider", cells, line, several=True)
        stated = {column: value for column, value in cells.items() if column not in CLASS_COLUMNS | {"id", "provider"}}
        providers = split(cells["provider"])
        if len(providers) != 1 and (one := sorted({"id", "share", "delay"} & cells.keys())):
            self.problems.append(Problem(self.file, line, f"{' and '.join(one)} needs exactly one provider in its row"))
            return
        provided = self.names.id_part(self.names.iri(cells["provided"]))
        for provider in providers:
            key = cells.get("id") or provision_id(provided, self.names.id_part(self.names.iri(provider)), stated)
            data = {column: split(value) if column in _LISTS else value for column, value in stated.items()}
            raw = Raw("Provision", key, {**data, "provider": provider}, self.file, line, loose=True, rows=[line])
            self.provisions.append(raw)


def provision_id(provided: str, provider: str, fields: dict[str, Any]) -> str:
    """Return the id of a provision: of both names, and of the period or first day, since a provider has one for each.

    >>> provision_id("gpu", "nvidia", {"period": "2024-07/2025-06"}), provision_id("gpu", "nvidia", {})
    ('gpu--nvidia--2024-07-2025-06', 'gpu--nvidia')
    """
    times = [slug(str(fields[name])) for name in ("period", "from") if fields.get(name)]
    return "--".join([provided, provider, *times])


def split_provisions(raw: Raw, problems: list[Problem]) -> list[Raw]:
    """Take the provisions out of an entity as written, and return them as records of their own.

    A provision is a provider, or its fields; what is provided is the entity, and must not be stated.

    >>> providers = ["asml", {"provider": "id:acme", "share": "0.1"}]
    >>> entity = Raw("Technology", "euv", {"label": "EUV", "provisions": providers}, "a.yaml", 1)
    >>> for provision in split_provisions(entity, []):
    ...     print(provision.id, provision.data)
    euv--asml {'provider': 'asml', 'provided': 'euv'}
    euv--acme {'provider': 'id:acme', 'share': '0.1', 'provided': 'euv'}
    >>> entity.data
    {'label': 'EUV'}
    """
    if SHORT_FORM not in raw.data or not is_a(raw.cls, "Entity"):
        return []
    value = raw.data.pop(SHORT_FORM)
    provisions = []
    for place, item in enumerate(value if isinstance(value, list) else [] if value is None else [value]):
        fields = item if isinstance(item, dict) else {"provider": item}
        provider = fields.get("provider")
        name = local_name(provider) if isinstance(provider, str) else str(place + 1)
        start = (SHORT_FORM, place) if (SHORT_FORM, place) in raw.lines or isinstance(value, list) else (SHORT_FORM,)
        lines = {route[len(start) :]: line for route, line in raw.lines.items() if route[: len(start)] == start}
        if "provided" in fields:
            message = f"provided is stated of a provision of {raw.id}, which is what it provides"
            problems.append(raw.problem((*start, "provided"), message, "leave it out, or write a Provision of its own"))
        data, key = {**fields, "provided": raw.id}, provision_id(raw.id, name, fields)
        provisions.append(Raw("Provision", key, data, raw.file, raw.line_of(start), lines, raw.loose, list(raw.rows)))
    return provisions
