"""``--page FILE``: the answer as a page to pass on, beside what is printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from knockon.cli.messages import note_written
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.present.model_page import ModelAnswer
    from knockon.present.rows.table import Table

#: A page of the numbers of a model on tables.
ModelPage = Annotated[
    Path | None,
    typer.Option(
        "--page",
        metavar="FILE",
        help="Also write a page (.html, without scripts) to pass on: the numbers, their equations and sources.",
    ),
]


class PageOf(NamedTuple):
    """The page that a call asks for, and the files that its numbers are from, by what they are; a file of None is left out."""

    file: Path | None
    files: Mapping[str, Path | None]

    def write(
        self, answer: ModelAnswer, tables: Sequence[Table], found: Iterable[str], bars: Mapping[str, str], **more: str
    ) -> None:
        """Write the page, if one is asked for; the parameters, and ``more``, are those of ``present.model_page``."""
        if self.file is None:
            return
        from knockon.present.model_page import model_page

        files = {name: file.name for name, file in self.files.items() if file is not None}
        write_page(self.file, model_page(answer, tables, list(found), bars, files, **more))


def check_page(page: Path | None) -> None:
    """Refuse a page that cannot be written, before anything is computed.

    Raises
    ------
    UsageError
        The file is not an HTML file, or cannot be written.
    """
    from knockon.store.output_paths import check_output_file

    if page is None:
        return
    if page.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"--page {page}: the page is HTML: name it .html")
    check_output_file(page)


def write_page(page: Path, html: str) -> None:
    """Write a page as a whole, and note that it was written."""
    from knockon.store.atomic_write import write_bytes

    # A lone surrogate has no UTF-8.
    content = html.encode("utf-8", "replace")
    write_bytes(page, content)
    note_written(page, len(content))


__all__ = ["ModelPage", "PageOf", "check_page", "write_page"]
