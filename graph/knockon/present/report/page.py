"""The page on one shock that can be handed on: one HTML file without scripts, which needs no network and prints on A4.

Every text is untrusted: Jinja escapes it, control characters are shown instead
of sent, and the policy of the page lets nothing run and nothing load but the
one style sheet whose hash it names. See ``templates/report.html``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from knockon.analysis.impact.impact_report import OwnerHit
from knockon.analysis.impact.support import Support
from knockon.model.dates import ALL
from knockon.model.dependency import READINGS
from knockon.present.cascade_drawing import EntityLoss, cascade_drawing
from knockon.present.caveats import owners, rests_on, ungraded
from knockon.present.methods import METHODS
from knockon.present.page.styles import words
from knockon.present.report.cascade_svg import CascadeSvg, cascade_svg
from knockon.present.report.loss_chart import Loss, LossChart, loss_chart
from knockon.text import plain
from knockon.vocabulary import UNKNOWN, UNSTATED

Told = Mapping[str, Any]
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def page(told: Told) -> str:
    """The HTML of what ``analysis.report.report.gather`` returned."""
    style = _style()
    html = _environment(told).get_template("report.html").render(
        told=told,
        style=_as_is(style),
        policy=_as_is(f"default-src 'none'; style-src {_hash(style)}; img-src data:"),
        method=METHODS[told["method"]["model"]],
        cascade=_cascade(told) if told["cascade"] else None,
        chart=_chart(told),
        parameters=_parameters(told["method"]["parameters"]),
        ungraded=ungraded(told["method"]["ungraded_hits"]),
        owners=owners([OwnerHit(**owner) for owner in told["method"]["owners_hit"]]),
        world=_world(told["method"]["parameters"]),
        unknown=UNKNOWN,
        readings=READINGS,
        unstated=UNSTATED,
    )  # fmt: skip
    # A lone surrogate has no UTF-8.
    return html.encode("utf-8", "replace").decode("utf-8")


def _environment(told: Told) -> Environment:
    environment = Environment(
        loader=PackageLoader("knockon.present"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    places = {source["iri"]: place for place, source in enumerate(told["sources"], 1)}
    environment.filters.update(
        percent=percent,
        brief=brief,
        words=words,
        count=count,
        word=_word,
        first_up=_first_up,
        rests_on=_rests_on,
    )
    environment.globals.update(
        source=lambda iri: places.get(iri, 0), span=span, resting=resting, remainder=remainder, lasting=lasting
    )
    return environment


def _harmless(value: Any) -> Any:
    return value if isinstance(value, Markup) else plain(value)


def _as_is(text: str) -> Markup:
    # The style sheet beside this module and its hash: nothing else may pass here.
    return Markup(text)  # noqa: S704


def _style() -> str:
    text = files("knockon.present").joinpath("templates", "report.css").read_text("utf-8").replace("\r\n", "\n")
    # Comments are for the reader of the source.
    return re.sub(r"/\*.*?\*/\n?", "", text, flags=re.DOTALL)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _cascade(told: Told) -> CascadeSvg:
    losses = [
        EntityLoss(
            entity=row["entity"],
            label=str(row["label"]),
            loss=row["loss"],
            low=row["low"],
            high=row["high"],
            step=row["step"],
            causes=(row["source"],) if row["source"] is not None else (),
        )
        for row in told["cascade"]
    ]
    return cascade_svg(cascade_drawing(losses), told["shock"]["label"])


def _chart(told: Told) -> LossChart | None:
    """The chart of the worst hit; there is nothing to draw of what is only reached."""
    if not told["worst"] or told["method"]["model"] == "reach":
        return None
    losses = [Loss(str(row["label"]), row["loss"], row["low"], row["high"], _figure(row)) for row in told["worst"]]
    axis = METHODS[told["method"]["model"]].axis
    who = count(len(losses), "entity", "entities")
    title = f"Dots and ranges of the {axis} of {who} in the table, which has the same numbers"
    return loss_chart(losses, title=title, name="worst")


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


def resting(figures: Told) -> str:
    """How many of those in the table rest on what no source says, and in what way.

    >>> resting({"shown": 10, "inferred": 1, "judged": 10, "unknown": 0})
    'Of the ten in the table, one rests on a link that is inferred and all on a value that the authors of the data judged.'
    >>> resting({"shown": 1, "inferred": 0, "judged": 0, "unknown": 1})
    'The one in the table rests on a severity or criticality that nobody gave.'
    """
    kinds = {
        "inferred": "a link that is inferred",
        "judged": "a value that the authors of the data judged",
        "unknown": "a severity or criticality that nobody gave",
    }
    found = [(figures[key], said) for key, said in kinds.items() if figures[key]]
    shown = figures["shown"]
    if not found:
        return ""
    if shown == 1:
        return f"The one in the table rests {listed([f'on {said}' for _, said in found])}."
    who = ["all" if number == shown else _word(number) for number, _ in found]
    who[0] += " rests" if found[0][0] == 1 else " rest"
    parts = [f"{one} on {said}" for one, (_, said) in zip(who, found, strict=True)]
    return f"Of the {_word(shown)} in the table, {listed(parts)}."


def remainder(figures: Told, model: str) -> str:
    """How hard those are hit whom the table has no room for.

    >>> remainder({"equal": 11, "less": 6}, "leontief")
    '11 more lose as much as the last of these, six less.'
    >>> remainder({"equal": 1, "less": 0}, "leontief"), remainder({"equal": 0, "less": 2}, "chance")
    ('One more loses as much as the last of these.', 'Two more fail less probably.')
    """
    equal, less = figures["equal"], figures["less"]
    if not equal + less:
        return ""
    one, many, as_hard, softer = _HARDER.get(model, _HARDER["leontief"])
    verb = one if (equal or less) == 1 else many
    if model == "reach":
        return f"{_first_up(_word(equal + less))} more {one if equal + less == 1 else many} reached."
    if not equal:
        return f"{_first_up(_word(less))} more {verb} {softer}."
    return f"{_first_up(_word(equal))} more {verb} {as_hard} as the last of these{f', {_word(less)} {softer}' if less else ''}."


_HARDER = {
    "leontief": ("loses", "lose", "as much", "less"),
    "chance": ("fails", "fail", "as probably", "less probably"),
    "reach": ("is", "are", "", ""),
}


def lasting(stocks: Sequence[Told], days: float) -> str:
    """The sum behind a stock that lasts longer than it is large, where one of these does: the first of them.

    >>> lasting([{"short": 1.0, "time_gained": 30.0}, {"short": 0.75, "time_gained": 40.0}], 30.0)
    '30 days ÷ 75% missing = 40 days'
    >>> lasting([{"short": 1.0, "time_gained": 30.0}], 30.0)
    ''
    """
    for one in stocks:
        # A delay elsewhere, or the days being whole, may make it another number: then this sum does not explain it.
        if 0 < one["short"] < 1 and one["time_gained"] > days and abs(days / one["short"] - one["time_gained"]) <= 0.05:
            return f"{days:g} days ÷ {100 * one['short']:.4g}% missing = {one['time_gained']:.4g} days"
    return ""


def listed(parts: Sequence[str]) -> str:
    """Several things in a sentence.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


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


def _rests_on(support: Mapping[str, Any]) -> str:
    return rests_on(Support.from_dict(support))


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
    as_of = given.get("as_of")
    said = [
        ("on any day", "dates are ignored") if as_of == ALL else ("as of", as_of),
        ("only what this document says", given.get("according_to")),
    ]
    said += [("without this document", given.get("without"))]
    said += [("only", "what is stated, nothing inferred")] if given.get("facts_only") else []
    said += [("with", "financing: companies need their revenue and funding")] if given.get("financing") else []
    beside = [words(one) for one in given.get("stances", ()) if one != "Asserts"]
    said += [("also let in what a source only", " or ".join(beside))] if beside else []
    return [(name, str(value)) for name, value in said if value]


__all__ = ["brief", "count", "lasting", "listed", "page", "percent", "remainder", "resting", "span"]
