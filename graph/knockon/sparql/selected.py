"""The variables that a SELECT answers with, read from its text: no engine is asked, which would begin to answer."""

from __future__ import annotations

from knockon.sparql.tokens import tokens

_ENDS = ("WHERE", "FROM")


def selected(text: str) -> frozenset[str]:
    """Return the names of the variables of a SELECT that parses; none of another form of query.

    ``SELECT *`` answers with at most the variables of the text, and these are returned.

    >>> sorted(selected("SELECT DISTINCT ?target (1 - ?x AS ?severity) { ?target ko:share ?x }"))
    ['severity', 'target']
    >>> sorted(selected("SELECT * { ?a ?b 1 }")), sorted(selected("ASK { ?a ?b 1 }"))
    (['a', 'b'], [])
    """
    names: set[str] = set()
    selecting = everything = False
    depth = 0
    before = ""
    for kind, content, _ in tokens(text):
        word = content.upper() if kind == "keyword" else ""
        if not selecting and not everything:
            if word.startswith("SELECT"):
                selecting = True
            elif content == "{":
                return frozenset()
        elif selecting and (content == "{" or word.startswith(_ENDS)):
            selecting = False
            if not everything:
                break
        elif kind == "variable" and (everything or depth == 0 or before.endswith("AS")):
            names.add(content[1:])
        elif selecting and content == "*" and depth == 0:
            everything = True
        depth += (content == "(") - (content == ")")
        before = word
    return frozenset(names)
