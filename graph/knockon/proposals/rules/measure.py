"""Precision and recall of rules against an inventory of what documents state, by places and by pairs of entities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knockon.proposals.document_text import DocumentText
from knockon.proposals.rules.tokens import tokenize

#: The fields of a record that name its two ends.
_ENDS = {
    "Dependency": ("dependant", "need"), "Provision": ("provider", "provided"), "Ownership": ("owner", "owned"),
    "Designation": ("measure", "designated"), "Relation": ("subject", "object"),
}  # fmt: skip


class Known(NamedTuple):
    """A relation of an inventory: its two ends as it writes them, what relates them, and where documents state it."""

    id: str
    subject: str
    predicate: str
    object: str
    places: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How far proposals are right, and the known relations found.

    Attributes
    ----------
    proposals
        How many records were proposed.
    right
        How many of them are right.
    known
        How many relations are known.
    found
        How many of them are found by a proposal.
    """

    proposals: int
    right: int
    known: int
    found: int

    @property
    def precision(self) -> float:
        """The share of proposals that are right (0..1); 0 where there is none."""
        return self.right / self.proposals if self.proposals else 0.0

    @property
    def recall(self) -> float:
        """The share of known relations that are found (0..1)."""
        return self.found / self.known if self.known else 0.0


class Scores(NamedTuple):
    """The scores by places, and by places and pairs of entities."""

    by_span: Score
    by_pair: Score


def read_known(inventory: Mapping[str, Sequence[Mapping[str, object]]]) -> list[Known]:
    """Return the relations of an inventory: rows with ``subject``, ``predicate``, ``object`` and ``evidence``."""
    known = []
    for row in inventory["relations"]:
        evidence: object = row["evidence"]
        places = [(str(e["seed"]), int(e["start"]), int(e["end"])) for e in evidence] if isinstance(evidence, list) else []
        known.append(Known(str(row["id"]), str(row["subject"]), str(row["predicate"]), str(row["object"]), tuple(places)))
    return known


def score(
    documents: Iterable[DocumentText],
    proposer: Callable[[DocumentText], Iterable[Mapping[str, object]]],
    known: Sequence[Known],
    names: Callable[[object], Sequence[str]],
) -> Scores:
    """Return how well a proposer does on documents.

    A proposal is right by its place if its span shares a character with one of a known relation, and finds that relation. It is
    right by the pair if, besides, one of its ends is the subject and the other one the object of the relation, in either
    order: a name of the end is among the words of the relation, or the words of the relation in a name.

    Parameters
    ----------
    documents
        The documents.
    proposer
        What proposes.
    known
        The relations of the inventory.
    names
        Returns the names of an end: of an IRI those of the graph, of a new record its label.
    """
    proposals = 0
    right: list[set[int]] = [set(), set()]
    found: list[set[str]] = [set(), set()]
    for document in documents:
        for line in proposer(document):
            place = int(str(line["start"])), int(str(line["end"]))
            ends = _ends(line, names)
            for relation in known:
                if not any(
                    file == document.name and place[0] < end and start < place[1] for file, start, end in relation.places
                ):
                    continue
                right[0].add(proposals)
                found[0].add(relation.id)
                if _are(ends, relation):
                    right[1].add(proposals)
                    found[1].add(relation.id)
            proposals += 1
    by_span, by_pair = (Score(proposals, len(right[way]), len(known), len(found[way])) for way in (0, 1))
    return Scores(by_span, by_pair)


def _ends(line: Mapping[str, object], names: Callable[[object], Sequence[str]]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the names of the two ends of a proposal; of a new entity itself and what it is part of."""
    fields = line["fields"]
    if not isinstance(fields, Mapping):
        return (), ()
    keys = _ENDS.get(str(line["class"]))
    if keys is None:
        whole = fields.get("partOf")
        return names(fields.get("label")), names(whole[0]) if isinstance(whole, list) and whole else ()
    first, second = (list(names(fields.get(key))) for key in keys)
    supply = fields.get("supply")
    second += [name for item in supply for name in names(item)] if isinstance(supply, list) else []
    return first, second


def _are(ends: tuple[Sequence[str], Sequence[str]], relation: Known) -> bool:
    first, second = ends
    return (_names(first, relation.subject) and _names(second, relation.object)) or (
        _names(second, relation.subject) and _names(first, relation.object)
    )


def _names(names: Sequence[str], text: str) -> bool:
    """Return whether one of some names is among the words of a text, or the text among those of a name."""
    words = _words(text)
    return any(own in words or words in own for own in map(_words, names) if own.strip())


def _words(text: str) -> str:
    return f" {' '.join(token.low for token in tokenize(text) if token.text.isalnum())} "


__all__ = ["Known", "Score", "Scores", "read_known", "score"]
