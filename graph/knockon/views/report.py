"""The page on one shock that can be handed on: one HTML file without scripts, which needs no network and prints on A4.

Every text is untrusted: Jinja escapes it, control characters are shown instead
of sent, and the policy of the page lets nothing run and nothing load but the
one style sheet whose hash it names. See ``templates/report.html``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from knockon.text import plain
from knockon.views.charts import drawable, ranges
from knockon.views.kinds import words
from knockon.views.methods import METHODS
from knockon.views.still import still
from knockon.vocabulary import UNKNOWN

Told = Mapping[str, Any]
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def page(told: Told) -> str:
    """The HTML of what ``knockon.analysis.report.gather`` returned; without matplotlib it says that the chart is missing."""
    style = _style()
    html = _environment(told).get_template("report.html").render(
        told=told,
        style=_as_is(style),
        policy=_as_is(f"default-src 'none'; style-src {_hash(style)}; img-src data:"),
        method=METHODS[told["method"]["model"]],
        still=still(told["cascade"], told["shock"]["label"]) if told["cascade"] else None,
        chart=_chart(told),
        drawable=drawable() or told["method"]["model"] == "reach",
        parameters=_parameters(told["method"]["parameters"]),
        world=_world(told["method"]["parameters"]),
        unknown=UNKNOWN,
    )  # fmt: skip
    # A lone surrogate has no UTF-8.
    return html.encode("utf-8", "replace").decode("utf-8")


def _environment(told: Told) -> Environment:
    environment = Environment(
        loader=PackageLoader("knockon.views"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    places = {source["iri"]: place for place, source in enumerate(told["sources"], 1)}
    environment.filters.update(percent=percent, brief=brief, words=words, count=count, word=_word, first_up=_first_up)
    environment.globals.update(source=lambda iri: places.get(iri, 0), span=span)
    return environment


def _harmless(value: Any) -> Any:
    return value if isinstance(value, Markup) else plain(value)


def _as_is(text: str) -> Markup:
    # The style sheet beside this module, its hash, and charts that a serializer of XML wrote: nothing else may pass here.
    return Markup(text)  # noqa: S704


def _style() -> str:
    text = files("knockon.views").joinpath("templates", "report.css").read_text("utf-8").replace("\r\n", "\n")
    # Comments are for the reader of the source.
    return re.sub(r"/\*.*?\*/\n?", "", text, flags=re.DOTALL)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _chart(told: Told) -> Markup | None:
    """The chart of the worst hit; there is nothing to draw of what is only reached."""
    if not told["worst"] or told["method"]["model"] == "reach" or not drawable():
        return None
    rows = [{**one, "figure": _figure(one)} for one in told["worst"]]
    axis = METHODS[told["method"]["model"]].axis
    who = count(len(rows), "entity", "entities")
    title = f"Dots and ranges of the {axis} of the {who} hit worst; the table has the same numbers"
    return _as_is(ranges(rows, title=title, name="worst"))


def _figure(one: Told) -> str:
    point, whole = percent(one["loss"]), span(one)
    return point if point == whole else f"{point} ({whole})"


def percent(value: float) -> str:
    """A share as one reads it; a little is not nothing, and almost all is not all.

    >>> percent(0.456), percent(0.0), percent(0.001), percent(0.999), percent(1.0)
    ('46%', '0%', '<1%', '>99%', '100%')
    """
    if 0 < value < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= value < 1 else f"{value:.0%}"


def span(one: Told) -> str:
    """The range of a loss, by ``low`` and ``high``.

    >>> span({"low": 0.3, "high": 0.6}), span({"low": 1.0, "high": 1.0})
    ('30–60%', '100%')
    """
    low, high = percent(one["low"]), percent(one["high"])
    return high if low == high else f"{low.removesuffix('%')}–{high}"


def brief(text: Any, most: int = 160) -> str:
    """A text for a sentence, cut where it would fill the page.

    >>> brief("a rather long label", 10)
    'a rather…'
    """
    said = plain(text)
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def count(number: int, one: str, many: str = "") -> str:
    """A number of things.

    >>> count(1, "step"), count(2, "entity", "entities"), count(1200, "step")
    ('one step', 'two entities', '1,200 steps')
    """
    return f"{_word(number)} {one if number == 1 else many or one + 's'}"


def _word(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def _first_up(text: Any) -> str:
    said = plain(text)
    return said[:1].upper() + said[1:]


_WORLD = ("stances", "facts_only", "financing", "as_of", "according_to", "without")


def _parameters(given: Told) -> list[tuple[str, str]]:
    """The parameters of the model that are set."""
    found = [(name, value) for name, value in sorted(given.items()) if name not in _WORLD and value is not None]
    return [(name.replace("_", " "), f"{value:g}" if isinstance(value, float) else plain(value)) for name, value in found]


def _world(given: Told) -> list[tuple[str, str]]:
    """What was asked of, where it is not simply everything that is asserted."""
    said = [("as of", given.get("as_of")), ("only what this document says", given.get("according_to"))]
    said += [("without this document", given.get("without"))]
    said += [("only", "what is stated, nothing inferred")] if given.get("facts_only") else []
    said += [("with", "financing: companies need their revenue and funding")] if given.get("financing") else []
    beside = [words(one) for one in given.get("stances", ()) if one != "Asserts"]
    said += [("also let in what a source only", " or ".join(beside))] if beside else []
    return [(name, str(value)) for name, value in said if value]


__all__ = ["brief", "count", "page", "percent", "span"]
