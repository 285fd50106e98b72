"""Quotations: none is accepted that is not in the document, however it is changed."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.model import Company, Material
from knockon.proposals.check_line import LineChecker, Refused
from knockon.proposals.document_text import DocumentText
from knockon.proposals.proposal import Proposal
from knockon.proposals.quotes import EXACT, Place, copied_words, locate

GRAPH = [Company(id="urn:x:acme", label="Acme"), Material(id="urn:x:cobalt", label="Cobalt")]
TEXT = (
    "Acme Works relies on cobalt\n  from two mines.  The larger one, in Katanga, sold 40 % of its output to Acme in 2021;\r\n"
    "the smaller one closed. \u5546\u6c64 does not buy any. Caf\u00e9 \U0001f600 owners say: 'no cobalt, no cells'.\tEnd."
)
#: Characters that a forged quotation may have: those of the text, and some that look like them.
LETTERS = [*sorted(set(TEXT)), "\u0430", "\xa0", "\u200b", "\x00", "-", "Z"]


def is_in(text: str, quote: str) -> bool:
    """Say by other means whether a quotation is in a text when white space is made alike."""
    return " ".join(quote.split()) in " ".join(text.split())


def line(quote: str, **more: object) -> dict[str, object]:
    return {"class": "Dependency", "fields": {"dependant": "urn:x:acme", "need": "cobalt"}, "quote": quote, **more}


@given(quote=st.text(st.sampled_from(LETTERS), max_size=12), start=st.integers(0, len(TEXT)), length=st.integers(0, 40))
def test_a_quotation_is_found_only_where_the_text_has_it(quote: str, start: int, length: int) -> None:
    """With or without a place: what is found is the quotation but for white space, and the place is that of the text."""
    for found in (locate(TEXT, quote), locate(TEXT, quote, start, start + length)):
        if isinstance(found, Place):
            assert is_in(TEXT, quote)
            assert " ".join(TEXT[found.start : found.end].split()) == " ".join(quote.split())
            assert found.match != EXACT or TEXT[found.start : found.end] == quote


@given(start=st.integers(0, len(TEXT) - 1), length=st.integers(1, 80))
def test_every_passage_is_a_quotation_of_itself(start: int, length: int) -> None:
    """Exactly at its place, and with other white space."""
    passage = TEXT[start : start + length]
    if any(character.isalnum() for character in passage):
        assert locate(TEXT, passage, start, start + len(passage)) == Place(start, start + len(passage), EXACT)
        other = locate(TEXT, "\n ".join(passage.split()), start, start + len(passage))
        assert isinstance(other, Place)
        assert (other.start, other.end) == (
            start + len(passage) - len(passage.lstrip()), start + len(passage.rstrip()),
        )  # fmt: skip


PDF = "Acme relies on co-\r\nbalt and lith\ufffeium, a well-known metal. Semi- and full pro\xad\nducts."
#: What may stand between the letters of a word that is broken at the end of a line.
BROKEN = re.compile("[\\s\\-\xad\u2010\ufffe\x02]")


@given(quote=st.text(st.sampled_from(sorted({*PDF, "-"})), min_size=1, max_size=8), start=st.integers(0, len(PDF) - 1))
def test_a_quotation_of_a_pdf_has_the_letters_of_the_text(quote: str, start: int) -> None:
    """Words that are broken at the end of a line are whole in a quotation; no letter is added, left out or other."""
    for found in (locate(PDF, quote, pdf=True), locate(PDF, quote, start, start + len(quote), pdf=True)):
        if isinstance(found, Place):
            assert BROKEN.sub("", PDF[found.start : found.end]) == BROKEN.sub("", quote)
    for whole in ("cobalt and lithium", "a well-known metal", "full products", "lithium, a"):
        assert isinstance(locate(PDF, whole, pdf=True), Place), whole
        assert isinstance(locate(PDF, whole), Place) == (whole in PDF)
    assert isinstance(locate(PDF, "wellknown", pdf=True), str)


def test_of_a_thousand_forged_quotations_none_is_accepted() -> None:
    """A letter more, less or other, words exchanged, passages of two places joined; seeded, so that a failure is repeated."""
    rng = random.Random(14)  # noqa: S311 # no secret
    checker = LineChecker(DocumentText.of("a.txt", TEXT.encode()), GRAPH, "test", "2026-01-01")
    forged, accepted = 0, []
    while forged < 1_000:
        start = rng.randrange(len(TEXT) - 5)
        end = min(len(TEXT), start + rng.randrange(4, 90))
        quote = list(TEXT[start:end])
        for _ in range(rng.randrange(1, 4)):
            place = rng.randrange(len(quote))
            change = rng.randrange(5)
            if change == 0:
                quote[place] = rng.choice(LETTERS)
            elif change == 1:
                quote.insert(place, rng.choice(LETTERS))
            elif change == 2 and len(quote) > 2:
                del quote[place]
            elif change == 3:
                quote[place:] = TEXT[rng.randrange(len(TEXT)) :][: len(quote) - place]
            else:
                words = "".join(quote).split(" ")
                rng.shuffle(words)
                quote = list(" ".join(words))
        text = "".join(quote)
        if is_in(TEXT, text):
            continue
        forged += 1
        places = ({}, {"start": start, "end": end}, {"start": start, "end": min(len(TEXT), start + len(text))})
        accepted += [text for place in places if isinstance(checker.check(forged, line(text, **place)), Proposal)]
    assert (forged, accepted) == (1_000, [])


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"quote": "cobalt"}, "at 21, "),
        ({"quote": "--- "}, "no word"),
        ({"quote": "cobalt", "start": 5, "end": 11}, "of the document; it stands at 21-27"),
        ({"quote": "cobalt", "start": 21}, "end is missing"),
        ({"quote": "cobalt", "start": 21, "end": 10**9}, "not inside the text"),
        ({"quote": "cobalt", "start": -1, "end": 4}, "whole number"),
        ({"quote": "cobalt", "start": True, "end": 4}, "whole number"),
        ({"quote": "Acme Works", "page": 1}, "not a PDF"),
        ({"quote": 7}, "quote must be"),
        ({"quote": "Acme Works " * 200}, "longer than 600"),
    ],
)
def test_a_quotation_without_a_place_of_its_own_is_refused(given: dict[str, object], reason: str) -> None:
    """Ambiguous, elsewhere, half a place, outside of the text."""
    checker = LineChecker(DocumentText.of("a.txt", TEXT.encode()), GRAPH, "test", "2026-01-01")
    checked = checker.check(1, {**line(""), **given})
    assert isinstance(checked, Refused)
    assert reason in checked.reason


def test_no_passage_of_the_document_gets_into_a_field() -> None:
    """A mechanism that repeats a sentence is refused, and so is a label as long as one; a few words in common are not."""
    checker = LineChecker(DocumentText.of("a.txt", TEXT.encode()), GRAPH, "test", "2026-01-01")
    copied = {
        "dependant": "acme",
        "need": "cobalt",
        "mechanism": "The larger one, in Katanga, sold 40 % of its output, they say",
    }
    checked = checker.check(1, {**line("relies on cobalt"), "fields": copied})
    assert isinstance(checked, Refused)
    assert "mechanism repeats 9 words of the document or more" in checked.reason
    fields = {"dependant": "acme", "need": {"class": "Service", "label": " ".join(TEXT.split()[:16])}}
    checked = checker.check(1, {**line("relies on cobalt"), "fields": fields})
    assert isinstance(checked, Refused)
    assert "a name has at most 12" in checked.reason
    fields["need"] = {"class": "Service", "label": "The larger one, in Katanga, sold 40 %"}
    checked = checker.check(1, {**line("The larger one, in Katanga, sold 40 %"), "fields": fields})
    assert isinstance(checked, Refused)
    assert "label is the quotation" in checked.reason
    own = {"dependant": "acme", "need": "cobalt", "mechanism": "cells are made from cobalt\n from two mines"}
    assert isinstance(checker.check(1, {**line("relies on cobalt"), "fields": own}), Proposal)
    assert copied_words("a b c", "a b c", most=3) == ""
