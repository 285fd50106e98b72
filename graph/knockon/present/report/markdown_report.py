"""A report as Markdown: the same lines as the page, without drawings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knockon.analysis.answer_parts import Citation
from knockon.analysis.explain.explanation import CausalLink
from knockon.analysis.methods import METHODS
from knockon.analysis.records.document_folder import DocumentFolder
from knockon.analysis.report.citations import CitedDocument
from knockon.analysis.report.hit_groups import HitGroup
from knockon.analysis.report.shock_report import LossChain, ShockReport
from knockon.analysis.told_apart import told_apart
from knockon.markdown import (
    Markdown,
    bullets,
    code,
    document,
    emphasis,
    escape,
    heading,
    inline,
    joined,
    paragraph,
    quotation,
    strong,
    table,
)
from knockon.present.caveats import given, substituted
from knockon.present.citations import folder_notes, place_text
from knockon.present.page.styles import words
from knockon.present.parameters import model_phrases, selection_phrases
from knockon.present.phrases import capitalized, count, percent, percent_range, shortened
from knockon.present.report.cover import Cover
from knockon.present.report.finding import loss_words
from knockon.present.report.first_page import GROUPS, class_count, first_page, group_basis
from knockon.present.report.holdings import ROWS as HOLDINGS
from knockon.present.report.holdings import amount_cell, holdings_sentences, part_text
from knockon.present.report.lines import Cited, Command, Line, Name, Part, Strong
from knockon.present.report.quotes import quotes
from knockon.present.rows.importance import HEADINGS, importance_meanings, measure_texts

#: The most names in a row of a table, and the most characters of a name.
_NAMES, _LETTERS = 12, 160


def markdown(page: ShockReport, cover: Cover | None = None, documents: DocumentFolder | None = None) -> str:
    r"""Return the Markdown of what ``analysis.report.report.gather`` returned; the parameters are those of ``page``.

    Examples
    --------
    >>> import knockon
    >>> from knockon.analysis.report.report import gather
    >>> print(markdown(gather(knockon.open("chips").impact("tainan-earthquake"))).partition("\n")[0])
    # Strong earthquake at Tainan
    """
    # The labels of the cascade are not shown.
    page = told_apart(page, page.method.run.named, without=("cascade",))
    text = document(*_Writer(page, cover or Cover(), documents).blocks()) + "\n"
    # A lone surrogate has no UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")


class _Writer:
    """Writes the sections of a report."""

    def __init__(self, page: ShockReport, cover: Cover, documents: DocumentFolder | None) -> None:
        self.page, self.cover, self.documents = page, cover, documents
        self.method = METHODS[page.method.model]
        self.numbers = {source.iri: number for number, source in enumerate(page.sources, 1)}

    def blocks(self) -> Iterator[Markdown]:
        """Yield the blocks of the report, from above."""
        page = self.page
        yield heading(1, shortened(self.cover.title or page.shock.label, 300))
        yield paragraph(joined(" · ", self._under()))
        if page.truncated:
            yield paragraph(strong("Stopped by its cap."), " Losses may be too low. Do not hand it on as it is.")
        yield from self._first_page()
        yield from self._groups()
        yield from self._holdings()
        yield from self._why()
        yield from self._chokepoints()
        yield from self._importance()
        yield from self._method()
        yield from self._sources()

    def _under(self) -> list[str]:
        cover, method = self.cover, self.page.method
        titles = ", ".join(shortened(data_set.title, 120) for data_set in method.data_sets)
        phrases = selection_phrases(method.parameters, method.run.named)
        selection = [f"{name} {shortened(value, 80)}".rstrip() for name, value in phrases]
        shock = shortened(self.page.shock.label, 200) if cover.title else ""
        parts = ["Impact report", cover.classification, cover.author, cover.long_date, shock, titles or "An empty graph"]
        return [part for part in (*parts, *selection) if part]

    def _line(self, line: Line) -> Markdown:
        return inline(*(self._part(part) for part in line))

    def _part(self, part: Part) -> Markdown:
        if isinstance(part, Name):
            return escape(shortened(part.text, 140))
        if isinstance(part, Strong):
            return strong(part.text)
        if isinstance(part, Cited):
            return self._numbers(part.evidence)
        return code(part.text) if isinstance(part, Command) else escape(part)

    def _numbers(self, evidence: Sequence[Citation]) -> Markdown:
        cited = sorted({self.numbers.get(citation.document, 0) for citation in evidence})
        return joined(" ", [f"[{number}]" for number in cited])

    def _first_page(self) -> Iterator[Markdown]:
        first = first_page(self.page)
        yield heading(2, "Finding")
        yield paragraph(joined(" ", [self._line(line) for line in first.finding]))
        yield bullets(
            [
                inline(strong("Likelihood"), ": ", self._line(first.likelihood)),
                inline(strong("Impact"), ": ", self._line(first.impact)),
            ]
        )
        sections = (("What we know", first.known), ("What we do not know", first.unknown), ("What would help", first.helps))
        for title, lines in (*sections, ("What to watch", first.watch)):
            yield heading(3, title)
            yield bullets([self._line(line) for line in lines])
            if lines is first.helps and first.command is not None:
                repeat = "Each number is a run of the model with that change. To repeat them on the same data: "
                yield paragraph(repeat, code(first.command.text))

    def _groups(self) -> Iterator[Markdown]:
        if not self.page.groups:
            return
        yield heading(2, "Who is hit")
        graded = self.method.graded
        columns = [*(["loss"] if graded else []), "who", "class", "steps", "rests on"]
        yield table(columns, [self._group(group) for group in self.page.groups[:GROUPS]])
        alike = "lose equally much" if graded else "are reached alike"
        more = len(self.page.groups) - GROUPS
        rest = (
            f" {capitalized(count(more, 'group'))} that {'loses' if more == 1 else 'lose'} less not shown." if more > 0 else ""
        )
        yield paragraph(f"One row for each class and loss: those in a row {alike}, and are in no order of importance.{rest}")

    def _group(self, group: HitGroup) -> list[str]:
        shown = ", ".join(shortened(label, _LETTERS) for label in group.labels[:_NAMES])
        more = f" and {len(group) - _NAMES} more" if len(group) > _NAMES else ""
        steps = f"{group.first_step}" if group.first_step == group.last_step else f"{group.first_step}–{group.last_step}"
        hit = f", hit {'itself' if len(group) == 1 else 'themselves'}" if group.is_hit else ""
        loss = [loss_words(group)] if self.method.graded else []
        return [*loss, f"{shown}{more}", f"{class_count(len(group), group.cls)}{hit}", steps, group_basis(group)]

    def _holdings(self) -> Iterator[Markdown]:
        section = self.page.holdings
        if section is None:
            return
        yield heading(2, "Portfolio")
        yield paragraph(" ".join(holdings_sentences(section)))
        weighted = [section.loss.amount_column, "weighted loss"] if section.loss.amount is not None else []
        rows = [
            [
                shortened(row.label, _LETTERS),
                *([percent(row.loss), percent_range(row.loss_low, row.loss_high)] if self.method.graded else []),
                *([amount_cell(row.amount), amount_cell(row.weighted_loss)] if weighted else []),
                part_text(row),
            ]
            for row in section.rows[:HOLDINGS]
        ]
        if rows:
            yield table(["who", *(["loss", "range"] if self.method.graded else []), *weighted, "worst part"], rows)

    def _why(self) -> Iterator[Markdown]:
        if not self.page.why:
            return
        yield heading(2, "Why")
        for chain in self.page.why:
            loss = f" ({self._loss(chain)})" if self.method.graded else ""
            yield heading(3, shortened(chain.impact.label, 300), loss)
            origin = chain.origin
            amount = "" if origin.unknown else f" by {percent(origin.severity.point)}"
            hit = inline("The shock hits ", shortened(origin.target_label, 240), amount, self._cited(origin.evidence), ".")
            reasons = [
                inline(shortened(reason.text, 600).removesuffix("."), self._cited(reason.evidence), ".")
                for reason in origin.covered or ()
            ]
            yield bullets([hit, *reasons, *(self._link(link) for link in chain.links)])
            yield from self._quoted([*origin.evidence, *(citation for link in chain.links for citation in link.evidence)])

    def _loss(self, chain: LossChain) -> str:
        impact = chain.impact
        whole = percent_range(impact.loss_low, impact.loss_high)
        return percent(impact.loss) if whole == percent(impact.loss) else f"{percent(impact.loss)}, {whole}"

    def _link(self, link: CausalLink) -> Markdown:
        provider = f" from {shortened(link.provider_label, _LETTERS)}" if link.provider_label else ""
        short = f": {percent(link.shortage)} of it is missing" if self.method.graded else ""
        loses = f", and it {self.method.loses} {percent(link.loss)}" if self.method.graded else f", and {self.method.loses}"
        marks = " (inferred: no document states it)" if link.inferred else ""
        text = (
            f"{shortened(link.dependant_label, _LETTERS)} needs {shortened(link.need_label, _LETTERS)}{provider}{short}{loses}"
        )
        return inline(text, marks, self._cited(link.evidence), ".")

    def _cited(self, evidence: Sequence[Citation]) -> Markdown:
        """Return the numbers of the documents with their places; that there is none where there is none."""
        if not evidence:
            return inline(" (no source)")
        places = (f"[{self.numbers.get(c.document, 0)}] {shortened(place_text(c), 120)}".rstrip() for c in evidence[:4])
        return inline(" (", "; ".join(places), f"; {len(evidence) - 4} more" if len(evidence) > 4 else "", ")")

    def _quoted(self, evidence: Sequence[Citation]) -> Iterator[Markdown]:
        """Yield the words at some places as quotations."""
        if self.documents is None:
            return
        for citation in dict.fromkeys(evidence):
            if words_there := self.documents.quote(citation):
                yield quotation(words_there, " ", self._numbers([citation]))

    def _chokepoints(self) -> Iterator[Markdown]:
        section, focus = self.page.chokepoints, self.page.focus
        if section.skipped is not None or focus is None or not section.points:
            return
        yield heading(2, "Choke points")
        yield paragraph("What ", strong(shortened(focus.label, _LETTERS)), " cannot do without, whatever the shock.")
        rows = [
            [shortened(row.point.label, _LETTERS), words(row.point.cls), percent(row.point.loss), row.point.distance]
            for row in section.points[:8]
        ]
        yield table(["if this fails", "class", "it loses", "links away"], rows)
        if len(section.points) > 8:
            yield paragraph(f"{capitalized(count(len(section.points) - 8, 'other'))} not shown.")

    def _importance(self) -> Iterator[Markdown]:
        found = self.page.importance
        if found is None or not (found.skipped or found.importances):
            return
        yield heading(2, "What the failure rests on")
        if found.skipped is not None:
            yield paragraph(f"Left out: {found.skipped}. ", code("knockon importance"), " measures it.")
            return
        more = f"; {count(found.left_out, 'other')} not measured" if found.left_out else ""
        probability = percent(found.probability or 0.0)
        yield paragraph(
            strong(shortened(found.label, _LETTERS)),
            f" fails with a probability of {probability}. Of those on the way, what each matters for that failure{more}.",
        )
        rows = [[shortened(one.label, _LETTERS), percent(one.fails), *measure_texts(one)] for one in found.importances]
        yield table(["cause", "it fails", *HEADINGS.values()], rows)
        yield bullets(importance_meanings())

    def _method(self) -> Iterator[Markdown]:
        method, run = self.method, self.page.method
        yield heading(2, "Method")
        yield paragraph("Model ", code(run.model), f": {method.answers}. {method.caveat}")
        yield bullets(method.equations)
        yield paragraph(f"{method.reference}.")
        if conditions := given(run.parameters, run.run.named):
            yield paragraph(*conditions)
        if run.substitutions:
            yield paragraph(*substituted(run.substitutions))
        parameters = ", ".join(f"{name} {value}".rstrip() for name, value in model_phrases(run.parameters))
        stopped = "stopped by its cap" if run.stopped_by == "cap" else "at rest"
        parts = [
            f"{stopped} after {count(run.iterations, 'round')}",
            parameters,
            run.as_of_text.rstrip("."),
            f"Knock-on {run.version}",
        ]
        yield paragraph("The run: ", "; ".join(part for part in parts if part), "; network ", code(run.network_hash[:12]), ".")

    def _sources(self) -> Iterator[Markdown]:
        yield heading(2, "Sources")
        if not self.page.sources:
            yield paragraph("No document is cited.")
            return
        found = quotes(self.page, self.documents)
        for number, source in enumerate(self.page.sources, 1):
            yield paragraph(f"[{number}] ", emphasis(shortened(source.title, 300)), ". ", _published(source))
            for words_there, place in found.get(source.iri, []):
                yield quotation(words_there, f" ({place})")
        if self.documents is not None:
            yield bullets([f"{capitalized(line)}." for line in folder_notes(self.documents)])


def _published(source: CitedDocument) -> str:
    """Return publisher, author, date and address of a document."""
    issued = source.issued or ""
    day = issued[:4] if source.precision == "Year" else issued[:7] if source.precision == "Month" else issued
    publisher = f"Published by {', '.join(source.publisher)}" if source.publisher else ""
    creator = f"by {', '.join(source.creator)}" if source.creator and source.creator != source.publisher else ""
    retrieved = f"retrieved {source.retrieved}" if source.retrieved else ""
    parts = [publisher, creator, day or "undated", *source.address[:2], retrieved]
    return f"{capitalized('; '.join(shortened(part, 300) for part in parts if part))}."


__all__ = ["markdown"]
