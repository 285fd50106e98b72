"""The explorer page: one HTML file that needs no network and runs no text that came with the data.

Names and titles are untrusted. They travel as JSON that the page never reads
as markup, and the policy of the page lets no script run but the one whose hash
it names. ``templates/explorer.js`` and ``.css`` are built from ``web/`` and
never edited by hand.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from knockon.analysis.impact.coverage import affected
from knockon.controls import escape_controls
from knockon.errors import UsageError
from knockon.present.page.packing import packed
from knockon.present.template_environment import template_environment

#: What a page of a server may load: its own files alone.
SITE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
#: Rows of the table that is shown where scripts do not run.
FALLBACK_ROWS = 300
#: A path on the page's own server: no scheme, no host, nothing that a browser strips or turns round before it looks.
_LOCAL = re.compile(r"(?!//)[A-Za-z0-9._~/?&=%+,;@-]+")


def page(data: Mapping[str, Any], address: str | None = None, site: Mapping[str, str] | None = None) -> str:
    """Return the HTML of the explorer for the data that ``drawing`` returned.

    With an ``address`` the page holds only the title of the data, and fetches
    the rest from there, from the server it came from; that server sends what
    ``document_json`` makes. ``site`` has the addresses of a server that sends script and style by themselves, so that its
    policy allows nothing inline: ``home``, ``script`` and ``style``.

    >>> from knockon.present.page.page_data import drawing
    >>> html = page(drawing([], title="<Nothing> yet"))
    >>> html.startswith("<!doctype html>"), "<Nothing>" in html
    (True, False)

    Raises
    ------
    UsageError
        The address is not one on the server that the page comes from.
    """
    if address is not None and not _LOCAL.fullmatch(address):
        raise UsageError(f"{address!r} is not an address on the page's own server: give a path such as data.json or /api/data")
    inline = site is None
    style, script = _source("explorer.css"), _source("explorer.js")
    rows = list(_fallback(data)) if address is None else []
    html = (
        template_environment(_legible)
        .get_template("explorer.html")
        .render(
            title=data["title"],
            policy=_as_is(_policy(style, script, fetches=address is not None) if inline else SITE_POLICY),
            style=_as_is(style if inline else ""),
            script=_as_is(script if inline else ""),
            site=site,
            data=_as_is(island(data) if address is None else ""),
            address=address,
            left_out=(data.get("left_out") or {}).get("why", "") if address is None else "",
            cascade="cascade" in data,
            summary=_summary(data) if address is None else "",
            rows=rows[:FALLBACK_ROWS],
            more=max(0, len(rows) - FALLBACK_ROWS),
        )
    )
    # A lone surrogate has no UTF-8; in the JSON it is escaped.
    return html.encode("utf-8", "replace").decode("utf-8")


def document_json(data: Mapping[str, Any]) -> bytes:
    """Return what a server sends to a page that has only its address: the same JSON that a whole page contains."""
    return island(data).encode()


def island(data: Mapping[str, Any]) -> str:
    r"""Return JSON that is safe inside a script element: nothing in it can end the element or be read as markup.

    >>> print(island({"label": "</script><b>&"}))
    {"label":"\u003c/script\u003e\u003cb\u003e\u0026"}
    """
    text = json.dumps(packed(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text)


def _legible(value: Any) -> Any:
    """Return a text as the page shows it, also without scripts: characters that turn or hide text as their numbers."""
    return escape_controls(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _as_is(text: str) -> Markup:
    # The files beside this module, hashes, and JSON whose markup is escaped: nothing else may pass here.
    return Markup(text)  # noqa: S704


def _policy(style: str, script: str, fetches: bool = False) -> str:
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data: blob:"
    return policy + "; connect-src 'self'" if fetches else policy


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _source(name: str) -> str:
    return _inlined(files("knockon.present").joinpath("templates", name).read_text("utf-8"), name)


def _inlined(text: str, name: str) -> str:
    """Return text that is safe in a script or style element as it is, with newlines as the parser of the page reads them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if re.search(r"</(script|style)|<!--", text, re.IGNORECASE):
        raise ValueError(f"{name} holds markup and cannot be inlined")
    return text


def _summary(data: Mapping[str, Any]) -> str:
    """Return what the table in place of the drawing is about."""
    if "cascade" not in data:
        return "" if data["nodes"]["label"] else "The graph is empty."
    run, lost = data["cascade"]["run"], len(data["cascade"]["impacts"]["label"])
    shock = run.get("shock_label") or run.get("shock") or "The shock"
    unstated = " How hard it hits is in part or whole an amount that no source states." if run.get("unstated") else ""
    lost, spared = run.get("affected", lost), run.get("unaffected")
    return f"{shock}: {affected(lost, lost + spared if isinstance(spared, int) else None)}.{unstated}"


def _fallback(data: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the rows that are shown where scripts do not run: the cascade if there is one, else the entities."""
    strings = data["strings"]
    if "cascade" in data:
        impacts = data["cascade"]["impacts"]
        for row, label in enumerate(impacts["label"]):
            cause = impacts["cause"][row]
            via = strings[impacts["label"][cause]] if cause >= 0 else ""
            loss = f"{impacts['loss'][row]:.0%} ({impacts['low'][row]:.0%} to {impacts['high'][row]:.0%})"
            yield strings[label], str(impacts["x"][row]), via, loss
        return
    nodes = data["nodes"]
    for row, label in enumerate(nodes["label"]):
        yield strings[label], data["classes"][nodes["class"][row]]["label"]
