"""Find the variables that a SELECT projects in its text, since the engine would start to answer the query."""

from __future__ import annotations

from knockon.sparql.tokens import tokens

#: Keywords that end the list of variables.
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
    in_projection = select_all = False
    depth = 0
    previous = ""
    for kind, content, _ in tokens(text):
        word = content.upper() if kind == "keyword" else ""
        if not in_projection and not select_all:
            if word.startswith("SELECT"):
                in_projection = True
            elif content == "{":
                return frozenset()
        elif in_projection and (content == "{" or word.startswith(_ENDS)):
            in_projection = False
            if not select_all:
                break
        elif kind == "variable" and (select_all or depth == 0 or previous.endswith("AS")):
            names.add(content[1:])
        elif in_projection and content == "*" and depth == 0:
            select_all = True
        depth += (content == "(") - (content == ")")
        previous = word
    return frozenset(names)
