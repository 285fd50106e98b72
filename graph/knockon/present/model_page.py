"""The page of an answer on tables: its numbers with bars, what they mean, and the equations with their source.

Self-contained, without scripts and loads; every text is untrusted and escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup

from knockon.analysis.methods import REGISTRY
from knockon.analysis.program_version import program_version
from knockon.present.page_style import page_style
from knockon.present.phrases import capitalized, count
from knockon.present.rows.table import Table
from knockon.present.template_environment import template_environment
from knockon.text import plain

#: The most rows of a table; a note counts the others.
MOST = 300
_STYLE = """
.model { min-width: 26rem; }
.model .bar { width: 100%; min-width: 4rem; height: .45rem; margin: .42rem 0 0; }
.model .drawn { width: 34%; }
.model tbody th { min-width: 7rem; }
.model tbody th.number { min-width: 0; width: 4rem; }
.model th.number .clip { text-align: inherit; }
@media (max-width: 40rem) { .model { min-width: 0; } .model tbody th { min-width: 5.5rem; } .model .drawn { display: none; } }
"""


class ModelAnswer(Protocol):
    """An answer that names its model, and has the equations that its options choose."""

    @property
    def model(self) -> str:
        """The model, as the registry names it."""

    @property
    def equation(self) -> str:
        """Its equations."""

    @property
    def reference(self) -> str:
        """Their source."""


@dataclass(frozen=True)
class _Drawn:
    """A table with the width of the bar (0..100) of each row; None: nothing is drawn."""

    table: Table
    numeric: frozenset[str]
    widths: Sequence[float | None]
    left_out: int

    @property
    def is_drawn(self) -> bool:
        """Whether any row has a bar."""
        return any(width is not None for width in self.widths)


def model_page(
    answer: ModelAnswer,
    tables: Sequence[Table],
    found: Sequence[str],
    bars: Mapping[str, str],
    files: Mapping[str, str],
    parameters: str = "",
    result: str = "",
) -> str:
    """Return the HTML of an answer on tables.

    Parameters
    ----------
    answer
        The answer.
    tables
        Its rows, for people.
    found
        What it says beside them, a sentence each.
    bars
        The column that bars are drawn of, by its name, with what they show.
    files
        The files that the numbers were computed from, by what they are.
    parameters
        The parameters of the model.
    result
        What its numbers are; empty: as in the registry.

    Examples
    --------
    >>> from knockon.analysis.sector_answers import SectorAnswer
    >>> answer = SectorAnswer("ghosh", "loss = ...", "A. Ghosh (1958)", None, (), ())
    >>> "A. Ghosh (1958)" in model_page(answer, [Table([], ("sector",))], ["nothing changes"], {}, {"Table": "t.csv"})
    True
    """
    method = REGISTRY[answer.model]
    drawn = [_drawn(table, bars, answer.model) for table in tables]
    style = page_style("Knock-on", _STYLE)
    return template_environment(_visible).get_template("model_page.html").render(
        style=style.style,
        policy=style.policy,
        method=method,
        result=capitalized(result or method.result),
        equations=answer.equation.split("; "),
        reference=answer.reference,
        found=[capitalized(line.removesuffix(".")) for line in found],
        tables=drawn,
        bars=bars,
        count=count,
        files=files,
        facts={**files, **({"Parameters": parameters} if parameters else {}), "Software": f"Knock-on {program_version()}"},
    )  # fmt: skip


def _drawn(table: Table, bars: Mapping[str, str], model: str) -> _Drawn:
    """Return the first rows of a table: the columns that say something, and bars of the first one that has them."""
    rows = list(table.rows[:MOST])
    columns = [name for name in table.columns if name not in table.drop and any(row.get(name) is not None for row in rows)]
    numeric = frozenset(
        name for name in columns if all(_number(row.get(name)) is not None or not row.get(name) for row in rows)
    )
    column = next((name for name in bars if name in columns), "")
    values = [_number(row.get(column)) for row in rows]
    most = max((value for value in values if value is not None), default=0.0)
    widths = [None if value is None or most <= 0 else round(100 * value / most, 1) for value in values]
    title = capitalized(table.title.removeprefix(f"{model}: "))
    return _Drawn(Table(rows, columns, title), numeric, widths, len(table.rows) - len(rows))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _visible(value: Any) -> Any:
    return value if isinstance(value, Markup) else plain(value)


__all__ = ["MOST", "ModelAnswer", "model_page"]
