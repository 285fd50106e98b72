"""The page on one shock that can be handed on: one HTML file without scripts, which needs no network and prints on A4.

Every text is untrusted: Jinja escapes it, control characters are made visible, and the policy of the page forbids scripts
and all loading, except for the one style sheet whose hash it names. See ``templates/report.html``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from knockon.analysis.answer_parts import Citation
from knockon.analysis.methods import METHODS
from knockon.analysis.records.document_folder import DocumentFolder
from knockon.analysis.report.shock_report import ShockReport
from knockon.analysis.told_apart import label_told_apart, told_apart
from knockon.model.dependency import READINGS
from knockon.present.cascade_drawing import Box, cascade_drawing, entity_loss
from knockon.present.caveats import confidence, given, owners, substituted, ungraded
from knockon.present.citations import confidence_text, folder_notes, is_link, place_text
from knockon.present.page.styles import words
from knockon.present.parameters import model_phrases, selection_phrases
from knockon.present.phrases import capitalized, count, number_word, percent, percent_range, shortened
from knockon.present.report.cascade_svg import CascadeSvg, cascade_svg, level
from knockon.present.report.cover import Cover
from knockon.present.report.first_page import GROUPS, class_count, first_page, group_basis
from knockon.present.report.holdings import ROWS as HOLDINGS
from knockon.present.report.holdings import amount_cell, holdings_sentences, part_text
from knockon.present.report.lines import Command, Name, Strong
from knockon.present.report.quotes import quotes
from knockon.present.report.sentences import remedies_duration
from knockon.present.rows.importance import HEADINGS, importance_meanings, measure_texts
from knockon.present.sums import sums_of
from knockon.present.template_environment import template_environment
from knockon.text import days, plain
from knockon.vocabulary import UNKNOWN, UNSTATED

#: The most parts of a sum that a page lists.
_MOST_PARTS = 12


def page(report: ShockReport, cover: Cover | None = None, documents: DocumentFolder | None = None) -> str:
    """Return the HTML of what ``analysis.report.report.gather`` returned.

    Parameters
    ----------
    report
        The content.
    cover
        Title, author, date and classification; None: the title is the label of the shock.
    documents
        The documents at hand, whose words are quoted; None: nothing is quoted.
    """
    # Of the cascade few have a box: it tells these apart.
    cover, report = cover or Cover(), told_apart(report, report.method.run.named, without=("cascade",))
    style = _style(cover)
    html = _environment(report, documents).get_template("report.html").render(
        report=report,
        cover=cover,
        title=cover.title or report.shock.label,
        brief=first_page(report),
        most=GROUPS,
        quotes=quotes(report, documents),
        folder_notes=folder_notes(documents) if documents else (),
        style=_as_is(style),
        policy=_as_is(f"default-src 'none'; style-src {_hash(style)}; img-src data:"),
        method=METHODS[report.method.model],
        cascade=_cascade(report) if report.cascade else None,
        parameters=model_phrases(report.method.parameters),
        selection=selection_phrases(report.method.parameters, report.method.run.named),
        ungraded=ungraded(report.method.ungraded_hits, report.method.run.named),
        evidence_left_out=confidence(report.method.parameters, report.method.confidence),
        owners=owners(report.method.owners_hit),
        substituted=" ".join(substituted(report.method.substitutions or ())),
        given=" ".join(given(report.method.parameters, report.method.run.named)),
        unknown=UNKNOWN,
        readings=READINGS,
        unstated=UNSTATED,
        importance_titles=list(HEADINGS.values()),
        importance_meanings=importance_meanings(),
        holdings_sentences=holdings_sentences(report.holdings) if report.holdings else (),
        most_holdings=HOLDINGS,
    )  # fmt: skip
    # A lone surrogate has no UTF-8.
    return html.encode("utf-8", "replace").decode("utf-8")


def _environment(report: ShockReport, documents: DocumentFolder | None) -> Environment:
    environment = template_environment(_make_visible)
    numbers = {source.iri: number for number, source in enumerate(report.sources, 1)}
    environment.filters.update(
        percent=percent,
        brief=shortened,
        words=words,
        count=count,
        word=number_word,
        first_up=capitalized,
        is_link=is_link,
        level=level,
        kinds=class_count,
        days=days,
        basis=group_basis,
        number=lambda iri: numbers.get(iri, 0),
        unbroken=_unbroken,
        amount=amount_cell,
        part=part_text,
    )
    parts = {"a_name": Name, "a_command": Command, "strong": Strong}
    environment.tests.update({name: lambda part, kind=kind: isinstance(part, kind) for name, kind in parts.items()})
    environment.globals.update(
        source=lambda iri: numbers.get(iri, 0), span=percent_range, lasting=remedies_duration, place=_place,
        confidence=confidence_text, sums_of=sums_of, measures=measure_texts, most_parts=_MOST_PARTS,
        quote=documents.quote if documents else lambda _: "",
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


def _unbroken(text: str) -> Markup:
    """Return words of ours with each range in one piece, so that no line ends within it.

    >>> print(_unbroken("56% (29–81%) & more"))
    56% <span class="spot">(29–81%)</span> &amp; more
    """
    return _as_is(re.sub(r"\(?[0-9&glt;]+–[0-9&glt;]+%\)?", r'<span class="spot">\g<0></span>', str(escape(plain(text)))))


def _as_is(text: str) -> Markup:
    # Only the style sheet of this package, its hash and text that is escaped already are exempt from escaping.
    return Markup(text)  # noqa: S704


def _style(cover: Cover) -> str:
    text = files("knockon.present").joinpath("templates", "report.css").read_text("utf-8").replace("\r\n", "\n")
    # Comments are for the reader of the source.
    text = re.sub(r"/\*.*?\*/\n?", "", text, flags=re.DOTALL)
    return text.replace("Knock-on impact report", _css_text(cover.classification or "Knock-on impact report"))


def _css_text(text: str) -> str:
    r"""Return a text for a string of CSS: all but letters, digits and spaces of ASCII as numbers.

    >>> print(_css_text('A "b"</style>'))
    A \000022b\000022\00003C\00002Fstyle\00003E
    """
    return re.sub("[^A-Za-z0-9 -]", lambda match: f"\\{ord(match[0]):06X}", plain(text))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _cascade(report: ShockReport) -> CascadeSvg:
    drawing = cascade_drawing(map(entity_loss, report.cascade))
    return cascade_svg(drawing, report.shock.label, partial(_box_label, report.method.run.named))


def _box_label(named: Callable[[str], str], box: Box) -> str:
    return label_told_apart(box.label, box.entity, named)


__all__ = ["page"]
