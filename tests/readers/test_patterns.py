"""Patterns are found as Python finds them, in linear time; what needs backtracking is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.readers.mapping.patterns import Pattern, PatternError

ATOMS = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\b", "^", "$", "(?:ab|c)", "(a|bc)", r"\d", r"\w", "(?:a?b?)"])
REPEATS = st.sampled_from(["", "", "*", "+", "?", "{1,2}", "*?", "+?", "??", "{2}", "{1,}"])


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Patterns of a few parts, some of them repeated, with or without an alternative."""
    parts = []
    for _ in range(draw(st.integers(1, 5))):
        atom = draw(ATOMS)
        parts.append(atom + ("" if atom in ("^", "$", r"\b") else draw(REPEATS)))
    return "".join(parts) + draw(st.sampled_from(["", "", "|ab", "|c+"]))


@given(patterns(), st.text("abc1 ", max_size=10))
def test_the_match_is_that_of_python(pattern: str, text: str) -> None:
    """Where the first match begins and ends, for every pattern and text."""
    expected = re.search(pattern, text)
    found = Pattern.compile(pattern).search(text)
    assert (found and (found.start, found.end)) == (expected and expected.span())


@pytest.mark.parametrize("bomb", ["(a+)+$", "(a|a)*b", "(a*)*c", "(?:a?){30}a{30}b"])
def test_a_bomb_takes_no_longer_than_other_patterns(bomb: str) -> None:
    """Patterns that take exponential time by backtracking end at once."""
    assert Pattern.compile(bomb).find("a" * 2_000 + "!") is None


@pytest.mark.parametrize(
    "pattern",
    [r"(a)\1", "(?=a)", "(?<!a)", "(?P<n>a)", "a{1000}", "((a{99}){99}){9}", "a**", "[b-a]", "(", "a)", "["],
)
def test_what_cannot_be_found_in_linear_time_is_refused(pattern: str) -> None:
    """Backreferences, lookaround, huge repetitions and broken patterns have a reason."""
    with pytest.raises(PatternError):
        Pattern.compile(pattern)


def test_a_text_that_is_too_long_is_refused() -> None:
    """A cell of a megabyte is not searched."""
    with pytest.raises(ValueError, match="at most 100,000"):
        Pattern.compile("b").find("a" * 1_000_000)
