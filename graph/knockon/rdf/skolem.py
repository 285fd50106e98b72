"""Replace blank nodes by IRIs made from their content, so that loading again changes nothing and hashes are stable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pyoxigraph import Dataset, NamedNode, Quad, RdfFormat, serialize

from knockon.rdf.canonical import Canonical, canonical
from knockon.rdf.terms import blank_nodes_of, replace_blank_nodes
from knockon.vocabulary import GENID


def skolemise(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads with every blank node replaced by an IRI that depends only on the content of all quads.

    >>> from pyoxigraph import BlankNode, Literal
    >>> p = NamedNode("urn:x:p")
    >>> first, second = (skolemise([Quad(BlankNode(), p, Literal("a"))]) for _ in range(2))
    >>> first == second, first[0].subject.value.startswith(GENID)
    (True, True)
    """
    return skolemise_counted(quads).quads


def skolemise_counted(quads: Iterable[Quad]) -> Canonical:
    """Return the result of ``skolemise``, and the number of blank nodes whose names depend on the order of the quads."""
    original = list(quads)
    if not any(blank_nodes_of(quad) for quad in original):
        return Canonical(original, 0)
    labelled, ambiguous = canonical(original)
    lines = sorted((serialize(Dataset(labelled), format=RdfFormat.N_QUADS) or b"").splitlines())
    stem = GENID + hashlib.sha256(b"\n".join(lines)).hexdigest()[:12] + "-"
    names = {node: NamedNode(stem + node.value) for quad in labelled for node in blank_nodes_of(quad)}
    return Canonical([replace_blank_nodes(quad, names) for quad in labelled], ambiguous)
