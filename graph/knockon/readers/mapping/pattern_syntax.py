r"""The syntax of patterns: that of Python, without what needs backtracking.

Known are characters, ``.``, classes (``[A-Z0-9]``, ``[^;]``), ``\d \w \s`` and their complements, ``\b``, ``^``, ``$``, groups
``(...)`` and ``(?:...)``, ``|``, and the repetitions ``* + ? {n} {n,} {n,m}``, each lazy with ``?`` after it. ``(?i)``
at the start ignores case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: The greatest number of a repetition.
_MAX_REPEAT = 500
#: The deepest nesting of groups.
_MAX_DEPTH = 20
_CLASSES: dict[str, Callable[[str], bool]] = {
    "d": str.isdigit,
    "w": lambda c: c.isalnum() or c == "_",
    "s": str.isspace,
    "D": lambda c: not c.isdigit(),
    "W": lambda c: not (c.isalnum() or c == "_"),
    "S": lambda c: not c.isspace(),
}
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


class PatternError(ValueError):
    """A pattern that is invalid, or that cannot be found in linear time."""


@dataclass(frozen=True)
class Node:
    """A part of a pattern.

    ``kind`` is char, at, group, sequence, either or repeat; ``test`` says which characters a char matches, and ``text`` is
    the one character that it matches, or the sign of an assertion.
    """

    kind: str
    parts: Sequence[Node] = ()
    text: str = ""
    test: Callable[[str], bool] | None = None
    least: int = 0
    most: int | None = 0
    greedy: bool = True


def parse_pattern(text: str) -> tuple[Node, bool]:
    r"""Return the parts of a pattern, and whether it ignores case.

    Raises
    ------
    PatternError
        It is invalid, or has a part that is not known.

    Examples
    --------
    >>> parse_pattern("a|b")[0].kind, parse_pattern("(?i)a")[1]
    ('either', True)
    >>> parse_pattern(r"(a)\1")
    Traceback (most recent call last):
    ...
    knockon.readers.mapping.pattern_syntax.PatternError: \1 is not known: a pattern cannot refer back to a group
    """
    ignore_case = text.startswith("(?i)")
    parser = _Parser(text.removeprefix("(?i)"), ignore_case)
    node = parser.either(0)
    if parser.position < len(parser.text):
        raise PatternError("has a ) without (")
    return node, ignore_case


class _Parser:
    """Recursive-descent parser of one pattern."""

    def __init__(self, text: str, ignore_case: bool) -> None:
        self.text, self.ignore_case = text, ignore_case
        self.position = 0
        self.groups = 0

    def either(self, depth: int) -> Node:
        """Parse alternatives."""
        if depth > _MAX_DEPTH:
            raise PatternError(f"has more than {_MAX_DEPTH} levels of groups")
        parts = [self._sequence(depth)]
        while self._peek() == "|":
            self.position += 1
            parts.append(self._sequence(depth))
        return parts[0] if len(parts) == 1 else Node("either", parts=parts)

    def _sequence(self, depth: int) -> Node:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._item(depth)))
        return Node("sequence", parts=parts)

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise PatternError("ends too early")
        self.position += 1
        return character

    def _item(self, depth: int) -> Node:
        character = self._take()
        if character == "(":
            return self._group(depth)
        if character == "[":
            return Node("char", test=self._class())
        if character == ".":
            return Node("char", test=lambda c: c != "\n")
        if character in "^$":
            return Node("at", text=character)
        if character in "*+?{":
            raise PatternError(f"has {character} with nothing to repeat before it")
        if character == "\\":
            return self._escape()
        return self._literal(character)

    def _literal(self, character: str) -> Node:
        if self.ignore_case:
            folded = character.casefold()
            return Node("char", test=lambda c: c.casefold() == folded)
        return Node("char", text=character, test=character.__eq__)

    def _escape(self) -> Node:
        character = self._take()
        if character in _CLASSES:
            return Node("char", test=_CLASSES[character])
        if character in "bB":
            return Node("at", text="\\" + character)
        if character.isdigit():
            raise PatternError(f"\\{character} is not known: a pattern cannot refer back to a group")
        return self._literal(self._escaped(character))

    def _escaped(self, character: str) -> str:
        if character.isalnum() and character not in _ESCAPED:
            raise PatternError(f"\\{character} is not known")
        return _ESCAPED.get(character, character)

    def _group(self, depth: int) -> Node:
        captures = True
        if self._peek() == "?":
            if self.text[self.position : self.position + 2] != "?:":
                raise PatternError(
                    f"(?{self.text[self.position + 1 : self.position + 2]} is not known; groups are (...) and (?:...)"
                )
            self.position += 2
            captures = False
        self.groups += captures
        is_first = captures and self.groups == 1
        inside = self.either(depth + 1)
        if self._peek() != ")":
            raise PatternError("has a ( without )")
        self.position += 1
        # What is found is the first group; others only group.
        return Node("group", parts=[inside]) if is_first else inside

    def _class(self) -> Callable[[str], bool]:
        negated = self._peek() == "^"
        self.position += negated
        tests: list[Callable[[str], bool]] = []
        first = True
        while first or self._peek() != "]":
            tests.append(self._class_member())
            first = False
        self.position += 1
        members = tuple(tests)
        if negated:
            return lambda c: not any(test(c) for test in members)
        return lambda c: any(test(c) for test in members)

    def _class_member(self) -> Callable[[str], bool]:
        low = self._take()
        if low == "\\":
            escaped = self._take()
            if escaped in _CLASSES:
                return _CLASSES[escaped]
            low = self._escaped(escaped)
        if self._peek() != "-" or self.text[self.position + 1 : self.position + 2] in ("]", ""):
            return self._range(low, low)
        self.position += 1
        high = self._take()
        high = self._escaped(self._take()) if high == "\\" else high
        if high < low:
            raise PatternError(f"has a range {low}-{high} in the wrong order")
        return self._range(low, high)

    def _range(self, low: str, high: str) -> Callable[[str], bool]:
        if self.ignore_case:
            return lambda c: any(low <= form <= high for form in (c, c.lower(), c.upper()))
        return lambda c: low <= c <= high

    def _repeated(self, node: Node) -> Node:
        sign = self._peek()
        if sign not in ("*", "+", "?", "{") or not sign:
            return node
        self.position += 1
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign) or self._counts()
        greedy = self._peek() != "?"
        self.position += not greedy
        if self._peek() in ("*", "+", "{"):
            raise PatternError(f"has {self._peek()} after a repetition; put a group around it")
        return Node("repeat", parts=[node], least=least, most=most, greedy=greedy)

    def _counts(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.position)
        written = self.text[self.position : end] if end >= 0 else ""
        low, comma, high = written.partition(",")
        if not low.isdigit() or (high and not high.isdigit()):
            raise PatternError("has a { that is not a number of repetitions; write \\{ for the sign itself")
        self.position = end + 1
        least = int(low[:9])
        most = least if not comma else int(high[:9]) if high else None
        if max(least, most or 0) > _MAX_REPEAT or (most is not None and most < least):
            raise PatternError(f"repeats {{{written[:20]}}}; use at most {_MAX_REPEAT}, in ascending order")
        return least, most


__all__ = ["Node", "PatternError", "parse_pattern"]
