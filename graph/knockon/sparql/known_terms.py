"""Terms of the vocabulary that a query misspells: an empty answer would hide the slip."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from knockon.errors import nearest
from knockon.sparql.tokens import place, tokens
from knockon.vocabulary import KO, PREFIXES


def unknown_term(text: str, is_known: Callable[[str], bool], names: Callable[[], Iterable[str]]) -> str:
    """Return what is wrong with the first ``ko:`` term of a query that is not known, or an empty string.

    Parameters
    ----------
    text
        The query.
    is_known
        Whether an IRI is a term of the vocabulary or of the data.
    names
        The local names to suggest.

    >>> unknown_term("SELECT * { ?x a ko:Compny }", lambda iri: False, lambda: ["Company"])
    'line 1, column 17: unknown term ko:Compny; did you mean ko:Company?'
    """
    for written, iri, start in _terms(text):
        if not is_known(iri):
            close = nearest(iri.removeprefix(KO), names())
            hint = f"did you mean {', '.join(f'ko:{name}' for name in close)}?" if close else "see `knockon schema`"
            return f"{place(text, start)}: unknown term {written}; {hint}"
    return ""


def names_in(text: str, prefixes: Collection[str]) -> dict[str, str]:
    """The names with some of the known prefixes in a query, as written, with their IRIs; of prefixes it declares anew, none.

    >>> names_in("SELECT * { ?x ko:need my:chips, id:chips }", ["my", "id"])
    {'my:chips': 'https://w3id.org/knockon/local/chips', 'id:chips': 'https://w3id.org/knockon/id/chips'}
    """
    names: dict[str, str] = {}
    declared: set[str] = set()
    before = ""
    for kind, token, _ in tokens(text):
        if kind == "prefixed":
            prefix, _, local = token.partition(":")
            if before == "PREFIX":
                declared.add(prefix)
            elif prefix in prefixes and local and "\\" not in local:
                names[token] = PREFIXES[prefix] + local
        before = token.upper()
    return {name: iri for name, iri in names.items() if name.partition(":")[0] not in declared}


def _terms(text: str) -> Iterable[tuple[str, str, int]]:
    """The ko: terms of a query, each once: as written, as IRI, and where it starts."""
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if iri == KO}
    seen: set[str] = set()
    before, before_that = "", ""
    for kind, token, start in tokens(text):
        iri = ""
        if kind == "iri" and before_that == "PREFIX":
            prefixes.pop(before.removesuffix(":"), None)
            if token[1:-1] == KO:
                prefixes[before.removesuffix(":")] = KO
        elif kind == "iri":
            iri = token[1:-1] if "\\" not in token else ""  # one with escapes is none of ours
        elif kind == "prefixed" and before != "PREFIX":
            prefix, _, local = token.partition(":")
            # A name with escapes or nothing after its colon is none of ours.
            iri = KO + local if prefix in prefixes and local and not set(local) & {"\\", "%"} else ""
        if iri.startswith(KO) and iri != KO and iri not in seen:
            seen.add(iri)
            yield (token if kind == "prefixed" else f"ko:{iri.removeprefix(KO)}"), iri, start
        before_that, before = before.upper(), token.upper() if kind == "keyword" else token
