"""Build the records of one data set from its files, in steps; each step sees the other data sets at the same step.

Declared records get their IRIs; then all names are resolved, and tables create what they name; then every record is
built; then all are checked against each other.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from knockon.authoring.dataset_yaml import Description
from knockon.authoring.expand import CitedAddress, Expander
from knockon.authoring.implied import ImpliedEntities
from knockon.authoring.known_names import KnownName, KnownNames, names_in
from knockon.authoring.names import InvalidName, id_fault, iri
from knockon.authoring.plain_checks import check_plain, plain_classes
from knockon.authoring.plain_rows import NotPlain, PlainRows, plain_entity
from knockon.authoring.provisions import ProvisionRows
from knockon.authoring.raw import NeedRow, Raw, Route, Sheet
from knockon.authoring.resolver import Resolver, names_of_fields
from knockon.authoring.supplies import DependencyRows
from knockon.errors import Problem
from knockon.model import STATEMENTS, Dependency, Document, Entity, Statement, is_a
from knockon.model.addresses import to_address
from knockon.model.validation_errors import faults
from knockon.rdf.fields import by_alias
from knockon.rdf.integrity import Draft, Violation, check
from knockon.rdf.plain_records import PlainEntity, PlainRecords, cited_document, to_record


class _IdentifiedRaw(NamedTuple):
    """A record as written, and its IRI; if that is invalid, ``sound`` is False, and the record is only checked."""

    raw: Raw
    iri: str
    sound: bool


class _Start(NamedTuple):
    """What a builder has before the rows of tables are read: numbers of records and problems, ids, records of each sheet."""

    placed: int
    problems: int
    first: dict[str, Raw]
    raws: list[int]

    @classmethod
    def of(cls, builder: RecordBuilder, first: Mapping[str, Raw]) -> _Start:
        """Return the state of a builder."""
        return cls(len(builder._placed), len(builder.problems), dict(first), [len(sheet.raws) for sheet in builder.sheets])


class RecordBuilder:
    """Builder of the records of one data set from the content of its files.

    Parameters
    ----------
    description
        The content of dataset.yaml, or a default.
    sheets
        The content of each file.
    problems
        The list that receives problems; the records are complete only if it stays empty.
    exact
        Do not merge different spellings of names in tables.
    language
        The language of names in tables; empty if it is not stated.
    by_columns
        Read plain rows of tables of dependencies by columns: ``plain`` has the records then. Else, and where the rows are not
        of that kind, ``records`` has them.
    """

    def __init__(
        self,
        description: Description,
        sheets: Sequence[Sheet],
        problems: list[Problem],
        *,
        exact: bool = False,
        language: str = "",
        by_columns: bool = False,
    ) -> None:
        self.description, self.sheets, self.problems = description, sheets, problems
        self.by_columns = by_columns
        #: The records by columns, if they were read so; ``records`` has those of them that are no plain ones.
        self.plain: PlainRecords | None = None
        self._plain_rows: list[PlainRows] = []
        self.base, self.name = description.info.base, description.info.short_name
        self.resolver, self.language = Resolver(self.base, exact=exact), language
        self.implied = ImpliedEntities(self.resolver, strict=description.strict, language=language)
        self.created: set[str] = set()
        self.records: list[Statement] = []
        self.drafts: list[Draft] = []
        #: Rejected records: naming them in a table does not create them.
        self.withheld: set[str] = set()
        self.lost = {self.base + name for sheet in sheets for name in sheet.lost}
        self.problems += [problem for sheet in sheets for problem in sheet.problems]
        self._first: dict[str, Raw] = {}
        self._placed = [self._place(raw) for sheet in sheets for raw in sheet.raws]
        self._origins: dict[str, Raw] = {}
        #: The files and lines of plain records whose shares may need a remark.
        self._places: dict[str, tuple[str, int]] = {}
        #: The documents that evidence names by web address alone, each with the record that cites it.
        self._addresses: dict[str, tuple[CitedAddress, Raw]] = {}
        #: The declared documents by web address, and the last day on which a citation by that address says that it was read.
        self._documents: dict[str, list[str]] = {}
        self._retrieved: dict[str, tuple[CitedAddress, Raw]] = {}
        self._routes: dict[int, dict[str, list[Route]]] = {}

    def declared(self) -> KnownNames:
        """Return the names of the records that the files declare, for the data sets that are read with this one."""
        return KnownNames(
            KnownName(item.iri, item.raw.cls, self.name, names_of_fields(item.raw.id, item.raw.data))
            for item in self._placed
            if item.sound
        )

    def declares_entities(self) -> bool:
        """Return whether a file declares any entity."""
        return any(issubclass(STATEMENTS[item.raw.cls], Entity) and item.iri not in self.created for item in self._placed)

    def resolve(self, known: KnownNames) -> None:
        """Resolve all names, in this data set and in others, and create the entities that tables name."""
        self._known = known
        if self.by_columns:
            self._start = _Start.of(self, self._first)
            try:
                self._resolve(known)
                return
            except NotPlain:
                self._read_into_records()
        self._resolve(known)

    def _read_into_records(self) -> None:
        """Go back to the start, to read all rows into record objects."""
        placed, problems, self._first, raws = self._start
        del self._placed[placed:], self.problems[problems:]
        for sheet, count in zip(self.sheets, raws, strict=True):
            del sheet.raws[count:]
        self.created, self.records, self.drafts, self._origins, self._routes = set(), [], [], {}, {}
        self.by_columns, self.plain, self._plain_rows = False, None, []

    def _resolve(self, known: KnownNames) -> None:
        own = {item.iri: names_of_fields(item.raw.id, item.raw.data) for item in self._placed if item.sound}
        classes = {item.iri: item.raw.cls for item in self._placed}
        self.resolver = Resolver(self.base, known=known, uses=self.description.uses, exact=self.resolver.exact)
        self.resolver.declare({**own, **dict.fromkeys(self.lost, ())}, classes)
        self.implied = ImpliedEntities(self.resolver, strict=self.description.strict, language=self.language)
        self._documents = self._documents_by_address()
        for sheet in (sheet for sheet in self.sheets if sheet.needs):
            rows: Iterable[NeedRow] = sheet.needs
            if self.by_columns:
                self._plain_rows.append(PlainRows(sheet.needs, self.implied, self._documents, self._first.keys()))
                rows = self._plain_rows[-1].other_rows
            grouping = DependencyRows(sheet.needs.file, rows, self.implied)
            sheet.raws += grouping.dependencies()
            self.problems += grouping.problems
            self._placed += map(self._place, grouping.dependencies())
        for sheet in (sheet for sheet in self.sheets if sheet.provisions):
            provisions = ProvisionRows(sheet.provisions[0].file, sheet.provisions, self.implied)
            sheet.raws += provisions.provisions
            self.problems += provisions.problems
            self._placed += map(self._place, provisions.provisions)
        made = {"Dependency", "Provision"}
        self.resolver.declare({item.iri: () for item in self._placed if item.sound and item.raw.cls in made})
        self._declare_plain_dependencies()
        self._addresses, self._retrieved = {}, {}
        records = [self._record(item) for item in self._placed]
        self._check_classes()
        self.problems += self.implied.problems
        existing = self.withheld.union(item.iri for item in self._placed)
        plain_entities: list[PlainEntity] = []
        for raw in self.implied.entities():
            if raw.id not in existing and not self.resolver.has_part(raw.id):
                self.created.add(raw.id)
                if self.by_columns and (entity := plain_entity(raw, self.base)):
                    plain_entities.append(entity)
                    continue
                self._placed.append(self._place(raw))
                records.append(self._record(self._placed[-1]))
        records += [self._record(self._place_document(iri, cited, raw)) for iri, (cited, raw) in self._addresses.items()]
        self.records = [self._with_retrieved(record) for record in records if record is not None]
        if self.by_columns:
            self._finish_plain(plain_entities)

    def _declare_plain_dependencies(self) -> None:
        """Declare the plain dependencies, and check that names mean the same then."""
        if not self.by_columns:
            return
        others = {self.description.info.id, *(item.iri for item in self._placed)}
        if not all(others.isdisjoint(record.id for record in rows.dependencies) for rows in self._plain_rows):
            raise NotPlain
        for rows in self._plain_rows:
            self.resolver.declared.update(record.id for record in rows.dependencies)
        self.resolver.forget()
        for rows in self._plain_rows:
            rows.check_names()

    def _finish_plain(self, entities: list[PlainEntity]) -> None:
        """Put the plain records together, with the documents that their evidence names by address."""
        dependencies = [record for rows in self._plain_rows for record in rows.dependencies]
        present, declared = {record.id for record in self.records if isinstance(record, Document)}, self.resolver.declared
        documents: dict[str, None] = {}
        for rows in self._plain_rows:
            for address in rows.take_addresses():
                if (iri := cited_document(address)) not in present and iri not in declared:
                    documents.setdefault(address)
        self.plain = PlainRecords(dependencies, entities, list(documents), self.records)

    def _documents_by_address(self) -> dict[str, list[str]]:
        """Return the declared documents that have a web address: evidence that names the address means these."""
        documents = defaultdict[str, list[str]](list)
        for item in self._placed:
            url = item.raw.data.get("url") if item.raw.cls == "Document" and item.sound else None
            if isinstance(url, str):
                with suppress(ValueError):  # the record of the document has the fault
                    documents[to_address(url)].append(item.iri)
        return dict(documents)

    def _with_retrieved(self, record: Statement) -> Statement:
        """Return a declared document with the day of retrieval that a citation by its address states, if that is later."""
        cited, raw = self._retrieved.get(record.id, (None, None))
        if cited is None or raw is None or not isinstance(record, Document):
            return record
        try:
            day = date.fromisoformat(cited.retrieved)
        except ValueError:
            self.problems.append(raw.problem(cited.route, f"retrieved {cited.retrieved[:100]!r} is not a date"))
            return record
        return record if record.retrieved and record.retrieved >= day else record.model_copy(update={"retrieved": day})

    def _place_document(self, iri: str, cited: CitedAddress, raw: Raw) -> _IdentifiedRaw:
        """Place the document that evidence names by its web address alone."""
        data = {"title": cited.address, "url": cited.address} | ({"retrieved": cited.retrieved} if cited.retrieved else {})
        self._placed.append(self._place(Raw("Document", iri, data, raw.file, raw.line_of(cited.route))))
        return self._placed[-1]

    def _cite(self, addresses: Iterable[CitedAddress], raw: Raw, existing: Container[str]) -> None:
        """Keep web addresses that a record cites; of several days of retrieval the latest counts."""
        for cited in addresses:
            if cited.document in existing and not cited.retrieved:
                continue
            last = self._retrieved if cited.document in existing else self._addresses
            if cited.document not in last or last[cited.document][0].retrieved < cited.retrieved:
                last[cited.document] = (cited, raw)

    def names(self) -> KnownNames:
        """Return the names of all its records and their parts, created ones included; invalid records have no class."""
        broken = (KnownName(iri, "", self.name) for iri in (*self.lost, *(draft.id for draft in self.drafts)))
        return KnownNames([*names_in(self.name, self.records), *broken])

    def entity_labels(self) -> dict[str, str]:
        """Return the label of each entity of the data set by its IRI."""
        plain = self.plain.entities if self.plain else ()
        return {record.id: record.label for record in (*self.records, *plain) if isinstance(record, Entity | PlainEntity)}

    def records_with_shares(self) -> list[Statement]:
        """Return the records whose shares may need a remark, in the order of the files."""
        if self.plain is None:
            return self.records
        plain: list[tuple[int, int, Statement]] = []
        for place, rows in enumerate(self._plain_rows):
            for line, dependency in rows.with_several_supplies:
                record = to_record(dependency)
                plain.append((place, line, record))
                self._places[record.id] = (rows.rows.file, line)
        if not plain:
            return self.records
        files = {rows.rows.file: place for place, rows in enumerate(self._plain_rows)}
        declared = {item.iri for item in self._placed[: self._start.placed]}
        own = [record for record in self.records if record.id in declared]
        rest = [record for record in self.records if record.id not in declared]
        needs = [(files[self.where(r.id)[0]], self.where(r.id)[1], r) for r in rest if isinstance(r, Dependency)]
        in_order = sorted([*plain, *needs], key=lambda item: item[:2])
        return [*own, *(record for _, _, record in in_order), *(r for r in rest if not isinstance(r, Dependency))]

    def where(self, iri: str) -> tuple[str, int]:
        """Return the file and line of a record."""
        if iri in self._places:
            return self._places[iri]
        if not self._origins:
            self._origins = {item.iri: item.raw for item in self._placed}
        return self._origins[iri].file, self._origins[iri].line

    def check(self, known: Mapping[str, str]) -> None:
        """Check the records against each other and against ``known``, the classes of IRIs in other data sets."""
        # An invalid record still exists, so references to it are not at fault.
        elsewhere = ChainMap(dict.fromkeys(self.lost, ""), known)  # type: ignore[arg-type] # only the first is written into
        if self.plain is not None:
            try:
                check_plain(self.plain, self._plain_rows, elsewhere, self.drafts)
            except NotPlain:
                self._read_into_records()
                self._resolve(self._known)
            else:
                if not self.records and not self.drafts:
                    return
                elsewhere |= plain_classes(self.plain)
        origins = {item.iri: item.raw for item in self._placed}
        whole = all(sheet.whole and not sheet.skipped for sheet in self.sheets)
        for violation in check(self.records, elsewhere, complete=whole, drafts=self.drafts):
            raw = origins[violation.record]
            problem = raw.problem(self._route(raw, violation), violation.fault.message, violation.fault.hint)
            self.problems.append(replace(problem, cause=violation.cause))

    def _place(self, raw: Raw) -> _IdentifiedRaw:
        """Determine the IRI of a record; a duplicate or invalid IRI is a problem."""
        fault, full = "", ""
        try:
            full = iri(raw.id, self.base)
        except InvalidName as error:
            fault = error.message
            self.problems.append(Problem(raw.file, raw.line, f"id {fault}", error.hint))
        else:
            if fault := self._id_fault(full, self._first.setdefault(full, raw), raw):
                self.problems.append(raw.problem((), fault, "give it another id"))
        # A placeholder that cannot clash: local names do not begin with hyphens.
        return _IdentifiedRaw(raw, f"{self.base}--{id(raw)}" if fault else full, not fault)

    def _id_fault(self, full: str, first: Raw, raw: Raw) -> str:
        if first is not raw:
            return f"duplicate id, first in {first.file}:{first.line}"
        return "its id is the id of the data set" if full == self.description.info.id else id_fault(full)

    def _check_classes(self) -> None:
        """Report classes in tables that contradict the declared class of an entity."""
        declared = {item.iri: item.raw for item in self._placed if item.sound}
        for raw in self.implied.stated_classes():
            existing = declared.get(raw.id)
            if existing is not None and is_a(existing.cls, "Entity") and not is_a(existing.cls, raw.cls):
                message = f"{raw.data['label']} is a {raw.cls} here and a {existing.cls} in {existing.file}:{existing.line}"
                self.problems.append(Problem(raw.file, raw.line, message, "leave its class out here"))

    def _record(self, placed: _IdentifiedRaw) -> Statement | None:
        raw, cls = placed.raw, STATEMENTS[placed.raw.cls]
        expander = Expander(self.resolver, loose=raw.loose, documents=self._documents)
        data = expander.expand(cls, raw.data)
        if raw.loose:
            self.implied.add_references(expander.named, raw.file, raw.line)
        reported = {path for fault in expander.faults for path in (fault.path, _field_names(fault.path))}
        self.problems += [raw.problem(*fault) for fault in expander.faults]
        self._cite(expander.addresses, raw, self.resolver.declared)
        try:
            record = cls.model_validate({**data, "id": placed.iri})
        except ValidationError as error:
            # The model reports the faults found above again; they are dropped here.
            new_faults = (fault for fault in faults(error, by_alias(cls)) if not _is_within(fault.path, reported))
            self.problems += [raw.problem(*fault) for fault in new_faults]
        else:
            if placed.sound and not expander.faults:
                return record
        self.drafts.append(Draft(placed.iri, raw.cls, expander.references))
        return None

    def _route(self, raw: Raw, violation: Violation) -> Route:
        """Return the path to the faulty value in the file, whose lists are not sorted like those of the record."""
        path = _field_names(violation.fault.path)
        for route in self._routes_of(raw).get(violation.value, ()) if violation.value else ():
            names = _field_names(route)
            if path[: len(names)] == names:
                return route
        return violation.fault.path

    def _routes_of(self, raw: Raw) -> dict[str, list[Route]]:
        """Return the paths of each text and each IRI in a record as written; computed once, used for every fault."""
        routes = self._routes.get(id(raw))
        if routes is None:
            routes = self._routes[id(raw)] = defaultdict(list)
            for route, text in raw.texts():
                for value in {text, *self._possible_iris(raw, text)}:
                    routes[value].append(route)
        return routes

    def _possible_iris(self, raw: Raw, text: str) -> list[str]:
        iris = []
        for name in {text, *text.split()}:
            try:
                iris.append(self.resolver.iri(name, loose=raw.loose))
            except InvalidName:
                continue
        return iris


def _field_names(route: Route) -> Route:
    return tuple(part for part in route if isinstance(part, str))


def _is_within(path: Route, known: set[Route]) -> bool:
    """Return whether a path or one of its prefixes is known; a list of one may be written without an index."""
    return any(path[:end] in known or _field_names(path[:end]) in known for end in range(1, len(path) + 1))
