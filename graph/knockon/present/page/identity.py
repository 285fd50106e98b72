"""The pairs of entities that may be one, for the page to decide on, with what its judgements are written with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from knockon.identity.candidates import Candidate
from knockon.identity.judgement_file import HEADER, Judged
from knockon.present.page.network_tables import PageRows
from knockon.text import plain
from knockon.vocabulary import Verdict

#: The most pairs on a page: the most similar.
MOST = 100


class IdentityPairs(NamedTuple):
    """The pairs that may be one, the most similar first, or the reason why none were looked for."""

    pairs: Sequence[Candidate] = ()
    reason: str = ""


def identity_data(found: IdentityPairs, page: PageRows) -> dict[str, Any]:
    """Return the first pairs as columns, with how many there are.

    ``first`` and ``second`` name the entities, ``names`` are those of them that are most similar, ``why`` says how they
    compare; ``id`` and ``reason`` are those of a judgement on the pair, and ``header`` begins the file of judgements.
    """
    shown = [(pair, Judged.of(pair, Verdict.UNSURE, "", date.min)) for pair in found.pairs[:MOST]]
    return {
        "first": [page.name(judged.entities[0]) for _, judged in shown],
        "header": HEADER,
        "id": [page.text(judged.name) for _, judged in shown],
        "names": [[page.text(_line(name)) for name in pair.names] for pair, _ in shown],
        "of": len(found.pairs),
        "reason": [page.text(_line(judged.reason)) for _, judged in shown],
        "second": [page.name(judged.entities[1]) for _, judged in shown],
        "unasked": page.text(found.reason),
        "why": [page.text(pair.reason) for pair, _ in shown],
    }


def _line(text: str) -> str:
    """Return a text as the file of judgements has it."""
    return " ".join(plain(text).split())


__all__ = ["MOST", "IdentityPairs", "identity_data"]
