"""Read the variables of a SELECT from its text, since the engine would start to answer the query."""

from __future__ import annotations

from knockon.sparql.tokens import tokens

_ENDS = ("WHERE", "FROM")


def selected_variables(text: str) -> frozenset[str]:
    """Return the names of the selected variables of a valid query; empty if it is not a SELECT.

    For ``SELECT *`` all variables of the text are returned, which includes the selected ones.

    >>> sorted(selected_variables("SELECT DISTINCT ?target (1 - ?x AS ?severity) { ?target ko:share ?x }"))
    ['severity', 'target']
    >>> sorted(selected_variables("SELECT * { ?a ?b 1 }")), sorted(selected_variables("ASK { ?a ?b 1 }"))
    (['a', 'b'], [])
    """
    names: set[str] = set()
    selecting = everything = False
    depth = 0
    previous = ""
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
        elif kind == "variable" and (everything or depth == 0 or previous.endswith("AS")):
            names.add(content[1:])
        elif selecting and content == "*" and depth == 0:
            everything = True
        depth += (content == "(") - (content == ")")
        previous = word
    return frozenset(names)
