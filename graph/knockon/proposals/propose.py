"""Take the proposals of any proposer: check each against the document and the graph, and append the valid ones to a queue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from knockon.errors import UsageError
from knockon.proposals.check_line import LineChecker, Refused
from knockon.proposals.decisions import decisions_path, read_decisions
from knockon.proposals.document_text import DocumentText
from knockon.proposals.proposal import Proposal
from knockon.proposals.queue import append
from knockon.store.base import Store

#: A proposer that is a function: it reads a document, and gives proposals in the form of JSON lines.
Proposer = Callable[[DocumentText], Iterable[object]]
#: The most proposals that are taken at once, and the longest line, in characters.
MOST_PROPOSALS, LONGEST_LINE = 100_000, 100_000


class Proposed(NamedTuple):
    """What became of proposals: those that were added, those that were known, and those that are refused."""

    added: tuple[Proposal, ...]
    known: tuple[Proposal, ...]
    refused: tuple[Refused, ...]


def propose(
    document: DocumentText, lines: Iterable[object], store: Store, queue: Path | None, proposer: str, day: str
) -> Proposed:
    """Check proposals, and append the valid ones to a queue.

    Parameters
    ----------
    document
        The document that they are about.
    lines
        The proposals, as JSON gives them.
    store
        The graph that they refer to; it is not changed.
    queue
        The file of proposals; None to check alone.
    proposer
        Who proposes.
    day
        The day (ISO).

    Raises
    ------
    InvalidData
        The queue, or its file of decisions, has other content.
    UsageError
        There are more than 100,000 proposals.
    """
    checker = LineChecker(document, store.records, proposer, day)
    valid: dict[str, Proposal] = {}
    refused: list[Refused] = []
    for number, line in enumerate(lines, 1):
        if number > MOST_PROPOSALS:
            raise UsageError(f"more than {MOST_PROPOSALS:,} proposals; give them in parts")
        checked = line if isinstance(line, Refused) else checker.check(number, line)
        if isinstance(checked, Refused):
            refused.append(checked)
        else:
            valid.setdefault(checked.id, checked)
    if queue is None:
        return Proposed(tuple(valid.values()), (), tuple(refused))
    decided = (decision.proposal for decision in read_decisions(decisions_path(queue)).values())
    appended = append(queue, valid.values(), decided)
    return Proposed(appended.added, appended.known, tuple(refused))


def read_lines(text: Iterable[str]) -> Iterator[object]:
    r"""Yield the values of JSON Lines; what is no JSON is refused with its number. Blank lines are skipped.

    >>> [type(value).__name__ for value in read_lines(['{"class": "Company"}', "", "{"])]
    ['dict', 'Refused']
    """
    number = 0
    for line in text:
        if not line.strip():
            continue
        number += 1
        if len(line) > LONGEST_LINE:
            yield Refused(number, f"the line has more than {LONGEST_LINE:,} characters")
            continue
        try:
            yield json.loads(line)
        except RecursionError:
            yield Refused(number, "is JSON with too many levels")
        except ValueError as error:
            yield Refused(number, f"is not JSON: {error}", "write one proposal on each line")


__all__ = ["LONGEST_LINE", "MOST_PROPOSALS", "Proposed", "Proposer", "propose", "read_lines"]
