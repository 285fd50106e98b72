"""A review of proposals: what is open, and decisions that are checked, written to a file, and turned into records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knockon.authoring.files import printable_path
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.model import STATEMENTS, Dependency, Statement
from knockon.proposals.accepted_records import HEADER, accepted_store, accepted_yaml, other_data_sets, own_data_set
from knockon.proposals.check_line import LineChecker, Refused
from knockon.proposals.decisions import Decision, Verdict, decisions_path, decisions_yaml, read_decisions
from knockon.proposals.document_text import ENDINGS, DocumentText, document_with_hash
from knockon.proposals.proposal import JsonValue, Proposal
from knockon.proposals.queue import locked, read_queue
from knockon.proposals.quotes import quote_hash
from knockon.rdf.fields import by_alias, fields
from knockon.store.atomic_write import write_all
from knockon.store.base import Store
from knockon.store.oxigraph import MemoryStore

#: The file of the accepted records where none is named: beside the queue.
ACCEPTED = "reviewed.yaml"
#: What says how much a dependency loses, and by whom it is met.
_GRADES = (
    "criticality", "criticalityValue", "criticalityLow", "criticalityHigh", "portion", "combination", "atLeast", "supply",
)  # fmt: skip


@dataclass(slots=True)
class ProposalReview:
    """The proposals of a queue with what was decided on them.

    Parameters
    ----------
    queue
        The file of proposals.
    store
        The graph that accepted records are added to.
    accepted
        The YAML file of accepted records; None: ``reviewed.yaml`` beside the queue.
    documents
        A document, or a folder of documents; None where none is at hand.

    Raises
    ------
    NotFound
        There is no such queue.
    InvalidData
        The queue or the file of decisions has other content.
    """

    queue: Path
    store: Store
    accepted: Path | None = None
    documents: Path | None = None
    proposals: dict[str, Proposal] = field(init=False)
    decisions: dict[str, Decision] = field(init=False)
    changed: bool = field(init=False, default=False)
    _texts: dict[str, DocumentText] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        decided = read_decisions(decisions_path(self.queue))
        queued = read_queue(self.queue) if self.queue.exists() or not decided else ()
        self.proposals = {proposal.id: proposal for proposal in queued}
        self.proposals |= {name: decision.proposal for name, decision in decided.items() if name not in self.proposals}
        self.decisions = decided

    @property
    def file(self) -> Path:
        """The YAML file of accepted records."""
        return self.accepted or self.queue.with_name(ACCEPTED)

    @property
    def open(self) -> tuple[Proposal, ...]:
        """The proposals on which nothing is decided, in the order of the queue."""
        return tuple(proposal for name, proposal in self.proposals.items() if name not in self.decisions)

    @property
    def accepted_count(self) -> int:
        """How many proposals are accepted."""
        return sum(decision.verdict is Verdict.ACCEPTED for decision in self.decisions.values())

    def find(self, name: str) -> Proposal:
        """Return a proposal by its name.

        Raises
        ------
        NotFound
            There is none.
        """
        if name not in self.proposals:
            raise NotFound("proposal", name, self.proposals, f"(in {printable_path(self.queue)})")
        return self.proposals[name]

    def document(self, proposal: Proposal) -> DocumentText:
        """Return the document of a proposal as it was when it was proposed.

        Raises
        ------
        NotFound
            It is not at hand.
        InvalidData
            The file of its name has another SHA-256, or the words at the span are others.
        """
        if proposal.document not in self._texts:
            self._texts[proposal.document] = self._read(proposal)
        document = self._texts[proposal.document]
        text = document.page(proposal.page)
        if proposal.end > len(text) or quote_hash(text, (proposal.start, proposal.end)) != proposal.quote_hash:
            message = f"has other words at {proposal.start}-{proposal.end} than {proposal.id} was proposed with"
            raise InvalidData([Problem(document.name, None, message)], "nothing was accepted")
        return document

    def _read(self, proposal: Proposal) -> DocumentText:
        if self.documents is None:
            raise NotFound("document at hand", proposal.file, hint="(name it, or its folder: --documents)")
        if not self.documents.exists():
            raise NotFound("document or folder", printable_path(self.documents))
        paths = sorted(self.documents.iterdir()) if self.documents.is_dir() else [self.documents]
        files = [path for path in paths if path.is_file() and path.suffix.lower() in ENDINGS]
        found = document_with_hash(proposal.document, files)
        if found is None and (named := [path for path in files if path.name == proposal.file]):
            message = f"has another SHA-256 than the document of {proposal.id}: it was changed since"
            raise InvalidData([Problem(named[0].name, None, message, "propose it again")], "nothing was accepted")
        if found is None:
            raise NotFound("document", proposal.file, hint="(no file at hand has its SHA-256)")
        return found

    def decided(
        self,
        name: str,
        verdict: Verdict,
        by: str,
        day: str,
        *,
        fields: Mapping[str, object] | None = None,
        reason: str = "",
    ) -> Decision:
        """Return the decision on a proposal, without writing it.

        Parameters
        ----------
        name
            The name of the proposal.
        verdict
            What is decided.
        by, day
            Who decides, and when (ISO).
        fields
            Fields that replace those of the proposal; None as a value takes one away.
        reason
            Why.

        Raises
        ------
        NotFound
            There is no such proposal, or its document is not at hand.
        InvalidData
            The document was changed, or the fields are invalid.
        """
        proposal = self.find(name)
        if verdict is Verdict.REJECTED:
            return Decision(proposal, verdict, by, day, reason=reason)
        document = self.document(proposal)
        # A queue may be written by anybody, so that what it has is checked again.
        wanted = {key: value for key, value in {**proposal.fields, **(fields or {})}.items() if value is not None}
        stated = self._checked(proposal, document, wanted)
        changed = [key for key, value in stated.items() if proposal.fields.get(key) != value]
        judged = [key for key in changed if not by_alias(STATEMENTS[proposal.cls])[key].ranges]
        stated, comment, taken = self._graded(proposal, stated)
        return Decision(proposal, verdict, by, day, stated, tuple(dict.fromkeys([*judged, *taken])), comment, reason)

    def _checked(self, proposal: Proposal, document: DocumentText, wanted: Mapping[str, object]) -> dict[str, JsonValue]:
        """Return the fields of a record, checked as those of a proposal are."""
        checker = LineChecker(document, self.store.records, proposal.proposer, proposal.day)
        place: dict[str, object] = {"start": proposal.start, "end": proposal.end, "page": proposal.page}
        quote = document.page(proposal.page)[proposal.start : proposal.end]
        line = {"class": proposal.cls, "fields": wanted, "quote": quote, **{k: v for k, v in place.items() if v is not None}}
        checked = checker.check(1, line)
        if isinstance(checked, Refused):
            raise InvalidData([Problem(proposal.id, None, checked.reason, checked.hint)], "nothing was accepted")
        return dict(checked.fields)

    def _graded(self, proposal: Proposal, stated: dict[str, JsonValue]) -> tuple[dict[str, JsonValue], str, tuple[str, ...]]:
        """Return the fields of a dependency that says neither how much is lost nor by whom it is met, as the graph has it.

        One more source of a known need would else dispute how critical it is, which it says nothing of.
        """
        if proposal.cls != "Dependency" or any(name in stated for name in _GRADES):
            return stated, "", ()
        known = [record for record in self._other_records() if isinstance(record, Dependency)]
        same = [r for r in known if (r.dependant, r.need) == (stated.get("dependant"), stated.get("need"))]
        if len(same) != 1 or same[0].adds_details_only:
            return stated, "", ()
        taken = {name: value for name, value in _stated_fields(same[0]).items() if name in _GRADES}
        if not taken:
            return stated, "", ()
        comment = f"{', '.join(taken)} as in {same[0].name}: the document only says that there is the need."
        return {**stated, **taken}, comment, tuple(taken)

    def _other_records(self) -> Iterable[Statement]:
        return (record for data_set in other_data_sets(self.store, self.file) for record in data_set.records)

    def store_with(self, *changes: Decision, without: Collection[str] = ()) -> MemoryStore | None:
        """Return the graph with the records that would be accepted then; None where there would be none.

        Raises
        ------
        InvalidData
            They are invalid, by themselves or beside the others.
        """
        text = self._text(self._with(changes, without))
        return accepted_store(text, self.file, other_data_sets(self.store, self.file)) if text else None

    def decide(self, *changes: Decision, without: Collection[str] = ()) -> str:
        """Write decisions, take some back (``without``), and the file of accepted records: both, or neither.

        Returns the text of that file; empty where nothing is accepted, and there is no such file then.

        Raises
        ------
        InvalidData
            The records would be invalid; nothing is written.
        UsageError
            A file cannot be written, or the one of accepted records has other content.
        """
        with locked(self.queue):
            # Somebody else may have decided meanwhile.
            self.decisions = read_decisions(decisions_path(self.queue))
            decisions = self._with(changes, without)
            self._check_own_file()
            text = self._text(decisions)
            if text:
                accepted_store(text, self.file, other_data_sets(self.store, self.file))
            files = {decisions_path(self.queue): decisions_yaml(decisions.values()).encode()}
            write_all({**files, **({self.file: text.encode()} if text else {})})
            if not text:
                self.file.unlink(missing_ok=True)
            self.decisions, self.changed = decisions, True
        return text

    def _check_own_file(self) -> None:
        """Refuse to replace a file that no review has written, or a data set of the store that is from another file."""
        own = own_data_set(self.store, self.file)
        present = next((data_set.origin for data_set in self.store.data_sets if data_set.info.id == own), "")
        if present and present != printable_path(self.file.resolve()):
            raise UsageError(f"the store has another data set of that name, from {present}; name another file with --data")
        if self.file.exists() and not self.file.read_bytes()[: len(HEADER)] == HEADER.encode():
            raise UsageError(f"{printable_path(self.file)} was not written by a review; name another file with --data")

    def _with(self, changes: Iterable[Decision], without: Collection[str]) -> dict[str, Decision]:
        kept = {name: decision for name, decision in self.decisions.items() if name not in without}
        return {**kept, **{decision.proposal.id: decision for decision in changes}}

    def _text(self, decisions: Mapping[str, Decision]) -> str:
        return accepted_yaml(decisions.values(), other_data_sets(self.store, self.file))


def amendments(texts: Iterable[str]) -> dict[str, object]:
    """Return the fields that texts of the form FIELD=VALUE amend; an empty value takes a field away.

    Raises
    ------
    UsageError
        A text has another form.

    Examples
    --------
    >>> amendments(["criticality=High", " supply = ", ""])
    {'criticality': 'High', 'supply': None}
    """
    fields: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if text.strip() and (not equals or not name.strip()):
            raise UsageError(f"{text[:100]!r}: write FIELD=VALUE, e.g. criticality=High")
        if text.strip():
            fields[name.strip()] = value.strip() or None
    return fields


def _stated_fields(record: Dependency) -> dict[str, JsonValue]:
    """Return what a dependency states, by the names of fields in data files."""
    stated: dict[str, JsonValue] = {}
    for known in fields(Dependency):
        value = getattr(record, known.name)
        if known.alias == "supply":
            value = [{"provider": s.provider, **({} if s.share is None else {"share": str(s.share)})} for s in record.supply]
        if value not in (None, (), []):
            stated[known.alias] = value if isinstance(value, list) else str(value)
    return stated


__all__ = ["ACCEPTED", "ProposalReview", "amendments"]
