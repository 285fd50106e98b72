"""The data set of accepted proposals: one YAML file that ``load`` reads, written anew from the decisions each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath

from knockon.authoring.names import to_local_name
from knockon.authoring.read import DataSetReading, create_data_sets
from knockon.authoring.source import Source
from knockon.model import DataSet, Document, Record
from knockon.model.base import digest
from knockon.proposals.decisions import Decision, Verdict, flow, quoted
from knockon.proposals.proposal import JsonValue, Proposal, is_entity, subject_key
from knockon.store.base import Store
from knockon.store.files import slug
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import MY, local_name, prefixed

HEADER = "# Records that were accepted in a review of proposals. `knockon review` writes this file; `knockon load` reads it.\n"
#: The longest id of a record before its digest.
_LONGEST = 80

_Fields = dict[str, JsonValue]


class _Records:
    """The records of accepted decisions: class, then id, then fields."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self.documents = dict(documents)
        self.records: dict[str, dict[str, _Fields]] = defaultdict(dict)
        self.evidence: dict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, decision: Decision) -> None:
        """Add the record of a decision, the new entities that it names, and its document."""
        proposal = decision.proposal
        evidence = _short_form(proposal, self._document(proposal))
        fields = {name: self._value(value, evidence) for name, value in decision.fields.items()}
        if decision.judged:
            fields["judged"] = list(decision.judged)
        if decision.comment:
            fields["comment"] = decision.comment
        if is_entity(proposal.cls) or proposal.cls == "Measure":
            self._put(proposal.cls, to_local_name(str(fields.get("label", ""))), fields, evidence)
        else:
            self._put(proposal.cls, record_name(proposal.cls, decision.fields), fields, evidence)

    def _put(self, cls: str, name: str, fields: _Fields, evidence: str) -> None:
        """Add a record; one that has the same name and says the same gets one more evidence, another one another name."""
        records, candidate, number = self.records[cls], name, 2
        while candidate in records and records[candidate] != fields:
            candidate, number = f"{name}-{number}", number + 1
        records[candidate] = fields
        if evidence not in self.evidence[cls, candidate]:
            self.evidence[cls, candidate].append(evidence)

    def _value(self, value: JsonValue, evidence: str) -> JsonValue:
        """Return a value with new entities as the names of records that are added."""
        if isinstance(value, dict) and "class" in value:
            return self._new(value, evidence)
        if isinstance(value, dict):
            return {name: self._value(item, evidence) for name, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, evidence) for item in value]
        return prefixed(value) if isinstance(value, str) and value.startswith(("http://", "https://", "urn:")) else value

    def _new(self, value: _Fields, evidence: str) -> str:
        cls, label = str(value["class"]), str(value.get("label", ""))
        name = to_local_name(label)
        known = next((each for each, records in self.records.items() if name in records), cls)
        fields = {key: self._value(item, evidence) for key, item in value.items() if key != "class"}
        # The same new entity may be named by several proposals: the first says what it is.
        self.records[known].setdefault(name, fields)
        if evidence not in self.evidence[known, name]:
            self.evidence[known, name].append(evidence)
        return name

    def _document(self, proposal: Proposal) -> str:
        """Return the name of the document of a proposal, which is added where the graph does not have it."""
        if proposal.document not in self.documents:
            name = f"doc-{slug(PurePath(proposal.file).stem)}"
            if any(name == known for known in self.documents.values()):
                name = f"{name}-{proposal.document[:8]}"
            self.documents[proposal.document] = name
            read = {"retrieved": proposal.day} if proposal.day else {}
            self.records["Document"][name] = {"title": proposal.file, "sha256": proposal.document, **read}
        return self.documents[proposal.document]

    def yaml(self) -> str:
        """Return the records as YAML."""
        lines = []
        for cls in sorted(self.records):
            lines.append(f"{cls}:")
            for name, fields in sorted(self.records[cls].items()):
                lines.append(f"  {name}:")
                lines += [f"    {field}: {flow(value)}" for field, value in fields.items()]
                if cited := self.evidence.get((cls, name)):
                    lines.append(f"    evidence: [{', '.join(map(quoted, cited))}]")
        return HEADER + "\n".join(lines) + "\n"


def _short_form(proposal: Proposal, document: str) -> str:
    """Return the evidence of a proposal as data files write it."""
    evidence = proposal.evidence("urn:x:document")
    claimant = f" {prefixed(proposal.claimant)}" if proposal.claimant else ""
    confidence = "" if proposal.confidence is None else f" confidence:{proposal.confidence:g}"
    return f"{document} {evidence.place} {proposal.stance}{claimant}{confidence}"


def record_name(cls: str, fields: Mapping[str, JsonValue]) -> str:
    """Return the id of a record from what it is about.

    >>> record_name("Dependency", {"dependant": "urn:x:acme", "need": {"class": "Service", "label": "Cloud hosting"}})[:32]
    'dependency-acme-cloud-hosting-6c'
    """
    key = subject_key(cls, fields)
    words = [local_name(part) if part.startswith(("http://", "https://", "urn:")) else part for part in key]
    return f"{slug(' '.join([cls, *words]))[:_LONGEST].rstrip('-')}-{digest(cls, *key)[:6]}"


def documents_by_hash(records: Iterable[Record]) -> dict[str, str]:
    """Return the documents of a graph by their SHA-256, in the form in which data files name them."""
    return {r.sha256: prefixed(r.id) for r in records if isinstance(r, Document) and r.sha256}


def accepted_yaml(decisions: Iterable[Decision], others: Sequence[DataSet]) -> str:
    """Return the records of the accepted proposals as YAML; empty where there is none.

    Parameters
    ----------
    decisions
        All decisions.
    others
        The data sets of the graph, without the one of accepted proposals: their documents are cited.
    """
    accepted = [each for each in decisions if each.verdict is Verdict.ACCEPTED]
    if not accepted:
        return ""
    records = _Records(documents_by_hash(record for data_set in others for record in data_set.records))
    for decision in sorted(accepted, key=lambda each: (each.day, each.proposal.id)):
        records.add(decision)
    return records.yaml()


def own_data_set(store: Store, path: Path) -> str:
    """Return the IRI of the data set that a store has of a file of accepted proposals; empty where it has none."""
    own = f"{MY}data-{to_local_name(path.stem)}"
    return own if any(data_set.info.id == own for data_set in store.data_sets) else ""


def is_accepted_file(path: Path) -> bool:
    """Return whether a file is one of accepted proposals, by its first line."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline() == HEADER
    except (OSError, UnicodeDecodeError):
        return False


def other_data_sets(store: Store, path: Path) -> tuple[DataSet, ...]:
    """Return the data sets of a store without the one that a file of accepted proposals becomes."""
    own = own_data_set(store, path)
    return tuple(data_set for data_set in store.data_sets if data_set.info.id != own)


def accepted_store(text: str, path: Path, others: Sequence[DataSet]) -> MemoryStore:
    """Return a store of the data set that the text of a file is beside the others, checked as any other.

    Parameters
    ----------
    text
        The YAML.
    path
        The file, which names the data set.
    others
        The other data sets of the graph.

    Raises
    ------
    InvalidData
        It is invalid by itself, or beside the others.
    """
    source = Source(path.name, path.stem, ".yaml", None, text.encode())
    (data_set,) = create_data_sets([DataSetReading(source)], others)
    store = MemoryStore(*others, checked=True)
    store.load(data_set, replace=True)
    return store


__all__ = [
    "accepted_store", "accepted_yaml", "documents_by_hash", "is_accepted_file", "other_data_sets", "own_data_set",
    "record_name",
]  # fmt: skip
