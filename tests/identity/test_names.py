"""Names in one form, and the index that finds similar ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.identity.index import NameIndex
from knockon.identity.legal_forms import form_words, split_form
from knockon.identity.names import LONGEST, normalize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Huawei Technologies Co., Ltd.", "HUAWEI TECHNOLOGIES CO LTD"),
        ("Société Générale S.A.", "SOCIETE GENERALE SA"),
        ("Levi's", "LEVIS"),
        ("L.L.C. Surgutmebel", "OOO 'SURGUTMEBEL'"),
        ("Газпром ПАО", "ПАО «Газпром»"),
        ("商汤集团有限公司", "商汤集团有限责任公司"),
        ("トヨタ自動車株式会社", "株式会社トヨタ自動車"),
        ("Müller & Söhne GmbH", "MULLER SOHNE GMBH"),
        ("U.S. Steel Corp", "US Steel Corporation"),
        ("ＡＣＭＥ　Ltd", "Acme Limited"),
        ("Acme\u00a0\u200bLtd", "acme ltd."),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    """Case, accents, punctuation, full width and the spelling of a legal form do not tell names apart."""
    assert normalize(one) == normalize(other)
    assert normalize(one).words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Ltd", "Acme GmbH"),
        ("Bank of the West", "Bank of the East"),
        ("Dahua Technology", "DAHUA ELECTRONICS"),
        ("Fund I LP", "Fund II LP"),
        ("3M", "M3"),
        ("商汤", "SenseTime"),
    ],
)
def test_different_names_are_not(one: str, other: str) -> None:
    """A legal form, a word or a number that differs is a difference."""
    assert normalize(one) != normalize(other)


@pytest.mark.parametrize("text", ["", " ", "...", "🙂🙂", "\u0301", "—", "\x00"])
def test_a_name_without_letters_has_no_words(text: str) -> None:
    """What has no letter or digit is no name, and finds nothing."""
    assert normalize(text).words == ()
    assert NameIndex([text, "Acme"]).query(text) == []


@pytest.mark.parametrize("text", ["TECHNOLOGY", "CLOUD", "Cloud Services Ltd", "X", "The", "Bank of the East", "AB"])
def test_general_words_and_letters_say_nothing(text: str) -> None:
    """A name of general words, or of one letter, names nobody in particular."""
    assert not normalize(text).says_something


def test_a_very_long_name_is_read_in_part() -> None:
    """Ten million characters take no time, and a name is what its beginning says."""
    assert len(normalize("acme " * 2_000_000).text) <= LONGEST
    assert NameIndex(["x" * 10_000_000, "x y " * 1_000_000]).query("x" * 10_000_000)[0].row == 0


@given(st.text(max_size=40))
def test_any_text_has_one_form(text: str) -> None:
    """Case does not matter, and the form of a form is itself where it has no legal form in it."""
    name = normalize(text)
    again = normalize(name.text)
    assert again.form or again.words == name.words or set(again.words) <= set(name.words)
    assert normalize(text.upper()).words == normalize(text.upper().lower()).words


def test_every_form_is_split_off() -> None:
    """Each entry of the table ends a name."""
    for words in form_words():
        assert split_form(["acme", "works", *words])[0][:2] == ["acme", "works"]


@pytest.mark.parametrize(
    ("query", "never"),
    [
        ("UBAIDULLAH", "Baidu"),
        ("TECHNOLOGY", "Dahua Technology"),
        ("CLOUD", "Alibaba Cloud"),
        ("Bank of the West", "Bank of the East"),
    ],
)
def test_a_part_of_a_name_is_not_the_name(query: str, never: str) -> None:
    """No similarity comes from letters or words that one name has within another."""
    index = NameIndex([never, "Acme"])
    assert all(match.score < 0.6 for match in index.query(query, 0.0))


def test_slips_joined_words_and_single_forms_are_found() -> None:
    """A name is found with a slip, with words joined, and without its legal form, the most similar first."""
    index = NameIndex(["SenseTime Group Inc.", "SenseTime", "Sensetime Kft", "Infinigence AI", "Shanghai Jiao Tong University"])
    assert [index.names[match.row].text for match in index.query("Sense Time")][:2] == ["sensetime", "sensetime"]
    assert [match.row for match in index.query("Infingence AI")] == [3]
    assert [match.row for match in index.query("Shanghai Jiaotong University")] == [4]


def test_the_order_of_names_decides_only_between_equals() -> None:
    """Matches with one similarity are in the order of their rows, and all scores are the same whatever that order is."""
    names = ["Acme Mining", "Acme Mining Ltd", "Acme Mining Inc", "Acme Minning", "Other"]
    forth, back = NameIndex(names), NameIndex(names[::-1])
    by_name = {names[match.row]: match.score for match in forth.query("Acme Mining")}
    assert by_name == {names[::-1][match.row]: match.score for match in back.query("Acme Mining")}
    assert [match.row for match in forth.query("Acme Mining")] == [0, 1, 2, 3]
