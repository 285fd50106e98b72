"""Text for CSV and JSON: no formula runs, and what is written reads back as it was."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knockon.controls import HARMFUL, escape_json
from knockon.text import cell, csv_lines, indented_json, json_text, parse_cell

SIGNS = "'=+-@|%\t\r\n \"＝＋－＠−\xa0\u200b\ufeff\x9b\u202e1aA"
TEXTS = st.one_of(st.text(st.sampled_from(SIGNS), max_size=8), st.text(st.characters(codec="utf-8"), max_size=20))


@given(text=TEXTS)
@example(text="''=1")
@example(text="'-3.5")
@example(text="'")
def test_a_cell_of_csv_reads_back_as_it_was(text: str) -> None:
    ((found,),) = csv.reader(io.StringIO(csv_lines([[cell(text)]]), newline=""))
    assert parse_cell(found) == text
    assert found in (text, "'" + text)


@pytest.mark.parametrize("before", ["", " ", "\xa0", "\u200b", "\ufeff", "\x9b", '"', "\u3000", "\n", "\u202e"])
@pytest.mark.parametrize("sign", "=+-@＝＋－＠﹣−|%")
def test_whatever_a_spreadsheet_may_run_is_marked_as_text(before: str, sign: str) -> None:
    """Signs of formulas in any width, also behind what takes no room or is white."""
    assert cell(f"{before}{sign}cmd") == f"'{before}{sign}cmd"


@pytest.mark.parametrize("text", ["", "a=1", "-3.5", "+5", "1-2", "’=1", "'tis", "3 % of all", "a|b", "mailto:x@y"])
def test_numbers_and_plain_text_are_left_alone(text: str) -> None:
    assert cell(text) == parse_cell(text) == text


@given(text=st.text(max_size=20))
def test_json_says_the_same_and_acts_on_no_terminal(text: str) -> None:
    """Every character, a lone surrogate too."""
    for written in (json_text({text: [text]}), escape_json(json.dumps({text: [text]}, ensure_ascii=False))):
        assert json.loads(written) == {text: [text]}
        assert not HARMFUL.search(written)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4) | st.tuples(inner),
    max_leaves=12,
)


@given(_JSON)
def test_indented_json_is_that_of_the_standard_library(value: object) -> None:
    """Byte for byte, with numbers rounded and characters escaped as in any other JSON."""
    assert escape_json(indented_json(value)) == json_text(value, indent=2)
