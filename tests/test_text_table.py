"""Tables of plain text: nothing that is no text is broken, and nothing vanishes unsaid."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from knockon.text_table import display_width, text_table, wrap, wrap_lines

WORD = st.from_regex(r"[a-z0-9.-]{1,18}", fullmatch=True)
CELL = st.one_of(WORD, st.lists(WORD, min_size=1, max_size=6).map(" ".join))
TABLES = st.integers(1, 7).flatmap(
    lambda count: st.tuples(
        st.just([f"column{number}" for number in range(count)]),
        st.lists(st.lists(CELL, min_size=count, max_size=count), max_size=5),
    )
)


@given(TABLES, st.integers(30, 120))
def test_every_word_is_whole_and_every_column_is_shown_or_named(table: tuple[list[str], list[list[str]]], width: int) -> None:
    """Whatever the width: no word is broken, no line is longer than the screen, and hidden columns are named."""
    columns, rows = table
    laid_out = text_table(columns, rows, width, drop=columns[:1:-1])
    words = set(re.split(r"\s+", laid_out.text))
    for place, column in enumerate(columns):
        assert (column in words) != (column in laid_out.hidden)
        if column not in laid_out.hidden:
            assert {word for row in rows for word in row[place].split()} <= words
    assert max(map(display_width, laid_out.text.splitlines())) <= width
    assert text_table(columns, rows, width, lines=None).hidden == ()


@given(TABLES)
def test_without_a_width_each_row_is_one_line(table: tuple[list[str], list[list[str]]]) -> None:
    """In a pipe a table is as wide as it needs to be: a heading, a rule, and a line for each row."""
    columns, rows = table
    laid_out = text_table(columns, rows)
    assert len(laid_out.text.splitlines()) == 2 + len(rows)
    assert laid_out.hidden == ()


def test_columns_are_dropped_in_the_order_given_before_rows_take_two_lines() -> None:
    """First what may be dropped goes, one by one; a row of what must stay takes two lines."""
    columns, row = ["id", "class", "label", "loss"], ["a" * 20, "c" * 10, "l" * 10, "0.25"]
    assert text_table(columns, [row], 60, drop=["class", "label"]).hidden == ()
    assert text_table(columns, [row], 45, drop=["class", "label"]).hidden == ("class",)
    assert text_table(columns, [row], 30, drop=["class", "label"]).hidden == ("class", "label")
    stacked = text_table(columns, [row], 22, drop=["class", "label"])
    assert stacked.hidden == ("class",)
    assert stacked.text.splitlines()[-2:] == ["a" * 20, f"  {'l' * 10}  0.25"]


def test_an_identifier_wider_than_the_screen_stays_whole() -> None:
    """It can be copied: the terminal wraps it, the table does not."""
    assert "x" * 100 in text_table(["id", "loss"], [["x" * 100, "0.1"]], 40).text


def test_wide_characters_break_between_any_two() -> None:
    """A text without spaces is wrapped by what it takes on the screen."""
    assert wrap("商汤科技有限公司", 8) == ["商汤科技", "有限公司"]


def test_numbers_align_to_the_right() -> None:
    """Columns named so are aligned to the right."""
    assert text_table(["n", "id"], [["5", "a"], ["10", "b"]], right=["n"]).text.splitlines()[2:] == [" 5  a", "10  b"]


def test_wrapped_text_keeps_its_indentation() -> None:
    """What does not fit goes on below the start of its line's text."""
    assert wrap_lines("   └─ one two three", 14) == "   └─ one two\n      three"
