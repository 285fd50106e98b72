"""Blank nodes get names made from content, so that loading twice changes nothing and hashes are stable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, serialize

from knockon.vocabulary import GENID


def skolemise(quads: Iterable[Quad]) -> list[Quad]:
    """The quads with every blank node replaced by an IRI that follows from the content of all of them.

    >>> from pyoxigraph import Literal
    >>> p = NamedNode("urn:x:p")
    >>> one, two = (skolemise([Quad(BlankNode(), p, Literal("a"))]) for _ in range(2))
    >>> one == two, one[0].subject.value.startswith(GENID)
    (True, True)
    """
    given = list(quads)
    if not any(isinstance(term, BlankNode) for q in given for term in (q.subject, q.object, q.graph_name)):
        return given
    dataset = Dataset(given)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted((serialize(dataset, format=RdfFormat.N_QUADS) or b"").splitlines())
    stem = GENID + hashlib.sha256(b"\n".join(lines)).hexdigest()[:12] + "-"

    def named(term: Any) -> Any:
        return NamedNode(stem + term.value) if isinstance(term, BlankNode) else term

    return [Quad(named(q.subject), q.predicate, named(q.object), named(q.graph_name)) for q in dataset]
