"""Find terms of a query that the vocabulary does not have: they match nothing, so that the answer is empty or wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from knockon.errors import nearest
from knockon.sparql.tokens import place, tokens
from knockon.suggested_command import suggested
from knockon.vocabulary import KO, PREFIXES, local_name, namespace

#: Terms of the vocabulary that mean what other words say; the words are in small letters.
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "suppliedby": ("provider", "supply"),
    "supplier": ("provider", "supply"),
    "supplies": ("supply", "provided"),
    "vendor": ("provider",),
    "providedby": ("provider",),
    "provides": ("provided",),
    "dependent": ("dependant",),
    "customer": ("customerOf", "dependant"),
    "buyer": ("dependant",),
    "requires": ("need", "dependsOn"),
    "requirement": ("need",),
    "importance": ("criticality",),
    "weight": ("share", "portion", "criticality"),
    "percentage": ("share", "portion"),
    "parent": ("partOf", "owner"),
    "subsidiaryof": ("partOf", "owner"),
    "haspart": ("partOf",),
    "shareholder": ("owner",),
    "sanction": ("Measure", "Designation"),
    "law": ("Measure",),
    "risk": ("Vulnerability",),
    "scenario": ("Shock",),
    "source": ("evidence", "Document"),
    "citation": ("evidence",),
    "probability": ("confidence",),
    "start": ("from",),
    "validfrom": ("from",),
    "end": ("until",),
    "validto": ("until",),
    "country": ("jurisdiction", "Jurisdiction"),
    "firm": ("Company",),
    "node": ("Entity",),
    "link": ("Dependency", "Relation"),
}
#: The most terms that are suggested for one.
_MAX_SUGGESTED = 3


def unknown_terms(text: str, is_known: Callable[[str], bool], names: Callable[[], Iterable[str]]) -> Iterator[str]:
    """Yield a message for each unknown ``ko:`` term of a query.

    Parameters
    ----------
    text
        The query.
    is_known
        States whether an IRI is a term of the vocabulary or of the data.
    names
        The local names to suggest.

    Examples
    --------
    >>> list(unknown_terms("SELECT * { ?x a ko:Compny }", lambda iri: False, lambda: ["Company"]))
    ['line 1, column 17: unknown term ko:Compny; did you mean ko:Company?']
    """
    for written, iri, start in _terms(text):
        if not is_known(iri):
            suggestions = similar_terms(iri.removeprefix(KO), names())
            similar = ", ".join(f"ko:{name}" for name in suggestions)
            hint = f"did you mean {similar}?" if similar else f"see {suggested('schema')}"
            yield f"{place(text, start)}: unknown term {written}; {hint}"


def similar_terms(name: str, names: Iterable[str]) -> list[str]:
    """Return the terms that an unknown one may mean: those of the same letters, else of the same meaning, else similar ones.

    >>> similar_terms("company", ["Company", "dependant"]), similar_terms("suppliedBy", ["stoppedBy", "provider"])
    (['Company'], ['provider'])
    """
    known = list(names)
    same_letters = [term for term in known if term.casefold() == name.casefold()]
    same_meaning = [term for term in _SYNONYMS.get(name.casefold(), ()) if term in known]
    return sorted(same_letters) or same_meaning or nearest(name, known, _MAX_SUGGESTED)


def prefixed_names(text: str, prefixes: Collection[str]) -> dict[str, str]:
    """Return the names of the given namespaces in a query, by how they are written, with their IRIs.

    Parameters
    ----------
    text
        The query. Names with a prefix that it declares for another namespace are left out.
    prefixes
        The prefixes of the namespaces, which need not be declared.

    Examples
    --------
    >>> prefixed_names("SELECT * { ?x ko:need my:chips, id:chips }", ["my", "id"])
    {'my:chips': 'https://w3id.org/knockon/local/chips', 'id:chips': 'https://w3id.org/knockon/id/chips'}
    """
    wanted = {PREFIXES[prefix] for prefix in prefixes}
    declared = {prefix: PREFIXES[prefix] for prefix in prefixes}
    names: dict[str, str] = {}
    previous, second_previous = "", ""
    for kind, token, _ in tokens(text):
        if kind == "iri" and second_previous == "PREFIX":
            declared[previous.removesuffix(":")] = token[1:-1]
        elif kind == "iri" and previous != "BASE" and namespace(token[1:-1]) in wanted and local_name(token[1:-1]):
            names[token] = token[1:-1]
        elif kind == "prefixed" and previous != "PREFIX":
            prefix, _, local = token.partition(":")
            if local and "\\" not in local and declared.get(prefix) in wanted:
                names[token] = declared[prefix] + local
        second_previous, previous = previous.upper(), token.upper() if kind == "keyword" else token
    return names


def _terms(text: str) -> Iterable[tuple[str, str, int]]:
    """Yield the ko: terms of a query, each once: as written, as IRI, and its offset."""
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if iri == KO}
    seen: set[str] = set()
    previous, second_previous = "", ""
    for kind, token, start in tokens(text):
        iri = ""
        if kind == "iri" and second_previous == "PREFIX":
            prefixes.pop(previous.removesuffix(":"), None)
            if token[1:-1] == KO:
                prefixes[previous.removesuffix(":")] = KO
        elif kind == "iri":
            iri = token[1:-1] if "\\" not in token else ""  # our terms need no escapes
        elif kind == "prefixed" and previous != "PREFIX":
            prefix, _, local = token.partition(":")
            # Names of our terms have no escapes and are not empty.
            iri = KO + local if prefix in prefixes and local and not set(local) & {"\\", "%"} else ""
        if iri.startswith(KO) and iri != KO and iri not in seen:
            seen.add(iri)
            yield (token if kind == "prefixed" else f"ko:{iri.removeprefix(KO)}"), iri, start
        second_previous, previous = previous.upper(), token.upper() if kind == "keyword" else token
