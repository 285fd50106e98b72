"""The file of rejected rows, which is read again with the mapping of the file that they are from."""

from __future__ import annotations

from knockon.errors import InvalidData
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.model import TableSpec

#: How the file of rejected rows begins, see ``authoring.rejects``.
_HEADER = b"file,line,problem,"


def is_rejects_file(file: ForeignFile) -> bool:
    """Return whether a file has rejected rows, by its header."""
    try:
        with file.open_binary() as stream:
            return stream.read(len(_HEADER)) == _HEADER
    except (InvalidData, OSError):
        return False  # it is said when the file is read


def table_of_rejects(table: TableSpec) -> TableSpec:
    """Return how the rejected rows of a table are written, however the table itself is: as CSV with a header.

    >>> table_of_rejects(TableSpec(skip=2, names=["a", "b"], encoding="cp1252")).names
    ()
    """
    plain = {"format": "csv", "encoding": "utf-8", "delimiter": ",", "quote": '"', "skip": 0, "header": 1, "names": ()}
    return table.model_copy(update={**plain, "matrix": None, "unpivot": None})


__all__ = ["is_rejects_file", "table_of_rejects"]
