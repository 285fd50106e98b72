"""The page on one shock that can be handed on: one HTML file without scripts, which needs no network and prints on A4.

Every text is untrusted: Jinja escapes it, control characters are made visible, and the policy of the page forbids scripts
and all loading, except for the one style sheet whose hash it names. See ``templates/report.html``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from knockon.analysis.answer_parts import Citation
from knockon.analysis.impact.impact_report import Impact
from knockon.analysis.methods import METHODS
from knockon.analysis.report.shock_report import ShockReport
from knockon.model.dependency import READINGS
from knockon.present.cascade_drawing import cascade_drawing, entity_loss
from knockon.present.caveats import confidence, owners, rests_on, ungraded
from knockon.present.citations import confidence_text, is_link, place_text
from knockon.present.page.styles import words
from knockon.present.parameters import model_phrases, selection_phrases
from knockon.present.phrases import capitalized, count, number_word, percent, percent_range, shortened
from knockon.present.report.cascade_svg import CascadeSvg, cascade_svg
from knockon.present.report.loss_chart import Loss, LossChart, loss_chart
from knockon.present.report.sentences import remainder, remedies_duration, resting
from knockon.text import plain
from knockon.vocabulary import UNKNOWN, UNSTATED


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
        parameters=model_phrases(report.method.parameters),
        selection=selection_phrases(report.method.parameters),
        ungraded=ungraded(report.method.ungraded_hits),
        evidence_left_out=confidence(report.method.parameters, report.method.confidence),
        owners=owners(report.method.owners_hit),
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
        finalize=_make_visible,
    )
    numbers = {source.iri: number for number, source in enumerate(report.sources, 1)}
    environment.filters.update(
        percent=percent,
        brief=shortened,
        words=words,
        count=count,
        word=number_word,
        first_up=capitalized,
        rests_on=rests_on,
        is_link=is_link,
    )
    environment.globals.update(
        source=lambda iri: numbers.get(iri, 0), span=percent_range, resting=resting, remainder=remainder,
        lasting=remedies_duration, place=_place, confidence=confidence_text,
    )  # fmt: skip
    return environment


def _place(citation: Citation, unit: str = "") -> str:
    """Return a place in a document, a span with a dash and its unit; a name in it is shortened."""
    if citation.start is not None:
        return f"{unit}{citation.start}–{citation.end}"
    return shortened(place_text(citation), 120)


def _make_visible(value: Any) -> Any:
    """Return a value with its control characters made visible, unless it is markup."""
    return value if isinstance(value, Markup) else plain(value)


def _as_is(text: str) -> Markup:
    # Only the style sheet of this package and its hash are exempt from escaping.
    return Markup(text)  # noqa: S704


def _style() -> str:
    text = files("knockon.present").joinpath("templates", "report.css").read_text("utf-8").replace("\r\n", "\n")
    # Comments are for the reader of the source.
    return re.sub(r"/\*.*?\*/\n?", "", text, flags=re.DOTALL)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _cascade(report: ShockReport) -> CascadeSvg:
    return cascade_svg(cascade_drawing(map(entity_loss, report.cascade)), report.shock.label)


def _chart(report: ShockReport) -> LossChart | None:
    """Return the chart of the worst hit; None if there are no numbers to draw."""
    method = METHODS[report.method.model]
    if not report.worst or not method.graded:
        return None
    impacts = [row.impact for row in report.worst]
    losses = [Loss(impact.label, impact.loss, impact.loss_low, impact.loss_high, _figure(impact)) for impact in impacts]
    entities = count(len(losses), "entity", "entities")
    title = f"Dots and ranges of the {method.axis} of {entities} in the table, which has the same numbers"
    return loss_chart(losses, title=title, name="worst")


def _figure(impact: Impact) -> str:
    loss, whole_range = percent(impact.loss), percent_range(impact.loss_low, impact.loss_high)
    return loss if loss == whole_range else f"{loss} ({whole_range})"


__all__ = ["page"]
