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

from knockon.analysis.answer import JsonValue
from knockon.analysis.impact.impact_report import Impact
from knockon.analysis.methods import METHODS
from knockon.analysis.mitigate.mitigation import SingleChange
from knockon.analysis.report.remedy_section import Remedy
from knockon.analysis.report.shock_report import ShockReport
from knockon.model.dates import ALL
from knockon.model.dependency import READINGS
from knockon.present.cascade_drawing import EntityLoss, cascade_drawing
from knockon.present.caveats import owners, rests_on, ungraded
from knockon.present.page.styles import words
from knockon.present.report.cascade_svg import CascadeSvg, cascade_svg
from knockon.present.report.loss_chart import Loss, LossChart, loss_chart
from knockon.text import plain
from knockon.vocabulary import UNKNOWN, UNSTATED

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def page(report: ShockReport) -> str:
    """Return the HTML of what ``analysis.report.report.gather`` returned."""
    style = _style()
    html = _environment(report).get_template("report.html").render(
        report=report,
        style=_as_is(style),
        policy=_as_is(f"default-src 'none'; style-src {_hash(style)}; img-src data:"),
        method=METHODS[report.method.model],
        cascade=_cascade(report) if report.cascade else None,
        chart=_chart(report),
        parameters=_parameters(report.method.parameters),
        ungraded=ungraded(report.method.ungraded_hits),
        owners=owners(report.method.owners_hit),
        world=_world(report.method.parameters),
        unknown=UNKNOWN,
        readings=READINGS,
        unstated=UNSTATED,
    )  # fmt: skip
    # A lone surrogate has no UTF-8.
    return html.encode("utf-8", "replace").decode("utf-8")


def _environment(report: ShockReport) -> Environment:
    environment = Environment(
        loader=PackageLoader("knockon.present"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    places = {source.iri: place for place, source in enumerate(report.sources, 1)}
    environment.filters.update(
        percent=percent,
        brief=brief,
        words=words,
        count=count,
        word=_word,
        first_up=_first_up,
        rests_on=rests_on,
    )
    environment.globals.update(
        source=lambda iri: places.get(iri, 0), span=span, resting=resting, remainder=remainder, lasting=_lasting
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


def _cascade(report: ShockReport) -> CascadeSvg:
    losses = [
        EntityLoss(
            entity=impact.entity,
            label=impact.label,
            loss=impact.loss,
            low=impact.loss_low,
            high=impact.loss_high,
            step=impact.step,
            causes=(impact.source,) if impact.source is not None else (),
        )
        for impact in report.cascade
    ]
    return cascade_svg(cascade_drawing(losses), report.shock.label)


def _chart(report: ShockReport) -> LossChart | None:
    """Return the chart of the worst hit; there is nothing to draw of what is only reached."""
    if not report.worst or not METHODS[report.method.model].graded:
        return None
    impacts = [row.impact for row in report.worst]
    losses = [Loss(one.label, one.loss, one.loss_low, one.loss_high, _figure(one)) for one in impacts]
    axis = METHODS[report.method.model].axis
    who = count(len(losses), "entity", "entities")
    title = f"Dots and ranges of the {axis} of {who} in the table, which has the same numbers"
    return loss_chart(losses, title=title, name="worst")


def _figure(impact: Impact) -> str:
    point, whole = percent(impact.loss), span(impact.loss_low, impact.loss_high)
    return point if point == whole else f"{point} ({whole})"


def percent(value: float) -> str:
    """Return a share as one reads it; a little is not nothing, and almost all is not all.

    >>> percent(0.456), percent(0.0), percent(0.001), percent(0.999), percent(1.0)
    ('46%', '0%', '<1%', '>99%', '100%')
    """
    if 0 < value < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= value < 1 else f"{value:.0%}"


def span(low: float, high: float) -> str:
    """Return the range of a loss.

    >>> span(0.3, 0.6), span(1.0, 1.0)
    ('30–60%', '100%')
    """
    least, most = percent(low), percent(high)
    return most if least == most else f"{least.removesuffix('%')}–{most}"


def resting(*, shown: int, inferred: int, judged: int, unknown: int) -> str:
    """Return how many of those in the table rest on what no source says, and in what way.

    >>> resting(shown=10, inferred=1, judged=10, unknown=0)
    'Of the ten in the table, one rests on a link that is inferred and all on a value that the authors of the data judged.'
    >>> resting(shown=1, inferred=0, judged=0, unknown=1)
    'The one in the table rests on a severity or criticality that nobody gave.'
    """
    kinds = [
        (inferred, "on a link that is inferred"),
        (judged, "on a value that the authors of the data judged"),
        (unknown, "on a severity or criticality that nobody gave"),
    ]
    counts = [(number, phrase) for number, phrase in kinds if number]
    if not counts:
        return ""
    if shown == 1:
        return f"The one in the table rests {listed([phrase for _, phrase in counts])}."
    who = ["all" if number == shown else _word(number) for number, _ in counts]
    who[0] += " rests" if counts[0][0] == 1 else " rest"
    parts = [f"{subject} {phrase}" for subject, (_, phrase) in zip(who, counts, strict=True)]
    return f"Of the {_word(shown)} in the table, {listed(parts)}."


def remainder(equal: int, less: int, model: str) -> str:
    """Return how hard those are hit that the table has no room for.

    Parameters
    ----------
    equal, less
        How many lose as much as the last that is shown, and how many less.
    model
        The model that computed the losses.

    Examples
    --------
    >>> remainder(11, 6, "leontief")
    '11 more lose as much as the last of these, six less.'
    >>> remainder(1, 0, "leontief"), remainder(0, 2, "chance")
    ('One more loses as much as the last of these.', 'Two more fail less probably.')
    """
    if not equal + less:
        return ""
    method = METHODS[model]
    if not method.graded:
        return f"{_first_up(_word(equal + less))} more {method.affected.of(equal + less)}."
    comparison = method.comparison
    verb = comparison.verb.of(equal or less)
    if not equal:
        return f"{_first_up(_word(less))} more {verb} {comparison.less_hard}."
    others = f", {_word(less)} {comparison.less_hard}" if less else ""
    return f"{_first_up(_word(equal))} more {verb} {comparison.as_hard} as the last of these{others}."


def lasting(stocks: Sequence[tuple[float, float]], days: float) -> str:
    """Return the sum behind a stock that lasts longer than it is large, where one of these does: the first of them.

    Parameters
    ----------
    stocks
        Of each stock how much of the need is missing (0..1), and the days that it gains.
    days
        The size of a stock, in days of the whole need.

    Examples
    --------
    >>> lasting([(1.0, 30.0), (0.75, 40.0)], 30.0)
    '30 days ÷ 75% missing = 40 days'
    >>> lasting([(1.0, 30.0)], 30.0)
    ''
    """
    for short, gained in stocks:
        # A delay elsewhere, or the days being whole, may make it another number: then this sum does not explain it.
        if 0 < short < 1 and gained > days and abs(days / short - gained) <= 0.05:
            return f"{days:g} days ÷ {100 * short:.4g}% missing = {gained:.4g} days"
    return ""


def _lasting(remedies: Sequence[Remedy], days: float) -> str:
    changes = [(remedy.short, remedy.tried) for remedy in remedies]
    return lasting(
        [(short, change.time_gained) for short, change in changes if isinstance(change, SingleChange) and change.time_gained],
        days,
    )


def listed(parts: Sequence[str]) -> str:
    """Return several things in a sentence.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def brief(text: Any, most: int = 160) -> str:
    """Return a text for a sentence, cut where it would fill the page.

    >>> brief("a rather long label", 10)
    'a rather…'
    """
    said = plain(text)
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def count(number: int, one: str, many: str = "") -> str:
    """Return a number of things.

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


def _parameters(given: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    """The parameters of the model that are set."""
    parameters = [(name, value) for name, value in sorted(given.items()) if name not in _WORLD and value is not None]
    return [(name.replace("_", " "), f"{value:g}" if isinstance(value, float) else plain(value)) for name, value in parameters]


def _world(given: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    """What was asked of, where it is not simply everything that is asserted."""
    as_of = given.get("as_of")
    phrases = [
        ("on any day", "dates are ignored") if as_of == ALL else ("as of", as_of),
        ("only what this document says", given.get("according_to")),
    ]
    phrases += [("without this document", given.get("without"))]
    phrases += [("only", "what is stated, nothing inferred")] if given.get("facts_only") else []
    phrases += [("with", "financing: companies need their revenue and funding")] if given.get("financing") else []
    stances = given.get("stances")
    beside = [words(str(stance)) for stance in stances if stance != "Asserts"] if isinstance(stances, list | tuple) else []
    phrases += [("also let in what a source only", " or ".join(beside))] if beside else []
    return [(name, str(value)) for name, value in phrases if value]


__all__ = ["brief", "count", "lasting", "listed", "page", "percent", "remainder", "resting", "span"]
