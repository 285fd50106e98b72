"""From what the files of one data set hold to its records, in steps: in each it sees what other data sets have by then.

Declared records get their IRIs; then all names are looked up, and tables make what they name; then every record is made;
then all are held against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from pydantic import ValidationError

from knockon.authoring.dataset_yaml import Description
from knockon.authoring.expand import Expander
from knockon.authoring.implied import Implied
from knockon.authoring.known_names import KnownName, KnownNames, names_in
from knockon.authoring.names import Refused, fault_of_id, iri
from knockon.authoring.raw import Raw, Route, Sheet
from knockon.authoring.resolver import Resolver, names_of_fields
from knockon.authoring.supplies import Grouping
from knockon.errors import Problem
from knockon.model import STATEMENTS, Entity, Statement, is_a
from knockon.model.faults import faults
from knockon.rdf.fields import by_alias
from knockon.rdf.integrity import Draft, Found, check


class _Placed(NamedTuple):
    """A record as written, and its IRI; where it may not have the one it wants, ``sound`` is False and it is looked at only."""

    raw: Raw
    iri: str
    sound: bool


class RecordBuilder:
    """Makes the records of one data set of what its files hold.

    Parameters
    ----------
    description
        What dataset.yaml says, or what stands for it.
    sheets
        What each file holds.
    problems
        Where problems go; only without any at the end are the records all there.
    exact
        Take names in tables as they are spelt.
    """

    def __init__(
        self, description: Description, sheets: Sequence[Sheet], problems: list[Problem], *, exact: bool = False
    ) -> None:
        self.description, self.sheets, self.problems = description, sheets, problems
        self.base, self.name = description.info.base, description.info.short_name
        self.resolver = Resolver(self.base, exact=exact)
        self.implied = Implied(self.resolver, strict=description.strict)
        self.made: set[str] = set()
        self.records: list[Statement] = []
        self.drafts: list[Draft] = []
        #: Records that are left out: tables that name them do not make them.
        self.withheld: set[str] = set()
        self.lost = {self.base + name for sheet in sheets for name in sheet.lost}
        self.problems += [problem for sheet in sheets for problem in sheet.problems]
        self._first: dict[str, Raw] = {}
        self._placed = [self._place(raw) for sheet in sheets for raw in sheet.raws]
        self._origins: dict[str, Raw] = {}
        self._routes: dict[int, dict[str, list[Route]]] = {}

    def declared(self) -> KnownNames:
        """The names of the records that the files declare, for the data sets that are read with this one."""
        return KnownNames(
            KnownName(one.iri, one.raw.cls, self.name, names_of_fields(one.raw.id, one.raw.data))
            for one in self._placed
            if one.sound
        )

    def declares_entities(self) -> bool:
        """Whether a file declares an entity, so that others are named in tables alone."""
        return any(issubclass(STATEMENTS[one.raw.cls], Entity) and one.iri not in self.made for one in self._placed)

    def resolve(self, known: KnownNames) -> None:
        """Look all names up, in this data set and in what is known elsewhere, and make what tables name."""
        own = {one.iri: names_of_fields(one.raw.id, one.raw.data) for one in self._placed if one.sound}
        classes = {one.iri: one.raw.cls for one in self._placed}
        self.resolver = Resolver(self.base, known=known, uses=self.description.uses, exact=self.resolver.exact)
        self.resolver.declare({**own, **dict.fromkeys(self.lost, ())}, classes)
        self.implied = Implied(self.resolver, strict=self.description.strict)
        for sheet in (sheet for sheet in self.sheets if sheet.needs):
            grouping = Grouping(sheet.needs[0].file, sheet.needs, self.implied)
            sheet.raws += grouping.dependencies()
            self.problems += grouping.problems
            self._placed += map(self._place, grouping.dependencies())
        self.resolver.declare({one.iri: () for one in self._placed if one.sound and one.raw.cls == "Dependency"})
        records = [self._record(one) for one in self._placed]
        self._classes_agree()
        self.problems += self.implied.problems
        there = self.withheld.union(one.iri for one in self._placed)
        for raw in self.implied.entities():
            if raw.id not in there and not self.resolver.has_part(raw.id):
                self.made.add(raw.id)
                self._placed.append(self._place(raw))
                records.append(self._record(self._placed[-1]))
        self.records = [record for record in records if record is not None]

    def names(self) -> KnownNames:
        """The names of all its records, with their parts and those that tables made; broken ones have no class."""
        broken = (KnownName(iri, "", self.name) for iri in (*self.lost, *(draft.id for draft in self.drafts)))
        return KnownNames([*names_in(self.name, self.records), *broken])

    def where(self, iri: str) -> tuple[str, int]:
        """The file and line of a record."""
        if not self._origins:
            self._origins = {one.iri: one.raw for one in self._placed}
        return self._origins[iri].file, self._origins[iri].line

    def check(self, known: Mapping[str, str]) -> None:
        """Hold the records against each other and against ``known``, the classes of IRIs in other data sets."""
        origins = {one.iri: one.raw for one in self._placed}
        # A record that is broken itself is there all the same: who names it is not at fault.
        elsewhere = {**known, **dict.fromkeys(self.lost, "")}
        whole = all(sheet.whole and not sheet.skipped for sheet in self.sheets)
        for found in check(self.records, elsewhere, complete=whole, drafts=self.drafts):
            raw = origins[found.record]
            problem = raw.problem(self._route(raw, found), found.fault.message, found.fault.hint)
            self.problems.append(replace(problem, cause=found.cause))

    def _place(self, raw: Raw) -> _Placed:
        """The IRI of a record; one that is there already, or that cannot be, is a problem."""
        wrong, full = "", ""
        try:
            full = iri(raw.id, self.base)
        except Refused as refused:
            wrong = refused.message
            self.problems.append(Problem(raw.file, raw.line, f"id {wrong}", refused.hint))
        else:
            if wrong := self._fault_of_id(full, self._first.setdefault(full, raw), raw):
                self.problems.append(raw.problem((), wrong, "give it another id"))
        # Nothing can be called so: two hyphens at the front are no name.
        return _Placed(raw, f"{self.base}--{id(raw)}" if wrong else full, not wrong)

    def _fault_of_id(self, full: str, first: Raw, raw: Raw) -> str:
        if first is not raw:
            return f"stands twice, first in {first.file}:{first.line}"
        return "its id is that of the data set" if full == self.description.info.id else fault_of_id(full)

    def _classes_agree(self) -> None:
        """What a table says of the class of a declared entity must be no other one."""
        declared = {one.iri: one.raw for one in self._placed if one.sound}
        for raw in self.implied.stated_classes():
            there = declared.get(raw.id)
            if there is not None and is_a(there.cls, "Entity") and not is_a(there.cls, raw.cls):
                message = f"{raw.data['label']} is a {raw.cls} here and a {there.cls} in {there.file}:{there.line}"
                self.problems.append(Problem(raw.file, raw.line, message, "leave its class out here"))

    def _record(self, placed: _Placed) -> Statement | None:
        raw, cls = placed.raw, STATEMENTS[placed.raw.cls]
        expander = Expander(self.resolver, loose=raw.loose)
        data = expander.expand(cls, raw.data)
        if raw.loose:
            self.implied.references(expander.named, raw.file, raw.line)
        own = {path for fault in expander.faults for path in (fault.path, _named(fault.path))}
        self.problems += [raw.problem(*fault) for fault in expander.faults]
        try:
            record = cls.model_validate({**data, "id": placed.iri})
        except ValidationError as error:
            # What was refused above is wrong for the model too: once is enough.
            again = (fault for fault in faults(error, by_alias(cls)) if not _within(fault.path, own))
            self.problems += [raw.problem(*fault) for fault in again]
        else:
            if placed.sound and not expander.faults:
                return record
        self.drafts.append(Draft(placed.iri, raw.cls, expander.references))
        return None

    def _route(self, raw: Raw, found: Found) -> Route:
        """The way to the value that is at fault: the record has its lists sorted, the file as they were written."""
        path = _named(found.fault.path)
        for route in self._routes_of(raw).get(found.value, ()) if found.value else ():
            mine = _named(route)
            if path[: len(mine)] == mine:
                return route
        return found.fault.path

    def _routes_of(self, raw: Raw) -> dict[str, list[Route]]:
        """Where each text and each IRI stands in a record as written: asked for every fault, and worked out once."""
        routes = self._routes.get(id(raw))
        if routes is None:
            routes = self._routes[id(raw)] = defaultdict(list)
            for route, text in raw.texts():
                for value in {text, *self._meant(raw, text)}:
                    routes[value].append(route)
        return routes

    def _meant(self, raw: Raw, text: str) -> list[str]:
        meant = []
        for name in {text, *text.split()}:
            try:
                meant.append(self.resolver.iri(name, loose=raw.loose))
            except Refused:
                continue
        return meant


def _named(route: Route) -> Route:
    return tuple(part for part in route if isinstance(part, str))


def _within(path: Route, known: set[Route]) -> bool:
    """Whether a path, or one it lies in, is among those known; a list of one may be written without its place."""
    return any(path[:end] in known or _named(path[:end]) in known for end in range(1, len(path) + 1))
