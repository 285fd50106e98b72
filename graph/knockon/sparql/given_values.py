"""Give variables of a SELECT their values in its text, for engines that are asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knockon.errors import UsageError
from knockon.sparql.projection import selected_variables
from knockon.sparql.tokens import tokens


@dataclass
class _Group:
    """A group of the pattern: where its content begins, and which of the variables stand in it directly."""

    start: int
    names: set[str]
    is_pattern: bool = True


def with_values(text: str, given: Mapping[str, str]) -> str:
    """Return a SELECT in which variables are given IRIs: VALUES begin each group in which one of them stands.

    One clause at the beginning would mean the same, but engines do not carry it into unions and filters, where paths
    without a known end take long.

    Parameters
    ----------
    text
        The query, which parses.
    given
        The IRIs by variable.

    Raises
    ------
    UsageError
        A variable is not selected.

    Examples
    --------
    >>> with_values("SELECT ?a ?b WHERE { ?a ko:dependsOn ?b }", {"a": "urn:x:a"})
    'SELECT ?a ?b WHERE { VALUES (?a) { (<urn:x:a>) } ?a ko:dependsOn ?b }'
    >>> with_values("SELECT * { { ?s ?p ?o } UNION { ?o ?p ?s FILTER(?o != 1) } }", {"s": "urn:x:a"})[11:]
    'VALUES (?s) { (<urn:x:a>) } { VALUES (?s) { (<urn:x:a>) } ?s ?p ?o } UNION { VALUES (?s) { (<urn:x:a>) } ?o ?p ?s \
FILTER(?o != 1) } }'
    """
    if missing := sorted(given.keys() - selected_variables(text)) if given else []:
        raise UsageError(f"the query does not select ?{missing[0]}, which is given a value")
    groups = list(_groups(text, given))
    if groups and groups[0].is_pattern:
        # The variable has its value also where the outermost group does not mention it.
        groups[0].names |= given.keys()
    for group in sorted(groups, key=lambda group: -group.start):
        if group.is_pattern and group.names:
            names = sorted(group.names)
            values = (
                f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ ({' '.join(f'<{given[name]}>' for name in names)}) }}"
            )
            text = f"{text[: group.start]} {values}{text[group.start :]}"
    return text


def _groups(text: str, given: Mapping[str, str]) -> Iterator[_Group]:
    """Yield the groups of a query, the outermost first; neither rows of VALUES nor what holds a nested SELECT are patterns."""
    opened: list[_Group] = []
    found: list[_Group] = []
    previous, in_values = "", False
    for kind, content, start in tokens(text):
        word = content.upper() if kind == "keyword" else ""
        if previous == "{" and word == "SELECT":
            opened[-1].is_pattern = False
        if content == "{":
            opened.append(_Group(start + 1, set(), is_pattern=not in_values))
            found.append(opened[-1])
            in_values = False
        elif content == "}" and opened:
            opened.pop()
        elif kind == "variable" and opened and content[1:] in given:
            opened[-1].names.add(content[1:])
        elif word == "VALUES":
            in_values = True
        previous = content
    yield from found


__all__ = ["with_values"]
