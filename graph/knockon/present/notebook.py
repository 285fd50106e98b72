"""Results in a notebook: frames that cannot access the notebook around them; no file is written."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from knockon.analysis.impact.coverage import affected
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.controls import escape_controls
from knockon.text import format_bytes

#: The most rows that a notebook shows; the others are counted.
ROWS = 40
#: The height of the page in a notebook, in pixels.
HEIGHT = 640


class Page(str):
    """An HTML page: a string to write or send, which a notebook shows as a page.

    A notebook shows it in a frame with an origin of its own: its scripts run, and cannot access the notebook, its cookies
    or its server.

    >>> page = Page("<p>It's me</p>", "Me")
    >>> page.encode()
    b"<p>It's me</p>"
    >>> page
    <Page 'Me', 14 bytes; save(PATH) writes it>
    >>> print(page._repr_html_().partition("<iframe")[0])
    <p>Me: if no page follows, trust this notebook, or write the page with save(PATH)</p>
    """

    __slots__ = ("heading", "left_out", "notes")

    #: What a page of part of a graph leaves out: how many entities, links and facts, and why; else None.
    left_out: Mapping[str, Any] | None
    heading: str
    #: What to know about the documents that the page quotes.
    notes: tuple[str, ...]

    def __new__(
        cls, html: str, heading: str = "", left_out: Mapping[str, Any] | None = None, notes: tuple[str, ...] = ()
    ) -> Page:
        """Create a page with the heading of the frame around it."""
        page = super().__new__(cls, html)
        page.heading, page.left_out, page.notes = heading, left_out, notes
        return page

    def save(self, path: str | Path) -> None:
        """Write the page to a file, whole or not at all."""
        from knockon.store.atomic_write import write_bytes

        write_bytes(Path(path), self.encode())

    def __repr__(self) -> str:
        return f"<Page {escape_controls(self.heading)!r}, {format_bytes(len(self.encode()))}; save(PATH) writes it>"

    def _repr_html_(self) -> str:
        # A notebook that is not trusted drops the frame: the line before it stays.
        line = f"{self.heading or 'A page'}: if no page follows, trust this notebook, or write the page with save(PATH)"
        page = frame(str(self), title=self.heading, height=HEIGHT, allow="allow-scripts allow-downloads")
        return f"<p>{escape(escape_controls(line))}</p>{page}"


def frame(html: str, *, title: str, height: int, allow: str = "") -> str:
    """Return a sandboxed frame with a page; ``allow`` lists what the page may do, as the attribute ``sandbox`` has it.

    >>> print(frame("<p>a & 'b'", title='"x"', height=9).partition("srcdoc=")[2])
    '&lt;p>a &amp; &#x27;b&#x27;'></iframe>
    """
    # JSON is full of double quotes: between single ones they may stand as they are.
    content = html.replace("&", "&amp;").replace("'", "&#x27;").replace("<", "&lt;")
    return (
        f'<iframe sandbox="{allow}" title="{escape(escape_controls(title))}" width="100%" height="{height}" style="border:0" '
        f"srcdoc='{content}'></iframe>"
    )


def impact_html(report: ImpactReport) -> str:
    """Return an impact report as an HTML table, all markup in its text made harmless.

    It has no frame, style or script, so that a notebook that is not trusted shows it as well.

    >>> import knockon
    >>> impact_html(knockon.open("chips").impact(hit={"asml": "high"}))[:35]
    '<div><p><strong>ASML loses 60–90%</'
    """
    impacts = sorted(report.impacts, key=lambda impact: (-impact.loss, impact.step, impact.entity))
    total = len(impacts) + report.unaffected
    summary = f"<strong>{escape(escape_controls(report.shock_label))}</strong>: {affected(len(impacts), total)}"
    rows = "".join(
        f"<tr><td>{escape(escape_controls(i.label))}</td><td>{escape(i.cls)}</td><td>{i.loss:.2f}</td>"
        f"<td>{i.loss_low:.2f} to {i.loss_high:.2f}</td><td>{i.step}</td></tr>"
        for i in impacts[:ROWS]
    )
    more = f"<p>{len(impacts) - ROWS} more: see <code>to_pandas()</code></p>" if len(impacts) > ROWS else ""
    heads = "".join(f"<th>{name}</th>" for name in ("entity", "class", "loss", "range", "step"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
    method = f"(model {escape(report.model)}, stopped by {escape(report.stopped_by)})"
    return f"<div><p>{summary} {method}</p>{table}{more}</div>"
