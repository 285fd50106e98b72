"""The texts by which the records of a large store are searched, kept beside its database: a search looks through them alone.

The first search of a revision writes them; see docs/decisions/0052-kept-networks.md for when they are used.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from knockon.analysis.records.folding import fold
from knockon.analysis.records.match_quality import COMMENTS, match_quality
from knockon.analysis.records.record_index import parts_of
from knockon.analysis.records.searched_rows import end_classes, has_titled_parts
from knockon.analysis.records.titles import Titles
from knockon.model import DataSetInfo, Record
from knockon.model.labels import stated_label
from knockon.rdf.fields import fields
from knockon.rdf.record_json import from_json
from knockon.store.invalid_store import InvalidStore
from knockon.store.kept import KeptFiles, program_digest
from knockon.store.kept_labels import labelled, plain_text
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import by_place
from knockon.store.long_work import long_work
from knockon.vocabulary import local_name

#: Fewer records are looked through in less time than it takes to write their texts.
LEAST_RECORDS = 20_000
_NAME = "texts"
#: Between the texts of a record, and before its comments: characters that no text of a record has.
_SEPARATOR, _COMMENT = "\x1f", "\x1d"
_SCHEMA = "CREATE TABLE text (place INTEGER PRIMARY KEY, record INTEGER, class INTEGER, title TEXT, folded TEXT)"
_FAST = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
#: How many rows are written at once, and the most words that rows are chosen by.
_BATCH, _MOST_WORDS = 5_000, 50


class FoundText(NamedTuple):
    """A record that matches: how well, its title, its place among all in the order of IRIs, and its number in the table."""

    quality: int
    title: str
    place: int
    record: int


class KeptTexts:
    """The texts of the records of a revision.

    Parameters
    ----------
    path
        The file, which is never changed, and is read as it is now where its revision is removed meanwhile.

    Raises
    ------
    sqlite3.Error
        It is no file of SQLite.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        # Each statement runs under the lock, whatever thread asks.
        self._database = sqlite3.connect(address, uri=True, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.executescript("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")
        self._database.execute("SELECT count(*) FROM (SELECT 1 FROM text LIMIT 1)")
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
        statement = f"SELECT place, record, title, folded FROM text WHERE {' AND '.join(terms)}"  # noqa: S608 - made here
        try:
            with self._lock:
                rows = self._database.execute(statement, by_place(chosen))
                return [
                    FoundText(quality, title, place, record)
                    for place, record, title, folded in rows
                    if (quality := _quality(words, folded)) is not None
                ]
        except sqlite3.Error as error:
            raise InvalidStore(
                self._path, f"was damaged while it was open ({error})", "ask again: it is written anew"
            ) from None


def _quality(words: Sequence[str], folded: str) -> int | None:
    """Return how well the best text of a record matches; None where none has every word."""
    names, *comments = folded.split(_COMMENT)
    found = [match_quality(words, text) for text in names.split(_SEPARATOR)]
    found += [match_quality(words, text, comment=True) for text in comments]
    return min((each for each in found if each is not None), default=None)


def open_texts(files: KeptFiles | None, kept: KeptRecords, infos: Iterable[DataSetInfo]) -> KeptTexts | None:
    """Return the texts of the records of a revision, which are written where they are not kept; None where they cannot be.

    Parameters
    ----------
    files
        The kept files of the revision; None of a store that has none.
    kept
        Its records.
    infos
        The descriptions of its data sets, which titles may name.
    """
    program = program_digest("model", "analysis/records")
    if files is None or program is None or not kept.rows.checksum or len(kept) < LEAST_RECORDS:
        return None
    key = f"{program} {kept.rows.checksum} {kept.rows.path.name}"
    try:
        if (path := files.find(_NAME, key)) is None:
            with long_work.get()("writing the texts that searches look through, once for this revision of the store") as show:
                files.write(_NAME, key, partial(_write, kept=kept, infos=list(infos), show=show))
            path = files.find(_NAME, key)
        return None if path is None else KeptTexts(path)
    except (OSError, sqlite3.Error):
        # On a read-only or full disk the rows of the records are looked through, as without such a file.
        return None


def _write(path: Path, kept: KeptRecords, infos: Sequence[DataSetInfo], show: Any) -> None:
    """Write the texts of all records into an empty file."""
    titles = _Labels(kept, infos)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(_FAST + _SCHEMA)
        database.execute("BEGIN")
        batch: list[tuple[object, ...]] = []
        for place, (iri, number, data, record) in enumerate(kept.rows.records(columns="iri, class, data, number")):
            try:
                batch.append((place, record, number, *_texts(kept.classes[number], iri, json.loads(data), titles)))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise kept.rows.damaged(error) from None
            if len(batch) == _BATCH:
                database.executemany("INSERT INTO text VALUES (?, ?, ?, ?, ?)", batch)
                batch.clear()
                show(place, _BATCH)
        database.executemany("INSERT INTO text VALUES (?, ?, ?, ?, ?)", batch)
        database.execute("COMMIT")


def _texts(cls: type[Record], iri: str, values: Mapping[str, Any], titles: Titles) -> tuple[str, str]:
    """Return the title of a record, and its texts as ``texts_of`` has them, without case and accents."""
    title = plain_text(values.get("label") or values.get("title") or "")
    if not title:
        ends = {name: value for name, value in values.items() if name in _title_fields(cls)}
        title = titles.of(from_json(cls, {"id": iri, **ends}))
    names = [title, *map(plain_text, values.get("altLabel", ())), local_name(iri)]
    names += [identifier["notation"] for identifier in values.get("identifier", ())]
    comments = [plain_text(text) for name in COMMENTS if (text := values.get(name))]
    return title, _COMMENT.join([_SEPARATOR.join(map(fold, names)), *map(fold, comments)])


@cache
def _title_fields(cls: type[Record]) -> frozenset[str]:
    """Return the fields of which titles of records without a label may be made, by their names in data files."""
    return frozenset(field.alias for field in fields(cls) if field.nested is None)


class _Labels(Titles):
    """The titles of records, by the labels of what titles can name."""

    def __init__(self, kept: KeptRecords, infos: Sequence[DataSetInfo]) -> None:
        super().__init__([])
        self._labels = {info.id: info.title for info in infos}
        for row in kept.rows_of(end_classes(kept)):
            if label := next(labelled([row], kept.rows.classes)).label:
                self._labels[row[0]] = label
            if has_titled_parts(kept.classes[row[1]]):
                parts = parts_of([kept.read_row(*row)])
                self._labels |= {part.id: label for part in parts if (label := stated_label(part))}

    def label(self, iri: str) -> str:
        """See Titles."""
        return self._labels.get(iri, "")


__all__ = ["LEAST_RECORDS", "FoundText", "KeptTexts", "open_texts"]
