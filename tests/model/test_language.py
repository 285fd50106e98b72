"""Texts with a language: equality, copies, and the language that is assumed where none is stated."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from knockon.model.language import LanguageString, likely_language


def test_texts_are_equal_if_text_and_language_are() -> None:
    """A plain string is equal to a text in any language, so that names can be compared with what somebody typed."""
    german, french = LanguageString("Pause", "de"), LanguageString("Pause", "fr")
    assert german != french
    assert german == "Pause" == french
    assert "Pause" == german  # noqa: SIM300 - the other way round
    assert german == LanguageString("Pause", "DE")
    assert len({german, french, LanguageString("Pause", "de")}) == 2


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])  # noqa: S301
def test_copies_keep_the_language(duplicate) -> None:  # type: ignore[no-untyped-def]
    """Also those that go to another process."""
    text = duplicate(LanguageString("Pause", "de"))
    assert (text, text.language) == ("Pause", "de")


def test_json_has_the_text() -> None:
    """JSON of answers has plain strings."""
    assert json.dumps(LanguageString("Pause", "de")) == '"Pause"'


@pytest.mark.parametrize("tag", ["d e", "de_AT", "-de", "de-", "1", "abcdefghi", "é", "de\n"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    """RDF would not take it."""
    with pytest.raises(ValueError, match="is not a language tag"):
        LanguageString("a", tag)


@pytest.mark.parametrize(
    ("text", "language"),
    [("", "en"), ("10 %", "en"), ("Café", "en"), ("5 µm", "en"), ("Ångström", "en"), ("α-iron", "en"), ("½ naïve ﬁ", "en"),
     ("商汤", ""), ("Яндекс", ""), ("SenseTime 商汤", ""), ("삼성", ""), ("שלום", ""), ("ﾊﾝｶｸ", "")],
)  # fmt: skip
def test_english_is_assumed_of_latin_letters_alone(text: str, language: str) -> None:
    """Greek letters are symbols; digits and signs belong to no script."""
    assert likely_language(text) == language
