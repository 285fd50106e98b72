"""Replace blank nodes by IRIs made from their content, so that loading again changes nothing and hashes are stable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

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
    # Quads without blank nodes are of no importance for the labels: without them, labelling takes a fraction of the time.
    unlabelled = [quad for quad in original if blank_nodes_of(quad)]
    if not unlabelled:
        return Canonical(original, 0)
    ground = list(dict.fromkeys(quad for quad in original if not blank_nodes_of(quad)))
    labelled, ambiguous = canonical(unlabelled)
    lines = sorted({*(serialize([*ground, *labelled], format=RdfFormat.N_QUADS) or b"").splitlines()})
    stem = GENID + hashlib.sha256(b"\n".join(lines)).hexdigest()[:12] + "-"
    names = {node: NamedNode(stem + node.value) for quad in labelled for node in blank_nodes_of(quad)}
    return Canonical([*ground, *(replace_blank_nodes(quad, names) for quad in labelled)], ambiguous)
