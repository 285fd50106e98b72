"""The texts by which the records of a large store are searched, kept beside its database: a search looks through them alone.

The load of a large table writes them, else the first search; see docs/decisions/0052-kept-networks.md for when they are used.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from knockon.analysis.records.match_quality import match_quality
from knockon.analysis.records.written_texts import COMMENT, SEPARATOR, write_changed_texts, write_texts
from knockon.store.invalid_store import InvalidStore
from knockon.store.kept import KeptFiles, program_digest
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import by_place
from knockon.store.long_work import long_work
from knockon.store.record_files import TEXTS

#: Fewer records are looked through in less time than it takes to write their texts.
LEAST_RECORDS = 20_000
#: The name of the texts of what changed since.
_CHANGED = "changed_texts"
#: The most words that rows are chosen by.
_MOST_WORDS = 50


class FoundText(NamedTuple):
    """A record that matches: how well, its title, its place among all in the order of IRIs, and its number in the table.

    The place is a number of the file of all records, and among what changed and comes after that record another number.
    """

    quality: int
    title: str
    place: tuple[int, int]
    record: int


class KeptTexts:
    """The texts of the records of a revision.

    Parameters
    ----------
    path
        The texts of the file of all records. The files are never changed, and are read as they are now where their revision is
        removed meanwhile.
    changed
        The texts of what changed since; None where nothing did.

    Raises
    ------
    sqlite3.Error
        One of them is no file of SQLite.
    """

    def __init__(self, path: Path, changed: Path | None = None) -> None:
        self._path = path
        # Each statement runs under the lock, whatever thread asks.
        self._database = sqlite3.connect(_address(path), uri=True, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.executescript("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")
        self._selects = ["SELECT record, 0, record, title, folded FROM main.text WHERE {}"]
        if changed is not None:
            self._database.execute("ATTACH ? AS changed", (_address(changed),))
            self._selects[0] += " AND record NOT IN (SELECT record FROM changed.hidden)"
            # Places from 1 on: one that is changed may come after its former self.
            self._selects.append("SELECT after, place + 1, record, title, folded FROM changed.text WHERE {}")
        for select in self._selects:
            self._database.execute(f"SELECT count(*) FROM ({select.format(1)} LIMIT 1)")  # noqa: S608 - made here
        self._lock = threading.Lock()

    def matching(self, words: Sequence[str], classes: Sequence[int] | None = None) -> list[FoundText]:
        """Return the records that have every word in one of their texts.

        Parameters
        ----------
        words
            Words without case and accents.
        classes
            The numbers of the classes that count; None for all.

        Raises
        ------
        InvalidStore
            The file was damaged while it was open.
        """
        chosen = list(dict.fromkeys(words))[:_MOST_WORDS]
        terms = [f"instr(folded, ?{place})" for place in range(1, len(chosen) + 1)]
        if classes is not None:
            terms.append(f"class IN ({', '.join(map(str, classes))})")
        statement = " UNION ALL ".join(select.format(" AND ".join(terms)) for select in self._selects)
        try:
            with self._lock:
                rows = self._database.execute(statement, by_place(chosen))
                return [
                    FoundText(quality, title, (after, place), record)
                    for after, place, record, title, folded in rows
                    if (quality := _quality(words, folded)) is not None
                ]
        except sqlite3.Error as error:
            raise InvalidStore(
                self._path, f"was damaged while it was open ({error})", "ask again: it is written anew"
            ) from None


def _quality(words: Sequence[str], folded: str) -> int | None:
    """Return how well the best text of a record matches; None where none has every word."""
    names, *comments = folded.split(COMMENT)
    found = [match_quality(words, text) for text in names.split(SEPARATOR)]
    found += [match_quality(words, text, comment=True) for text in comments]
    return min((each for each in found if each is not None), default=None)


def open_texts(files: KeptFiles | None, kept: KeptRecords) -> KeptTexts | None:
    """Return the texts of the records of a revision, which are written where they are not kept; None where they cannot be.

    Parameters
    ----------
    files
        The kept files of the revision; None of a store that has none.
    kept
        Its records.
    """
    program, rows = program_digest("model", "analysis/records"), kept.rows
    if files is None or program is None or not rows.checksum or len(kept) < LEAST_RECORDS:
        return None
    try:
        path = _written(files, TEXTS, f"{program} {rows.checksum}", partial(_write_shown, kept=kept))
        if path is None or rows.base is None:
            return None if path is None else KeptTexts(path)
        key = f"{program} {rows.path.name} {rows.checksum}"
        changed = _written(files, _CHANGED, key, partial(write_changed_texts, kept=kept))
        return None if changed is None else KeptTexts(path, changed)
    except (OSError, sqlite3.Error):
        # On a read-only or full disk the rows of the records are looked through, as without such a file.
        return None


def _written(files: KeptFiles, name: str, key: str, write: Callable[[Path], None]) -> Path | None:
    """Return a file that is kept under a name for a key, written where it is not; None where it is gone again."""
    if (path := files.find(name, key)) is None:
        files.write(name, key, write)
        path = files.find(name, key)
    return path


def _write_shown(path: Path, kept: KeptRecords) -> None:
    """Write the texts of the file of all records, and say so."""
    with long_work.get()("writing the texts that searches look through, once for this revision of the store") as show:
        write_texts(path, kept if kept.rows.base is None else KeptRecords(kept.rows.of_base()), show)


def _address(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


__all__ = ["LEAST_RECORDS", "FoundText", "KeptTexts", "open_texts"]
