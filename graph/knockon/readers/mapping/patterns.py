"""Regular expressions that are found in time proportional to the text: no pattern of a mapping can hang an import.

A pattern is compiled to a program for the machine of Thompson and Pike: all possible matches advance together, one character
at a time, so there is no backtracking. Reference: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach",
https://swtch.com/~rsc/regexp/regexp2.html (2009). The match is that of Perl: the leftmost, and of those the one preferred by
the order of alternatives and the greed of repetitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from knockon.readers.mapping.pattern_syntax import Node, PatternError, parse_pattern

#: The most instructions of a program; a pattern like ``(a{99}){99}`` would make more.
_MAX_PROGRAM = 2_000
#: The longest text that is searched, in characters.
LONGEST_TEXT = 100_000


class _Step(NamedTuple):
    """One instruction: ``char`` (one character), ``split`` (two ways, the first preferred), ``save``, ``at``, ``match``."""

    kind: str
    test: Callable[[str], bool] | None = None
    first: int = 0
    second: int = 0


class Match(NamedTuple):
    """A match: the text of the first group, or all of it where the pattern has no group, and where it begins and ends."""

    text: str
    start: int
    end: int


@dataclass
class Pattern:
    r"""A compiled pattern.

    >>> pattern = Pattern.compile(r"LEI ([A-Z0-9]{20})")
    >>> pattern.find("active; LEI 253400WSS48YWMBUA688; Tax ID 7")
    '253400WSS48YWMBUA688'
    >>> Pattern.compile(r"(a+)+$").find("a" * 5000 + "b") is None
    True
    >>> list(Pattern.compile(r"\b\d{4}\b").find_all("1962, 20 or 2025"))
    ['1962', '2025']
    """

    text: str
    steps: list[_Step] = field(repr=False)
    ignore_case: bool
    #: Text that every match begins with; empty if it may begin with several.
    prefix: str

    @classmethod
    def compile(cls, text: str) -> Pattern:
        """Compile a pattern.

        Raises
        ------
        PatternError
            It is invalid, or uses what cannot be found in linear time: backreferences, lookahead.
        """
        node, ignore_case = parse_pattern(text)
        steps: list[_Step] = []
        _emit(node, steps)
        steps.append(_Step("match"))
        return cls(text, steps, ignore_case, "" if ignore_case else _prefix(node))

    def find(self, text: str) -> str | None:
        """Return the first group of the first match, or all of it where the pattern has no group; None if there is none."""
        match = self.search(text)
        return None if match is None else match.text

    def find_all(self, text: str) -> Iterator[str]:
        """Yield what ``find`` returns for each match, from left to right without overlap."""
        start = 0
        while (match := self.search(text, start)) is not None:
            yield match.text
            start = match.end if match.end > match.start else match.end + 1

    def matches(self, text: str) -> bool:
        """Return whether the pattern occurs in a text."""
        return self.search(text) is not None

    def search(self, text: str, start: int = 0) -> Match | None:
        """Return the first match from a position on.

        Raises
        ------
        ValueError
            The text is longer than the limit.
        """
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"has {len(text):,} characters, and patterns are searched in at most {LONGEST_TEXT:,}")
        found = self._run(text.casefold() if self.ignore_case and len(text.casefold()) == len(text) else text, start)
        if found is None:
            return None
        begin, end, group_start, group_end = found
        has_group = group_start >= 0 and group_end >= 0
        return Match(text[group_start:group_end] if has_group else text[begin:end], begin, end)

    def _run(self, text: str, start: int) -> tuple[int, int, int, int] | None:
        """Advance all threads through the text; a thread is a step with the starts and ends that it has saved."""
        steps, best = self.steps, None
        threads: dict[int, tuple[int, int, int, int]] = {}
        position = start - 1
        while position < len(text):
            position += 1
            if best is None:
                if not threads and self.prefix and (position := text.find(self.prefix, position)) < 0:
                    return None
                self._follow(0, (position, -1, -1, -1), text, position, threads)
            character = text[position] if position < len(text) else ""
            following: dict[int, tuple[int, int, int, int]] = {}
            for at, saved in threads.items():
                step = steps[at]
                if step.kind == "match":
                    best = (saved[0], position, saved[2], saved[3])
                    break  # threads of lower priority are cut off
                if character and step.test is not None and step.test(character):
                    self._follow(at + 1, saved, text, position + 1, following)
            threads = following
            if best is not None and not threads:
                break
        return best

    def _follow(
        self, at: int, saved: tuple[int, int, int, int], text: str, position: int, threads: dict[int, tuple[int, int, int, int]]
    ) -> None:
        """Add the threads that a step leads to without a character, in the order of their priority."""
        waiting = [(at, saved)]
        seen = set()
        while waiting:
            at, saved = waiting.pop()
            if at in threads or at in seen:
                continue
            seen.add(at)
            step = self.steps[at]
            if step.kind == "split":
                waiting += [(step.second, saved), (step.first, saved)]
            elif step.kind == "save":
                begin, end, group_start, group_end = saved
                new = (begin, end, position, group_end) if step.first == 0 else (begin, end, group_start, position)
                waiting.append((at + 1, new))
            elif step.kind == "at":
                if _holds(step.first, text, position):
                    waiting.append((at + 1, saved))
            else:
                threads[at] = saved


#: Assertions about a position, by number.
_ASSERTIONS = ("^", "$", r"\b", r"\B")


def _holds(assertion: int, text: str, position: int) -> bool:
    if _ASSERTIONS[assertion] == "^":
        return position == 0
    if _ASSERTIONS[assertion] == "$":
        return position == len(text)
    before = position > 0 and _is_word(text[position - 1])
    after = position < len(text) and _is_word(text[position])
    return (before != after) == (_ASSERTIONS[assertion] == r"\b")


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _emit(node: Node, steps: list[_Step]) -> None:
    """Append the program of a node."""
    if len(steps) > _MAX_PROGRAM:
        raise PatternError(f"is too large: its repetitions make more than {_MAX_PROGRAM:,} steps")
    if node.kind == "char":
        steps.append(_Step("char", node.test))
    elif node.kind == "at":
        steps.append(_Step("at", None, _ASSERTIONS.index(node.text)))
    elif node.kind == "group":
        steps.append(_Step("save", None, 0))
        _emit(node.parts[0], steps)
        steps.append(_Step("save", None, 1))
    elif node.kind == "sequence":
        for part in node.parts:
            _emit(part, steps)
    elif node.kind == "either":
        _emit_either(node, steps)
    else:
        _emit_repeat(node, steps)


def _emit_either(node: Node, steps: list[_Step]) -> None:
    first, *rest = node.parts
    if not rest:
        _emit(first, steps)
        return
    split = len(steps)
    steps.append(_Step("split"))
    _emit(first, steps)
    jump = len(steps)
    steps.append(_Step("split"))
    steps[split] = _Step("split", None, split + 1, len(steps))
    _emit_either(Node("either", parts=rest), steps)
    steps[jump] = _Step("split", None, len(steps), len(steps))


def _emit_repeat(node: Node, steps: list[_Step]) -> None:
    (part,) = node.parts
    for _ in range(node.least):
        _emit(part, steps)
    if node.most is None:
        split = len(steps)
        steps.append(_Step("split"))
        _emit(part, steps)
        steps.append(_Step("split", None, split, split))
        steps[split] = _branch(split + 1, len(steps), greedy=node.greedy)
        return
    for _ in range(node.most - node.least):
        split = len(steps)
        steps.append(_Step("split"))
        _emit_optional_tail(part, split, steps, greedy=node.greedy)


def _emit_optional_tail(part: Node, split: int, steps: list[_Step], *, greedy: bool) -> None:
    _emit(part, steps)
    steps[split] = _branch(split + 1, len(steps), greedy=greedy)


def _branch(inside: int, outside: int, *, greedy: bool) -> _Step:
    return _Step("split", None, inside, outside) if greedy else _Step("split", None, outside, inside)


def _prefix(node: Node) -> str:
    """Return the text that every match of a node begins with."""
    if node.kind == "char":
        return node.text
    if node.kind == "group":
        return ""
    text = ""
    for part in node.parts if node.kind == "sequence" else ():
        if part.kind != "char" or not part.text:
            break
        text += part.text
    return text


__all__ = ["LONGEST_TEXT", "Match", "Pattern", "PatternError"]
