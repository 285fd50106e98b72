"""Options for reading files, for what a file itself does not state."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knockon.errors import UsageError
from knockon.model.language import LanguageString

#: The formats that ``-`` (standard input) may have, and the file ending of each.
FORMS = {
    "csv": ".csv", "tsv": ".tsv", "txt": ".txt", "xlsx": ".xlsx", "jsonl": ".jsonl", "yaml": ".yaml",
    "ttl": ".ttl", "trig": ".trig", "nt": ".nt", "nq": ".nq", "jsonld": ".jsonld", "rdf": ".rdf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read: the same for ``knockon.open``, ``Graph.load`` and the command line.

    Parameters
    ----------
    form
        The format of standard input (``-``): ``csv``, ``tsv``, ``txt``, ``xlsx``, ``jsonl``, ``yaml``, ``ttl``, ``trig``,
        ``nt``, ``nq``, ``jsonld`` or ``rdf``.
    encoding
        The encoding of text tables, by its name in Python (``cp1252``); the default is UTF-8.
    decimal
        The decimal sign of numbers in tables: a point or a comma.
    percent
        Columns whose plain numbers are percentages: 45 is read as 0.45.
    days
        Columns whose plain numbers are days: 45 is read as P45D.
    rename
        Pairs of the name of a column in the table and its new name: ``(("Supplier", "provider"),)``.
    ignore_unknown
        Leave unknown columns out, with a notice, instead of refusing the table.
    sheets
        The sheets of a workbook to read; by default all that are visible and not empty.
    rejects
        Read the valid rows of a table, and write the others to this CSV file: file, line and reason before the cells of the
        row. Without it one invalid row means that nothing is read.
    allow_rejects
        On the command line: rejected rows are no failure, so that the exit code is 0. It goes with ``rejects``.
    uses
        Data sets whose records the files may name without a prefix, beside those that their dataset.yaml names.
    exact_names
        Keep names in tables apart that differ only in capitals, spaces and punctuation, instead of reading them as one.
    language
        The language of names and texts in tables that state none, e.g. ``zh``; by default English, and no language for texts
        with letters of another script than Latin. A column ``label@zh`` states its own.
    array_delimiter
        The character between the items of lists in CSV files of Neo4j, as ``--array-delimiter`` of neo4j-admin; by default
        a semicolon. ``TAB`` is a tab.

    Raises
    ------
    UsageError
        An unknown form, language, encoding, decimal sign or delimiter, or ``allow_rejects`` without ``rejects``.

    Examples
    --------
    >>> ReadOptions(percent=("share",), rename=(("Supplier", "provider"),)).decimal
    '.'
    >>> ReadOptions(encoding="latin-99")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: unknown encoding 'latin-99'; e.g. utf-8, cp1252, latin-1, utf-16
    """

    form: str = ""
    encoding: str = ""
    decimal: str = "."
    percent: Sequence[str] = ()
    days: Sequence[str] = ()
    rename: Sequence[tuple[str, str]] = ()
    ignore_unknown: bool = False
    sheets: Sequence[str] = ()
    allow_rejects: bool = False
    rejects: Path | None = None
    uses: Sequence[str] = ()
    exact_names: bool = False
    language: str = ""
    array_delimiter: str = ""

    def __post_init__(self) -> None:
        """Check the options before a file is opened."""
        if self.form and self.form not in FORMS:
            raise UsageError(f"unknown form {self.form!r}; use one of {', '.join(FORMS)}")
        if self.encoding:
            try:
                checked_encoding(self.encoding)
            except ValueError as error:
                raise UsageError(str(error)) from None
        try:
            LanguageString("", self.language)
        except ValueError as error:
            raise UsageError(f"--language: {error}") from None
        if self.decimal not in (".", ","):
            raise UsageError(f"the decimal sign is a point or a comma, not {self.decimal!r}")
        if self.array_delimiter != "TAB" and (len(self.array_delimiter) > 1 or self.array_delimiter.isalnum()):
            raise UsageError(f"--array-delimiter is one sign, such as |, or TAB, not {self.array_delimiter[:100]!r}")
        if self.allow_rejects and self.rejects is None:
            raise UsageError("--allow-rejects goes with --rejects FILE: rows that are left out are kept in a file")
        for old, new in self.rename:
            if not old.strip() or not new.strip():
                raise UsageError(f"--rename needs two names, e.g. Supplier=provider, not {old}={new}")

    @property
    def keeps_rejects(self) -> bool:
        """Whether invalid rows are left out and written to a file, so that the others are read."""
        return self.rejects is not None


#: The defaults.
DEFAULTS = ReadOptions()


def checked_encoding(name: str) -> str:
    """Return the name of an encoding of text.

    Raises
    ------
    ValueError
        It is none that is known.
    """
    try:
        if codecs.lookup(name)._is_text_encoding and "a".encode(name):
            return name
    except (LookupError, ValueError, AttributeError):
        pass
    raise ValueError(f"unknown encoding {name[:100]!r}; e.g. utf-8, cp1252, latin-1, utf-16")
