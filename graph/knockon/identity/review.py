"""A review: one pair of entities after another is judged, and the file of judgements is written after each."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from knockon.identity.candidates import Candidate
from knockon.identity.judgement_file import Judged, JudgementFile, shortened
from knockon.model import Judgement, Statement
from knockon.model.judgement import judgement_name
from knockon.rdf.sameness import Sameness
from knockon.vocabulary import Verdict, prefixed

#: What decides on a pair: returns why a judgement cannot stand beside the others; empty where it can.
Check = Callable[[Iterable[Judged]], str]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A pair to judge: two IRIs, and the lines that tell people about it."""

    entities: tuple[str, str]
    lines: tuple[str, ...]
    reason: str

    @classmethod
    def of_candidate(cls, candidate: Candidate, describe: Callable[[str], str]) -> ReviewItem:
        """Return the item of a candidate; ``describe`` says what an entity (IRI) is."""
        entities = (candidate.first, candidate.second)
        names = tuple(shortened(" ".join(name.split())) for name in candidate.names)
        lines = tuple(f"{name}: {describe(iri)}" for name, iri in zip(names, entities, strict=True))
        return cls(entities, (*lines, candidate.reason), f"{names[0]} / {names[1]}: {candidate.reason}")

    @classmethod
    def of_judgement(cls, judged: Judged) -> ReviewItem:
        """Return the item of a judgement of a file."""
        return cls(judged.entities, (*map(prefixed, judged.entities), *filter(None, [judged.reason])), judged.reason)


@dataclass(slots=True)
class Review:
    """The pairs of a review, and how far it is.

    Parameters
    ----------
    file
        Takes the judgements, and is written after each.
    items
        The pairs, in the order in which they are shown.
    judged_by
        Who judges.
    day
        The day of the judgements.
    check
        Whether a judgement can stand beside the others.
    """

    file: JudgementFile
    items: tuple[ReviewItem, ...]
    judged_by: str
    day: datetime.date
    check: Check = lambda _: ""
    place: int = 0
    _done: list[tuple[int, str, Judged | None]] = field(default_factory=list)

    @property
    def current(self) -> ReviewItem | None:
        """The pair to judge; None at the end."""
        return self.items[self.place] if self.place < len(self.items) else None

    @property
    def decided(self) -> int:
        """How many pairs were judged and not taken back."""
        return len(self._done)

    def decide(self, verdict: Verdict) -> str:
        """Judge the current pair, write the file, and go on; return why that is not possible, and stay, or an empty text."""
        item = self.current
        if item is None:
            return "there is no pair left"
        before = dict(self.file.judged)
        first, second = sorted(item.entities)
        earlier = (known.name for known in before.values() if set(known.entities) == {first, second})
        name = next(earlier, judgement_name((first, second)))
        judged = Judged((first, second), verdict, self.judged_by, self.day.isoformat(), item.reason, name)
        self.file.add(judged)
        if fault := self.check(self.file.judged.values()):
            self.file.judged = before
            return fault
        self.file.write()
        self._done.append((self.place, name, before.get(name)))
        self.place += 1
        return ""

    def skip(self) -> None:
        """Go on without a judgement."""
        self.place = min(self.place + 1, len(self.items))

    def undo(self) -> bool:
        """Take the last judgement back, write the file, and return to its pair; False where there is none."""
        if not self._done:
            return False
        self.place, name, before = self._done.pop()
        if before is None:
            self.file.remove(name)
        else:
            self.file.judged[name] = before
        self.file.write()
        return True


def conflict_check(records: Iterable[Statement]) -> Check:
    """Return a check of judgements against the records of a store, without the judgements on the same pairs in it."""
    known = tuple(records)

    def check(judged: Iterable[Judged]) -> str:
        new = [
            Judgement(id=f"urn:knockon:{each.name}", entity=each.entities, verdict=each.verdict)
            for each in judged
            if each.verdict is not Verdict.UNSURE
        ]
        pairs = {record.entity for record in new}
        kept = [record for record in known if not (isinstance(record, Judgement) and record.entity in pairs)]
        return next((conflict.message for conflict in Sameness.of([*kept, *new]).conflicts), "")

    return check


__all__ = ["Check", "Review", "ReviewItem", "conflict_check"]
