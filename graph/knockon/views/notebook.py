"""What results look like in a notebook: a plain table, every text escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

#: Rows a notebook shows at once; the rest is counted.
ROWS = 40


def impact_html(report: Mapping[str, Any]) -> str:
    """An impact report as an HTML table, scripts and all markup in its text made harmless.

    >>> impact_html({"shock_label": "<b>", "impacts": [], "unaffected": 3, "model": "leontief", "stopped_by": "tolerance"})[:40]
    '<div><p><strong>&lt;b&gt;</strong>: 0 of'
    """
    impacts = sorted(report["impacts"], key=lambda i: (-i["loss"], i["step"], i["entity"]))
    total = len(impacts) + int(report["unaffected"])
    head = f"<strong>{escape(report['shock_label'])}</strong>: {len(impacts)} of {total} entities lose something"
    rows = "".join(
        f"<tr><td>{escape(i['label'])}</td><td>{escape(i['class'])}</td><td>{i['loss']:.2f}</td>"
        f"<td>{i['loss_low']:.2f} to {i['loss_high']:.2f}</td><td>{i['step']}</td></tr>"
        for i in impacts[:ROWS]
    )
    more = f"<p>{len(impacts) - ROWS} more: see <code>to_pandas()</code></p>" if len(impacts) > ROWS else ""
    heads = "".join(f"<th>{name}</th>" for name in ("entity", "class", "loss", "range", "step"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
    how = f"(model {escape(report['model'])}, stopped by {escape(report['stopped_by'])})"
    return f"<div><p>{head} {how}</p>{table}{more}</div>"
