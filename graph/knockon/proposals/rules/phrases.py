"""Phrases that say how two things are related, and words that deny it, doubt it or report it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from knockon.proposals.rules.tokens import Token, tokenize
from knockon.vocabulary import Stance


class Kind(StrEnum):
    """What a phrase says of what stands before it (left) and after it (right)."""

    NEEDS = "needs"
    NEEDED_BY = "needed by"
    SUPPLIES = "supplies"
    SUPPLIED_BY = "supplied by"
    SOURCES = "gets something from"
    OWNS = "owns"
    HOLDS = "holds a share of"
    OWNED_BY = "owned by"
    LISTS = "lists"
    LISTED = "listed"
    OFFERS = "offers"
    CUSTOMERS = "has customers"
    CUSTOMER_OF = "is a customer of"
    COMPETES = "competes with"
    INVESTED_IN = "invested in"
    INVESTED_BY = "has the investors"
    FOUNDED = "founded"
    FOUNDED_BY = "was founded by"


class Phrase(NamedTuple):
    """A phrase: what it says, and how far it is trusted (0..1) where nothing speaks against it."""

    kind: Kind
    confidence: float


#: The phrases of each kind, the surest first. They are ordinary English for the records of the ontology, and no more.
_PHRASES: tuple[tuple[Kind, float, str], ...] = (
    (
        Kind.NEEDS,
        0.8,
        "depends on, depend on, depended on, depending on, dependent on, reliant on, relies on, rely on, relied on, "
        "relying on, cannot operate without, can not operate without, is hosted on, are hosted on, is hosted by, are "
        "hosted by, hosted on, runs on, run on, is built on, are built on, is powered by, are powered by, powered by, is "
        "trained on, are trained on",
    ),
    (
        Kind.NEEDS,
        0.6,
        "uses, use, used, using, requires, require, needs, is based on, are based on, is made of, are made of, sources from, "
        "buys from, buy from, purchases from, licenses from, is accessed through",
    ),
    (
        Kind.SOURCES,
        0.7,
        "sources, sourced, source, buys, buy, purchases, purchased, purchase, imports, imported, obtains, obtained, procures, "
        "procured, licenses, licensed, orders, ordered, receives, gets, rents, leases",
    ),
    (
        Kind.NEEDED_BY,
        0.6,
        "is used by, are used by, is used in, are used in, is essential to, is essential for, is critical to, is critical for, "
        "is needed by, are needed by, is embedded in, are embedded in, is embedded into, are embedded into, powers, powering, "
        "underpins, underpin",
    ),
    (
        Kind.SUPPLIES,
        0.7,
        "supplies, supply, supplied, supplying, provides, provide, provided, providing, sells, sold, delivers, delivered, "
        "hosts, manufactures for, is a supplier of, is a supplier to, is the sole supplier of, is the main supplier of, "
        "supplier to",
    ),
    (
        Kind.SUPPLIED_BY,
        0.7,
        "is supplied by, are supplied by, was supplied by, were supplied by, supplied by, is provided by, are provided by, "
        "provided by, manufactured by, is made by, are made by, is produced by, are produced by, comes from, come from",
    ),
    (
        Kind.OWNS,
        0.8,
        "owns, own, owned, holds a stake in, took a stake in, is the parent of, is the parent company of, parent company of, "
        "the parent of, is the owner of, acquired, bought",
    ),
    (Kind.HOLDS, 0.8, "holds, hold, held, controls, controlled"),
    (
        Kind.OWNED_BY,
        0.8,
        "is owned by, are owned by, was owned by, owned by, is held by, is controlled by, was acquired by, is a subsidiary of, "
        "a subsidiary of, subsidiary of, wholly owned subsidiary of",
    ),
    (
        Kind.LISTS,
        0.7,
        "designated, designates, sanctioned, sanctions, blacklisted, listed, added, placed, restricts, restricted, bans, "
        "banned",
    ),
    (
        Kind.LISTED,
        0.8,
        "was designated, were designated, was sanctioned, were sanctioned, was blacklisted, were blacklisted, was added to, "
        "were added to, is listed by, is listed on, was listed by, was listed on, were listed on, was placed on, "
        "is subject to, are subject to, designated by, listed by, sanctioned by",
    ),
    (
        Kind.OFFERS,
        0.6,
        "offers, offer, launched, launches, released, releases, introduced, introduces, develops, developed, makes, produces, "
        "markets, unveiled",
    ),
    (
        Kind.CUSTOMERS,
        0.7,
        "customers include, customers are, clients include, clients are, customers such as, clients such as, customers like, "
        "clients like, whose customers include, whose clients include, serves, serving, serve, customers including, "
        "clients including",
    ),
    (
        Kind.CUSTOMER_OF,
        0.7,
        "is a customer of, are customers of, a customer of, is a client of, are clients of, a client of, buys products of",
    ),
    (
        Kind.COMPETES,
        0.7,
        "competes with, compete with, competing with, rivals such as, competitors such as, competitors include, "
        "rivals include, competitors like, rivals like, is a competitor of, is a rival of, challenges, to challenge, rival to",
    ),
    (
        Kind.INVESTED_IN,
        0.7,
        "invested in, invests in, has invested in, led the round of, backed",
    ),
    (
        Kind.INVESTED_BY,
        0.7,
        "received investment from, received funding from, has received investment from, raised money from, is backed by, "
        "backed by, round led by, funding from, investment from, investors include, investors such as",
    ),
    (
        Kind.FOUNDED,
        0.7,
        "founded, co founded, is the founder of, is a founder of, founder of, co founder of, established",
    ),
    (
        Kind.FOUNDED_BY,
        0.8,
        "was founded by, founded by, was co founded by, co founded by, was established by",
    ),
)  # fmt: skip

#: What the first is to the second in "A is B's main supplier" and "B's main suppliers are A": the phrase that says the same.
ROLES = {
    "supplier": Phrase(Kind.SUPPLIES, 0.7), "vendor": Phrase(Kind.SUPPLIES, 0.7), "customer": Phrase(Kind.CUSTOMER_OF, 0.7),
    "client": Phrase(Kind.CUSTOMER_OF, 0.7), "subsidiary": Phrase(Kind.OWNED_BY, 0.8), "parent": Phrase(Kind.OWNS, 0.8),
    "owner": Phrase(Kind.OWNS, 0.8), "competitor": Phrase(Kind.COMPETES, 0.7), "rival": Phrase(Kind.COMPETES, 0.7),
    "investor": Phrase(Kind.INVESTED_IN, 0.7), "founder": Phrase(Kind.FOUNDED, 0.7), "host": Phrase(Kind.SUPPLIES, 0.6),
}  # fmt: skip
#: Words that deny what follows them within a few tokens.
NEGATIONS = frozenset({
    "not", "no", "never", "neither", "nor", "without", "cannot", "hardly", "longer", "denied", "denies", "deny",
    "stopped", "ceased", "ended",
})  # fmt: skip
#: Words by which a clause supposes.
MODALS = frozenset({
    "if", "may", "might", "could", "would", "should", "unless", "whether", "potentially", "possibly", "perhaps",
})  # fmt: skip
#: Words by which a clause supposes what follows them within a few tokens.
PLANS = frozenset({
    "plans", "planned", "planning", "considering", "considers", "expects", "expected", "hopes", "hope", "aims", "aiming",
    "wants", "intends", "proposed", "will",
})  # fmt: skip
#: Signs between clauses: what stands beyond them does not bear on a phrase.
CLAUSES = frozenset([";", ":", "—", "–"])
#: Words that may stand inside a phrase.
ADVERBS = frozenset({
    "also", "then", "now", "currently", "still", "already", "further", "mainly", "primarily", "largely", "heavily",
    "exclusively", "entirely", "solely", "directly", "critically", "strongly", "wholly", "partly", "increasingly",
})  # fmt: skip
#: Words by which a sentence reports what somebody says.
REPORTS = frozenset({
    "alleged", "allegedly", "alleges", "accused", "accuses", "accuse", "reportedly", "rumored", "rumoured", "claims",
    "claimed",
})  # fmt: skip
#: Words after which something else is spoken of.
BREAKS = frozenset({
    ";", ":", "—", "–", "(", ")", "which", "who", "whom", "whose", "that", "because", "although", "though", "while",
    "whereas", "when", "where", "but", "so", "then", "than", "since", "until", "as",
})  # fmt: skip
#: Words that may stand between a phrase, or a member of a list, and a name.
FILLERS = frozenset({
    "the", "a", "an", "its", "their", "his", "her", "our", "these", "those", "this", "other", "such", "some", "several",
    "many", "various", "both", "all", "major", "large", "leading", "local", "chinese", "us", "american", "european",
    "foreign", "domestic", "advanced", "existing", "mainly", "primarily", "largely", "also", "company", "companies",
    "brands", "brand", "firm", "firms", "from", "like", "clients", "customers",
    '"', "“", "”", "'", "‘", "’",
})  # fmt: skip
#: What joins the members of a list.
JOINS = frozenset([",", "and", "or", "&", "as", "well"])
#: What stands for the organization that a document is about.
TOPIC = ("the company", "this company", "the firm", "the group", "it")


@cache
def phrases() -> dict[tuple[str, ...], Phrase]:
    """Return the phrases by their tokens."""
    found: dict[tuple[str, ...], Phrase] = {}
    for kind, confidence, listed in _PHRASES:
        for text in listed.split(", "):
            words = tuple(token.low for token in tokenize(text) if token.low not in ADVERBS)
            found.setdefault(words, Phrase(kind, confidence))
    return found


@cache
def _by_first() -> dict[str, list[tuple[tuple[str, ...], Phrase]]]:
    by_first: dict[str, list[tuple[tuple[str, ...], Phrase]]] = {}
    for words, phrase in sorted(phrases().items(), key=lambda item: -len(item[0])):
        by_first.setdefault(words[0], []).append((words, phrase))
    return by_first


def find_phrases(tokens: Sequence[Token], taken: Iterable[int] = ()) -> list[tuple[int, int, Phrase]]:
    """Return the phrases in some tokens, the longest at each place: the first token, the one after the last, the phrase.

    Parameters
    ----------
    tokens
        The tokens.
    taken
        The places of tokens that are part of names.

    Examples
    --------
    >>> [(first, end, phrase.kind.value) for first, end, phrase in find_phrases(tokenize("Acme is supplied by Bolt"))]
    [(1, 4, 'supplied by')]
    """
    used = set(taken)
    places = [place for place, token in enumerate(tokens) if token.low not in ADVERBS]
    words = [tokens[place].low for place in places]
    found, place = [], 0
    while place < len(words):
        match = next(
            (
                (candidate, phrase)
                for candidate, phrase in _by_first().get(words[place], ())
                if tuple(words[place : place + len(candidate)]) == candidate
                and used.isdisjoint(places[place : place + len(candidate)])
            ),
            None,
        )
        if match is None:
            place += 1
        else:
            found.append((places[place], places[place + len(match[0]) - 1] + 1, match[1]))
            place += len(match[0])
    return found


def stance_of(words: Sequence[str], first: int, end: int) -> Stance:
    """Return what a document does with the phrase at some words of a sentence, by the words of its clause.

    >>> [stance_of(text.split(), 2, 4).value for text in ("acme not relies on", "acme also relies on ; if", "if acme relies")]
    ['Denies', 'Asserts', 'Hypothesises']
    """
    begins = next((place + 1 for place in range(first - 1, -1, -1) if words[place] in CLAUSES), 0)
    ends = next((place for place in range(end, len(words)) if words[place] in CLAUSES), len(words))
    clause, before = words[begins:ends], words[max(begins, first - 4) : first]
    if not REPORTS.isdisjoint(clause):
        return Stance.ALLEGES
    # "May 2019" is a month.
    is_month = [word == "may" and after.isdigit() for word, after in pairwise([*clause, ""])]
    supposes = any(word in MODALS and not month for word, month in zip(clause, is_month, strict=True))
    if supposes or not PLANS.isdisjoint(before):
        return Stance.HYPOTHESISES
    contracted = any(pair == ("'", "t") for pair in pairwise(before))
    is_denied = contracted or not NEGATIONS.isdisjoint(before)
    return Stance.DENIES if is_denied and "without" not in words[first:end] else Stance.ASSERTS


__all__ = [
    "ADVERBS", "BREAKS", "CLAUSES", "FILLERS", "JOINS", "MODALS", "NEGATIONS", "PLANS", "REPORTS", "ROLES", "TOPIC", "Kind",
    "Phrase", "find_phrases", "phrases", "stance_of",
]  # fmt: skip
