"""Name blank nodes by their content, so that loading twice changes nothing and hashes are stable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pyoxigraph import Dataset, NamedNode, Quad, RdfFormat, serialize

from knockon.rdf.canonical import Canonical, canonical
from knockon.rdf.terms import blank_nodes_of, renamed
from knockon.vocabulary import GENID


def skolemise(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads with every blank node replaced by an IRI that follows from the content of all of them.

    >>> from pyoxigraph import BlankNode, Literal
    >>> p = NamedNode("urn:x:p")
    >>> one, two = (skolemise([Quad(BlankNode(), p, Literal("a"))]) for _ in range(2))
    >>> one == two, one[0].subject.value.startswith(GENID)
    (True, True)
    """
    return skolemise_counted(quads).quads


def skolemise_counted(quads: Iterable[Quad]) -> Canonical:
    """Return what ``skolemise`` does, and how many blank nodes have names that follow from the order of the quads."""
    given = list(quads)
    if not any(blank_nodes_of(quad) for quad in given):
        return Canonical(given, 0)
    labelled, tied = canonical(given)
    lines = sorted((serialize(Dataset(labelled), format=RdfFormat.N_QUADS) or b"").splitlines())
    stem = GENID + hashlib.sha256(b"\n".join(lines)).hexdigest()[:12] + "-"
    names = {node: NamedNode(stem + node.value) for quad in labelled for node in blank_nodes_of(quad)}
    return Canonical([renamed(quad, names) for quad in labelled], tied)
