"""Detect whether a query names its graphs itself (SPARQL 1.1 Query Language, section 13.2)."""

from __future__ import annotations

from knockon.sparql.tokens import tokens
from knockon.vocabulary import PREFIXES


def has_dataset_clause(text: str) -> bool:
    """Return whether a query has FROM or FROM NAMED.

    Its default graph is then the merge of the graphs of its FROM clauses, and its named graphs are those of its
    FROM NAMED clauses; the default graph of the store is not used. No other keyword of SPARQL contains the letters
    FROM, and the parser needs no space around a keyword: ``ASKFROM<urn:x:g>{}`` and ``FROMid:g`` have the clause too.

    >>> has_dataset_clause("SELECT ?from FROM id:data-sensetime { ?from ?p 'FROM' }")
    True
    >>> has_dataset_clause("SELECT ?from { ?from ?p 'FROM' } # FROM <urn:x:g>")
    False
    """
    if "from" not in text.lower():
        return False
    declared, previous = set(PREFIXES), ""
    for kind, token, _ in tokens(text):
        if kind == "keyword" and "FROM" in token.upper():
            return True
        if kind == "prefixed":
            prefix = token.partition(":")[0]
            if previous == "PREFIX":
                declared.add(prefix)
            elif "FROM" in prefix.upper() and prefix not in declared:
                return True
        previous = token.upper()
    return False
