"""Write the texts by which the records of a large store are searched: of all records, or of those that changed since.

The texts of all records belong to the file of all records, and serve every revision that is a change of it
(store/kept_rows.py). Beside them each such revision has the texts of the records that changed, and of those whose titles are
made of names that changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from knockon.analysis.records.folding import fold
from knockon.analysis.records.match_quality import COMMENTS
from knockon.analysis.records.record_index import parts_of
from knockon.analysis.records.searched_rows import end_classes, has_titled_parts, named_in
from knockon.analysis.records.titles import COMPOSED, Titles
from knockon.model import Dependency, Record
from knockon.model.labels import stated_label
from knockon.rdf.fields import fields
from knockon.rdf.record_json import from_json
from knockon.store.kept_labels import labelled, plain_text
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import KeptRows
from knockon.store.record_links import PART, owners
from knockon.vocabulary import local_name

#: Between the texts of a record, and before its comments: characters that no text of a record has.
SEPARATOR, COMMENT = "\x1f", "\x1d"
#: The numbers of the file of all records are in the order of IRIs. What changed comes after one of these, in the order of
#: ``place`` where several do; what it has in place of texts of the file of all records is hidden there.
_SCHEMA = "CREATE TABLE text (record INTEGER PRIMARY KEY, class INTEGER, title TEXT, folded TEXT)"
_CHANGED_SCHEMA = """
CREATE TABLE text (record INTEGER PRIMARY KEY, class INTEGER, title TEXT, folded TEXT, after INTEGER, place INTEGER);
CREATE TABLE hidden (record INTEGER PRIMARY KEY)
"""
_FAST = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
#: How many rows are written at once.
_BATCH = 5_000
#: More names are not looked for one by one.
_MOST_ENDS = 20_000
_COLUMNS = "iri, class, data, number"
_Row = tuple[str, int, str]
#: Shows how many of how many records are written.
_Show = Callable[[int, int], None]


def write_texts(path: Path, kept: KeptRecords, show: _Show) -> None:
    """Write the texts of all records of a file of all records into an empty file.

    Parameters
    ----------
    path
        The empty file.
    kept
        The records of a file without changes.
    show
        Is told how many of how many records are written.

    Raises
    ------
    OSError, sqlite3.Error
        The file cannot be written.
    InvalidStore
        The records are damaged.
    """
    titles = _Labels(kept, kept.rows_of(end_classes(kept)))
    with _writing(path, _SCHEMA) as database:
        rows: list[tuple[object, ...]] = []
        for done, (number, *texts) in enumerate(_texts_of(kept, kept.rows.records(columns=_COLUMNS), titles)):
            rows.append((number, *texts))
            if len(rows) == _BATCH:
                database.executemany("INSERT INTO text VALUES (?, ?, ?, ?)", rows)
                rows.clear()
                show(done, len(kept))
        database.executemany("INSERT INTO text VALUES (?, ?, ?, ?)", rows)


def write_changed_texts(path: Path, kept: KeptRecords) -> None:
    """Write the texts of what changed since the file of all records into an empty file, and what they replace there.

    Parameters
    ----------
    path
        The empty file.
    kept
        The records of a file of changes.

    Raises
    ------
    OSError, sqlite3.Error
        The file cannot be written.
    InvalidStore
        The records are damaged.
    """
    rows = kept.rows
    hidden = {number for number, *_ in rows.before_changes("number")}
    changed = list(rows.after_changes(_COLUMNS))
    known = {number for *_, number in changed}
    retitled = {number: iri for iri, number in _named_by_titles(kept, _renamed(kept)) if number not in known}
    hidden |= retitled.keys()
    changed += rows.numbered(retitled, _COLUMNS)
    changed.sort()
    with _writing(path, _CHANGED_SCHEMA) as database:
        database.executemany("INSERT INTO hidden VALUES (?)", ((number,) for number in hidden))
        texts = _texts_of(kept, changed, _labels_for(kept, changed))
        placed = (
            (*text, rows.place_in_base(row[0]), place) for place, (row, text) in enumerate(zip(changed, texts, strict=True))
        )
        database.executemany("INSERT INTO text VALUES (?, ?, ?, ?, ?, ?)", placed)


@contextmanager
def _writing(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(_FAST + schema)
        database.execute("BEGIN")
        yield database
        database.execute("COMMIT")


def _renamed(kept: KeptRecords) -> set[str]:
    """Return the IRIs whose labels differ from those in the file of all records: of records, of their parts, of data sets."""
    columns = "iri, class, data"
    before, after = (_Labels(kept, rows, infos) for rows, infos in (
        (kept.rows.before_changes(columns), kept.rows.of_base()), (kept.rows.after_changes(columns), kept.rows)
    ))  # fmt: skip
    return {iri for iri in before.iris | after.iris if before.label(iri) != after.label(iri)}


def _named_by_titles(kept: KeptRecords, iris: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield the IRIs and numbers of the records whose titles may be made of the names of some IRIs."""
    for iri, number, cls in kept.rows_naming(iris, "iri, number, class"):
        if issubclass(kept.classes[cls], COMPOSED):
            yield iri, number


def _labels_for(kept: KeptRecords, rows: Iterable[tuple[Any, ...]]) -> Titles:
    """Return the labels that the titles of some rows are made of."""
    ends = {iri for _, cls, data, _ in rows if issubclass(kept.classes[cls], COMPOSED) for iri in named_in(data)}
    if len(ends) > _MOST_ENDS:
        return _Labels(kept, kept.rows_of(end_classes(kept)))
    # A part may be named, too: by the record that it belongs to.
    wholes = kept.rows.with_iris({*ends, *(owner for end in ends for owner in owners(end))})
    parts = kept.rows.keyed("link", ends, also=f"kind = {PART}")
    return _Labels(kept, [*wholes, *parts])


def _texts_of(kept: KeptRecords, rows: Iterable[tuple[Any, ...]], titles: Titles) -> Iterator[tuple[int, int, str, str]]:
    """Yield the number, the number of the class, the title and the texts of the records of some rows."""
    for iri, cls, data, number in rows:
        try:
            yield number, cls, *_texts(kept.classes[cls], iri, _decode(data), titles)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise kept.rows.damaged(error) from None


_decode = json.JSONDecoder().decode


def _texts(cls: type[Record], iri: str, values: Mapping[str, Any], titles: Titles) -> tuple[str, str]:
    """Return the title of a record, and its texts as ``texts_of`` has them, without case and accents."""
    title = plain_text(values.get("label") or values.get("title") or "")
    if title:
        pass
    elif cls is Dependency:  # of which there are most, without making a record
        title = titles.of_need(values["dependant"], values["need"])
    else:
        ends = {name: value for name, value in values.items() if name in _title_fields(cls)}
        title = titles.of(from_json(cls, {"id": iri, **ends}))
    texts = f"{title}{SEPARATOR}{local_name(iri)}"
    if "altLabel" in values:
        texts = SEPARATOR.join([texts, *map(plain_text, values["altLabel"])])
    if "identifier" in values:
        texts = SEPARATOR.join([texts, *(identifier["notation"] for identifier in values["identifier"])])
    for name in COMMENTS:
        if text := values.get(name):
            texts += COMMENT + plain_text(text)
    # All at once: no letter takes part in what is before or behind a sign between.
    return title, fold(texts)


@cache
def _title_fields(cls: type[Record]) -> frozenset[str]:
    """Return the fields of which titles of records without a label may be made, by their names in data files."""
    return frozenset(field.alias for field in fields(cls) if field.nested is None)


class _Labels(Titles):
    """The titles of records, by the labels of what titles can name.

    Parameters
    ----------
    kept
        The records.
    rows
        The rows of those that titles can name.
    described
        The rows of the file that describes the data sets; by default those of the records.
    """

    def __init__(self, kept: KeptRecords, rows: Iterable[_Row], described: KeptRows | None = None) -> None:
        super().__init__([])
        infos = map(json.loads, (info for (info,) in (described or kept.rows).rows("SELECT info FROM main.data_set")))
        self._labels: dict[str, str] = {info["id"]: plain_text(info.get("title", "")) for info in infos}
        for row in rows:
            if label := next(labelled([row], kept.rows.classes)).label:
                self._labels[row[0]] = label
            if has_titled_parts(kept.classes[row[1]]):
                # Without some of it, as what it was before is not to be found as the record later.
                parts = parts_of([kept.read_row(*row, without=("evidence",))])
                self._labels |= {part.id: label for part in parts if (label := stated_label(part))}

    @property
    def iris(self) -> set[str]:
        """What has a label."""
        return {*self._labels}

    def label(self, iri: str) -> str:
        """See Titles."""
        return self._labels.get(iri, "")


__all__ = ["COMMENT", "SEPARATOR", "write_changed_texts", "write_texts"]
