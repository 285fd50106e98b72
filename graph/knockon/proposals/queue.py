"""Queues of proposals: files of JSON Lines to which proposers append. They hold places and hashes, no words of a document."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from knockon.authoring.files import printable_path
from knockon.authoring.source import Source
from knockon.errors import InvalidData, NotFound, Problem, StoreBusy, UsageError
from knockon.proposals.proposal import Proposal
from knockon.store.atomic_write import write_bytes
from knockon.store.write_errors import write_error

#: The file of a queue where none is named.
QUEUE = Path("proposals.jsonl")
#: The most problems of a queue that are listed.
_MOST_PROBLEMS = 100
#: How long a proposer waits for another one, in seconds.
_WAIT = 10


class Appended(NamedTuple):
    """The proposals that were added to a queue, and those that it has already instead, or on which somebody has decided."""

    added: tuple[Proposal, ...]
    known: tuple[Proposal, ...]


class KnownProposals:
    """Proposals by what makes two of them one: the same statement at places that share a character."""

    def __init__(self, proposals: Iterable[Proposal] = ()) -> None:
        self._by_key: dict[tuple[object, ...], list[Proposal]] = defaultdict(list)
        for proposal in proposals:
            self.add(proposal)

    def add(self, proposal: Proposal) -> None:
        """Add a proposal."""
        self._by_key[proposal.key].append(proposal)

    def find(self, proposal: Proposal) -> Proposal | None:
        """Return the proposal that a new one is the same as; None where there is none."""
        return next((other for other in self._by_key.get(proposal.key, ()) if proposal.overlaps(other)), None)


def read_queue(path: Path) -> tuple[Proposal, ...]:
    """Return the proposals of a queue, in the order in which they were proposed.

    Raises
    ------
    NotFound
        There is no such file.
    InvalidData
        A line is not a proposal; with file and line.
    """
    if not path.exists():
        raise NotFound("file of proposals", printable_path(path), hint="(knockon propose DOCUMENT writes one)")
    return _read(path)


def append(path: Path, proposals: Iterable[Proposal], decided: Iterable[Proposal] = ()) -> Appended:
    """Append proposals to a queue, except those that it has already, or that are among the decided ones.

    Other proposers may append at the same time; the file is written whole, or not at all.

    Raises
    ------
    InvalidData
        The file has other content.
    StoreBusy
        Another proposer is writing to it.
    UsageError
        It cannot be written.
    """
    with locked(path):
        present = _read(path) if path.exists() else ()
        known, added, again = KnownProposals([*present, *decided]), [], []
        for proposal in proposals:
            if (same := known.find(proposal)) is not None:
                again.append(same)
            else:
                known.add(proposal)
                added.append(proposal)
        if added:
            lines = (json.dumps(proposal.to_json(), ensure_ascii=False) for proposal in (*present, *added))
            write_bytes(path, "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
    return Appended(tuple(added), tuple(again))


def _read(path: Path) -> tuple[Proposal, ...]:
    source = Source.of(path)
    text = source.text(hint="a queue of proposals is JSON Lines in UTF-8")
    if isinstance(text, Problem):
        raise InvalidData([text], "no proposal was read")
    problems: list[Problem] = []
    proposals: dict[str, Proposal] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            if not isinstance(value, dict):
                raise ValueError("is not an object")
            proposal = Proposal.from_json(value)
        except RecursionError:
            problems.append(Problem(source.name, number, "is not a proposal: too many levels"))
        except ValueError as error:
            problems.append(Problem(source.name, number, f"is not a proposal: {error}", "`knockon propose` writes this file"))
        else:
            proposals.setdefault(proposal.id, proposal)
    if problems:
        raise InvalidData(problems[:_MOST_PROBLEMS], "no proposal was read")
    return tuple(proposals.values())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a queue and of the decisions on it, a hidden file beside it.

    Raises
    ------
    StoreBusy
        Another process holds it.
    NotFound
        There is no such folder.
    UsageError
        It cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = path.with_name(f".{path.name}.lock")
    if lock.is_symlink():
        raise UsageError(f"cannot write {printable_path(path)}: {lock.name} is a link; remove it")
    if not path.parent.is_dir():
        raise NotFound("folder", printable_path(path.parent))
    try:
        with FileLock(lock, timeout=_WAIT):
            yield
    except Timeout:
        raise StoreBusy(f"{printable_path(path)} is being written by another process; try again") from None
    except OSError as error:
        raise write_error(printable_path(path), error) from None


__all__ = ["QUEUE", "Appended", "KnownProposals", "append", "locked", "read_queue"]
