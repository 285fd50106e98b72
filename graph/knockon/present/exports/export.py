"""The formats of other programs that a graph is exported to, and what each of them has no words for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

from knockon.errors import UsageError
from knockon.model import Statement


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote, and what it left out.

    Attributes
    ----------
    form
        The format.
    written
        How many items were written, by what they are in the format.
    left_out
        How many records the format has no words for, by class.

    Examples
    --------
    >>> ExportReport("ftm", (("Company", 2),), (("Dependency", 3),)).to_dict()
    {'form': 'ftm', 'written': {'Company': 2}, 'left_out': {'Dependency': 3}}
    """

    form: str
    written: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain values for JSON."""
        return {"form": self.form, "written": dict(self.written), "left_out": dict(self.left_out)}


class Export(NamedTuple):
    """The bytes of a file in the format of another program, and the counts."""

    content: bytes
    report: ExportReport


class _Form(NamedTuple):
    """A format: the module that has its function ``write``, and what it is."""

    module: str
    title: str


#: The formats by name.
FORMS: Mapping[str, _Form] = {
    "ftm": _Form("ftm", "FollowTheMoney entities (JSON Lines)"),
    "bods": _Form("bods", "Beneficial Ownership Data Standard 0.4 (JSON)"),
    "graphml": _Form("graphml", "GraphML"),
    "opengraph": _Form("opengraph", "BloodHound OpenGraph (JSON)"),
    "csv": _Form("link_table", "a table of nodes and links, as APOC of Neo4j has it"),
    "parquet": _Form("link_table", "the same table in Parquet"),
}


def export(records: Iterable[Statement], form: str) -> Export:
    """Write records in the format of another program; the same records give the same bytes.

    Parameters
    ----------
    records
        The records of a graph.
    form
        ``ftm``, ``bods``, ``graphml``, ``opengraph``, ``csv`` or ``parquet``.

    Raises
    ------
    UsageError
        There is no such format, or it needs a package that is not installed.
    """
    if form not in FORMS:
        raise UsageError(f"{form!r} is not a format of other programs; use one of {', '.join(FORMS)}")
    write: Callable[[Sequence[Statement], str], Export] = import_module(f"{__package__}.{FORMS[form].module}").write
    return write(sorted(records, key=lambda record: record.id), form)


def counts(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return how often each name occurs, by name."""
    return tuple(sorted(Counter(names).items()))


__all__ = ["FORMS", "Export", "ExportReport", "counts", "export"]
