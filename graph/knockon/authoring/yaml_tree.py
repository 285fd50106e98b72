"""YAML text as a tree of plain values with their lines.

Every scalar is the text that stands there. Built from parser events, since the
composers of PyYAML expand aliases, resolve types and recurse without a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from knockon.authoring.files import CONTROL
from knockon.authoring.raw import Route
from knockon.errors import Problem

Kind = Literal["text", "list", "map"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "~", "null", "Null", "NULL"}
#: A record nests six deep at most; more than this is an attack or a slip.
DEPTH_LIMIT = 20
TOO_DEEP = f"is nested more than {DEPTH_LIMIT} deep"
#: Besides what no file may hold: the controls that YAML has no place for.
_UNPRINTABLE = re.compile("[\x7f-\x84\x86-\x9f]")
_HINTS = {
    "mapping values are not allowed": "put text that has a colon in it between double quotes",
    "cannot start any token": "indent with spaces; put text that begins with a symbol between double quotes",
    "did not find expected key": "look at the indentation, and put text with quotes or colons in it between double quotes",
    "could not find expected ':'": "write `name: value`",
    "did not find expected ',' or": "close the bracket",
    "unexpected end of stream": "close the quotes",
    "unknown escape character": "write \\\\ for a backslash, or use single quotes",
    "expected alphabetic": "put text that begins with a symbol between double quotes",
}


@dataclass(slots=True)
class Node:
    """A value and its line: of kind ``text`` (None where nothing is written), ``list``, or ``map``.

    ``items`` are those of a list; those of a map are its names and values by turns.
    """

    line: int
    kind: Kind
    text: str | None = None
    items: list[Node] = field(default_factory=list)

    def pairs(self, shown: str, problems: list[Problem]) -> Iterator[tuple[str, int, Node]]:
        """The name, line and value of each entry of a map; a name that is no plain text is a problem."""
        for key, value in zip(self.items[::2], self.items[1::2], strict=True) if self.kind == "map" else ():
            if key.text is not None:
                yield key.text, key.line, value
            else:
                problems.append(Problem(shown, key.line, "a name must be a plain word"))


def parse(text: str, shown: str, problems: list[Problem]) -> Node | None:
    """The tree of a YAML text; None, with a problem, where it cannot be read to its end or is empty."""
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        problems.append(Problem(shown, line, f"holds the control character U+{ord(found.group()):04X}", "take it out"))
        return None
    builder = _Builder(shown, problems)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if not builder.take(event):
                return None
    except yaml.YAMLError as error:
        problems.append(_no_yaml(error, shown))
        return None
    if builder.root is None:
        problems.append(Problem(shown, None, "is empty", "write something into it, or delete it"))
    return builder.root


def plain(node: Node, route: Route, lines: dict[Route, int], shown: str, problems: list[Problem]) -> Any:
    """The value of a node in plain Python, with the lines of all that is in it; a name given twice is a problem."""
    lines.setdefault(route, node.line)
    if node.kind == "text":
        return node.text
    if node.kind == "list":
        return [plain(item, (*route, place), lines, shown, problems) for place, item in enumerate(node.items)]
    found: dict[str, Any] = {}
    for name, line, value in node.pairs(shown, problems):
        here = (*route, name)
        if name in found:
            problems.append(Problem(shown, line, f"{name} stands twice", f"first in line {lines[here]}"))
            continue
        lines[here] = line
        found[name] = plain(value, here, lines, shown, problems)
    return found


class _Builder:
    """Events to nodes, with a stack of what is open."""

    def __init__(self, shown: str, problems: list[Problem]) -> None:
        self.shown, self.problems = shown, problems
        self.root: Node | None = None
        self.open: list[Node] = []
        self.documents = 0

    def take(self, event: Any) -> bool:
        """One event; False where reading on makes no sense."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                return self._stop(line, "holds several YAML documents", "make them several files")
        elif isinstance(event, yaml.NodeEvent):
            self._refuse(event, line)
            return self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
        return True

    def _node(self, event: Any, line: int) -> bool:
        if isinstance(event, yaml.CollectionStartEvent):
            node = Node(line, "map" if isinstance(event, yaml.MappingStartEvent) else "list")
            self._put(node)
            self.open.append(node)
            return len(self.open) <= DEPTH_LIMIT or self._stop(line, TOO_DEEP)
        self._put(Node(line, "text", self._scalar(event, line) if isinstance(event, yaml.ScalarEvent) else None))
        return True

    def _put(self, node: Node) -> None:
        if self.open:
            self.open[-1].items.append(node)
        else:
            self.root = node

    def _refuse(self, event: Any, line: int) -> None:
        if event.anchor:
            hint = "write the value out, or put text that begins with & or * between quotes"
            self._problem(line, "anchors and aliases are not allowed", hint)
        if getattr(event, "tag", None):
            hint = "leave it out, or put text that begins with ! between quotes"
            self._problem(line, f"the tag {event.tag} is not allowed", hint)

    def _scalar(self, event: Any, line: int) -> str | None:
        if event.implicit[0] and event.value in _NULLS:
            return None
        text = str(event.value)
        if found := CONTROL.search(text):
            # An escape ("\0") may write what no file may hold.
            self._problem(line, f"holds the control character U+{ord(found.group()):04X}", "take it out")
            return CONTROL.sub("\ufffd", text)
        return text

    def _problem(self, line: int, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.shown, line, message, hint))

    def _stop(self, line: int, message: str, hint: str = "") -> bool:
        self._problem(line, message, hint)
        return False


def _no_yaml(error: yaml.YAMLError, shown: str) -> Problem:
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem(shown, None, f"is no YAML: {' '.join(str(error).split())}")
    mark: Any = error.problem_mark or error.context_mark
    message = str(error.problem or error.context)
    if "nesting depth" in message:
        # Releases of the parser have limits of their own, reached while they look ahead, before our limit sees an event.
        return Problem(shown, mark.line + 1 if mark else None, TOO_DEEP)
    hint = next((hint for part, hint in _HINTS.items() if part in message), "")
    return Problem(shown, mark.line + 1 if mark else None, f"is no YAML: {message}", hint)
