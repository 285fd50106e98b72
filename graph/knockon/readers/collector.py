"""Gather the records of one import, with their evidence, counts and rejected rows, and make a data set of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain
from typing import Any

from pyoxigraph import Quad

from knockon.authoring.languages import with_language
from knockon.authoring.names import InvalidName, iri, to_local_name
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.model import DataSet, DataSetInfo, is_a
from knockon.model.base import digest
from knockon.model.share_notices import share_notices
from knockon.model.validation_errors import Fault
from knockon.readers.conflicts import Conflicts
from knockon.readers.drafts import Drafts
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.identifier_notices import identifier_notices
from knockon.readers.import_report import Imported, ImportReport
from knockon.readers.import_tally import ImportTally
from knockon.readers.import_target import ImportTarget
from knockon.readers.local_names import imported_name
from knockon.readers.record_building import build_records
from knockon.readers.record_drafts import Cite, Keep, Place, RecordDraft, Source
from knockon.readers.rejected_places import PlaceKey
from knockon.vocabulary import local_name

#: The most entities that are only named of which is kept that they were.
_MAX_NAMED = 10_000
#: The fields that are in the language of the options, where the file does not say another one.
_NAMES = ("label", "altLabel")


class RecordCollector(ImportTally):
    """Collector of the records of one import.

    A reader declares each file as a document, and adds records with their place in it. What it adds to an id twice is
    merged; a place that is rejected is left out with everything that was added there.

    Parameters
    ----------
    target
        The data set to make.
    reader
        The mapping or reader, for the report.
    options
        How its files are read, for the reader.
    skip
        Places that an earlier pass has rejected: what is added there is ignored.
    progress
        Called with the number of rows read so far.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "firms.csv"
    >>> _ = path.write_text("Acme")
    >>> collector = RecordCollector(ImportTarget("firms", "urn:x:", "urn:x:data-firms"))
    >>> document = collector.document(ForeignFile("firms.csv", path))
    >>> collector.add("Company", "acme", {"label": "Acme"}, document, Place("row:1", 1))
    >>> imported = collector.finish()
    >>> imported.report.records, imported.data_set.records[0].evidence[0].place
    ((('Company', 1), ('Document', 1)), 'row:1')
    """

    def __init__(
        self,
        target: ImportTarget,
        reader: str = "",
        *,
        options: ReadOptions = DEFAULTS,
        skip: Collection[PlaceKey] = (),
        progress: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(skip, progress)
        self.target, self.reader, self.options = target, reader, options
        self.base, self.name = target.base, target.name
        self._drafts = Drafts(target.base)
        self._implied: dict[str, RecordDraft] = {}
        self._named: set[tuple[str, str, str]] = set()
        #: Records that places name which do not declare them, each with what it is there.
        self._undeclared: dict[str, str] = {}
        self._documents: dict[str, tuple[ForeignFile, str]] = {}
        self._conflicts = Conflicts()
        self._foreign: list[Quad] = []
        self._last_place, self._last_source = Place(""), Source("", "", None)
        self.merged = 0

    def local_name(self, text: str) -> str:
        """Return a local name for a text of the data: the same for every spelling, unless names are to be kept apart."""
        return imported_name(text, exact=self.options.exact_names)

    def document(self, file: ForeignFile, **fields: Any) -> str:
        """Declare the document that a file is, whose rows are read next, and return its id.

        Parameters
        ----------
        file
            The file; its title and SHA-256 are those of the document unless ``fields`` say otherwise.
        fields
            Fields of a Document by their names in data files: ``url``, ``license``, ``retrieved``, ``keyColumn`` ...
        """
        self.reading(file.name)
        if file.name in self._documents:
            return self._documents[file.name][1]
        names = (f"doc-{to_local_name(text)}" for text in (file.stem, file.file_name, file.name))
        name = next((name for name in names if name not in self._files), f"doc-{digest(file.name)}")
        self._documents[file.name] = (file, name)
        self._files[name] = file.name
        stated = {name: value for name, value in (*fields.items(), *self.target.facts.items()) if value}
        data = {"title": file.file_name, "sha256": file.sha256, **stated}
        self._drafts[self.base + name] = RecordDraft("Document", data)
        return name

    def add(
        self,
        cls: str,
        id: str,  # noqa: A002 - what it is in data files
        data: Mapping[str, Any],
        document: str,
        place: Place,
        *,
        confidence: object = None,
        stance: str = "",
        claimant: str | None = None,
        keep: Keep = "first",
        cite: Cite = "all",
        role: str = "",
    ) -> None:
        """Add what a place of a document states of a record.

        Parameters
        ----------
        cls
            The class of the record.
        id
            Its local name or IRI.
        data
            Its fields by their names in data files; None means that a field is not stated.
        document, place
            What ``document`` returned, and where in it this is stated.
        confidence, stance, claimant
            See ``Evidence``.
        keep
            Which value stays if an earlier place states another one.
        cite
            Whether all places that state the record are its evidence, or the first alone.
        role
            What the record is to another one, for a place that names it there and does not declare it: such as ``owner``.
            If no other place declares it, the place is rejected.
        """
        if self._skip and (document, place) in self._skip:
            return
        try:
            full = iri(id, self.base)
        except InvalidName as error:
            self.reject(document, place, f"id {error.message}", error.hint)
            return
        if language := self.options.language:
            data = {name: with_language(value, language) if name in _NAMES else value for name, value in data.items()}
        source = self._source(document, place)
        if confidence is not None or stance or claimant:
            source = Source.at(document, place, None if confidence is None else str(confidence), stance, claimant)
        draft = self._drafts.get(full)
        if role or self._undeclared:
            self._note_role(full, role)
        if draft is None:
            stated = {name: value for name, value in data.items() if value is not None}
            self._drafts[full] = RecordDraft(cls, stated, source)
            return
        if not self._unite_classes(draft, cls, full, source):
            return
        for name in draft.merge(data, keep):
            self._note_conflict(full, name, draft, source)
        # A row that adds to a record twice is one row.
        if cite == "all":
            self.merged += draft.add_source(source)

    def _source(self, document: str, place: Place) -> Source:
        """Return a place as a source: one for all records of a row."""
        if self._last_place is not place or self._last_source.document != document:
            self._last_place, self._last_source = place, Source.at(document, place)
        return self._last_source

    def cite(self, id: str, document: str, place: Place) -> None:  # noqa: A002 - what it is in data files
        """Add a place to the evidence of a record that was added: it states a part of it."""
        draft = self._drafts.get(iri(id, self.base))
        if draft is not None:
            draft.cite(Source.at(document, place))

    def reclassify(self, id: str, cls: str) -> None:  # noqa: A002 - what it is in data files
        """Give a record that was added, if there is one, the class that a later place of the files decides on."""
        draft = self._drafts.get(iri(id, self.base))
        if draft is not None:
            draft.cls = cls

    def imply(
        self,
        cls: str,
        id: str,  # noqa: A002 - what it is in data files
        label: str,
        document: str,
        place: Place,
    ) -> None:
        """Name an entity that exists if nothing declares it; the first place that names it is its evidence."""
        if self._skip and (document, place) in self._skip:
            return
        # A country is named by every second row.
        if (cls, id, label) in self._named:
            return
        try:
            full = iri(id, self.base)
        except InvalidName as error:
            self.reject(document, place, f"id {error.message}", error.hint)
            return
        stated = {"label": with_language(label, self.options.language)}
        draft = self._implied.get(full)
        if draft is None:
            self._implied[full] = RecordDraft(cls, stated, self._source(document, place))
        elif is_a(cls, draft.cls) or is_a(draft.cls, cls):
            draft.cls = cls if is_a(cls, draft.cls) else draft.cls
            draft.merge(stated)
        else:
            self.reject(document, place, f"{label} is a {cls} here and a {draft.cls} in {self._where(draft)}")
            return
        if len(self._named) < _MAX_NAMED:
            self._named.add((cls, id, label))

    def foreign(self, quads: Iterable[Quad]) -> None:
        """Keep triples of other vocabularies as they are."""
        self._foreign += quads

    @property
    def has_rejected_records(self) -> bool:
        """Whether records were added at places that are rejected, so that another pass must leave them out."""
        rejected = self._rejected.places
        if not rejected:
            return False
        drafts = chain(self._drafts.values(), self._implied.values())
        return any((source.document, source.place) in rejected for draft in drafts for source in draft.sources)

    def finish(self) -> Imported:
        """Build the records and check them; what is invalid is rejected with its places.

        The data set is complete only if ``has_rejected_records`` is False before and after.
        """
        self._reject_undeclared()
        implied = {full: draft for full, draft in self._implied.items() if full not in self._drafts}
        implied = {full: draft for full, draft in implied.items() if full not in self.target.known}
        drafts = self._drafts
        for full, draft in implied.items():
            drafts[full] = draft
        records = build_records(drafts, self.base, self.target.known, self._reject_record, self._is_read_again)
        info = DataSetInfo(
            id=self.target.id, title=self.target.title or self.name, base=self.base, license=self.target.license or None
        )
        notices = [
            *share_notices(records, lambda full: self._first_place(drafts.get(full))),
            *identifier_notices(records, lambda full: self._first_place(drafts.get(full))),
        ]
        report = ImportReport(
            name=self.name,
            reader=self.reader,
            base=self.base,
            files=tuple(self._documents),
            passed_over=tuple(self._passed_over),
            rows=self.rows,
            rows_by_file=self.rows_by_file,
            records=_counts(record.rdf_class for record in records),
            merged=self.merged,
            conflicts=self._conflicts.count,
            implied=_counts(draft.cls for draft in implied.values()),
            left_out=tuple(sorted(self._left_out.items(), key=lambda item: (-item[1], item[0]))),
            rejected=self._rejected.in_order(),
            other_triples=len(self._foreign),
            notices=(*self._notices, *self._conflicts.notices(self.name), *notices),
        )
        return Imported(DataSet(info, tuple(records), tuple(self._foreign), notices=report.notices), report)

    def _note_role(self, full: str, role: str) -> None:
        """Note that a place declares a record, or names it in a role before any place declares it."""
        if not role:
            self._undeclared.pop(full, None)
        elif full not in self._drafts:
            self._undeclared[full] = role

    def _reject_undeclared(self) -> None:
        """Reject the places that say something of records which no place declares."""
        for full, role in self._undeclared.items():
            for source in self._drafts[full].sources:
                self.reject(source.document, source.place, f"{role} names {local_name(full)[:200]}, which does not exist")

    def _is_read_again(self) -> bool:
        """Return whether another pass leaves out what is rejected so far."""
        return self.options.rejects is not None and self.has_rejected_records

    def _reject_record(self, full: str, draft: RecordDraft, fault: Fault) -> None:
        """Reject every place that states a record: a part of it would state something else."""
        reason = f"{local_name(full)[:200]}: {fault.message}"
        for source in draft.sources:
            self.reject(source.document, source.place, reason, fault.hint)
        if not draft.sources:
            self.reject(local_name(full), Place(""), reason, fault.hint)

    def _unite_classes(self, draft: RecordDraft, cls: str, full: str, source: Source) -> bool:
        """Give a record the narrower of two classes; return False if they contradict each other."""
        if is_a(cls, draft.cls):
            draft.cls = cls
        elif not is_a(draft.cls, cls):
            message = f"{local_name(full)} is a {cls} here and a {draft.cls} in {self._where(draft)}"
            self.reject(source.document, source.place, message, "records of different classes need different ids")
            return False
        return True

    def _first_place(self, draft: RecordDraft | None) -> tuple[str, int | None]:
        """Return the file and line of the first place of a record, for notices."""
        if draft is None or not draft.sources:
            return self.name, None
        first = draft.sources[0]
        return self._files.get(first.document, self.name), first.line

    def _where(self, draft: RecordDraft) -> str:
        if not draft.sources:
            return "the description of a file"
        first = draft.sources[0]
        return self._files.get(first.document, first.document) + (f":{first.line}" if first.line else "")

    def _note_conflict(self, full: str, name: str, draft: RecordDraft, source: Source) -> None:
        place = ""
        if self._conflicts.keeps_places:
            file, first = self._files.get(source.document, source.document), self._where(draft)
            place = f"{name} of {local_name(full)} in {file}:{source.line}, stated otherwise in {first}"
        self._conflicts.add(place)


def _counts(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(names).items()))


__all__ = ["Place", "RecordCollector"]
