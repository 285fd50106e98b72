"""Blank nodes: names that follow from the content, in bounded time."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, DefaultGraph, Literal, NamedNode, Quad, Triple

from knockon.cli import run
from knockon.rdf import canonical as rule
from knockon.rdf.canonical import canonical
from knockon.rdf.skolem import skolemise, skolemise_counted
from knockon.rdf.terms import blank_nodes_of, replace_blank_nodes
from knockon.store.files import read_bytes
from knockon.store.oxigraph import MemoryStore
from support.short_form import some_of

HOSTILE = Path(__file__).parents[1] / "cases" / "hostile"
P, Q = NamedNode("urn:x:p"), NamedNode("urn:x:q")
Edge = tuple[int, int]


def graph(edges: Iterable[Edge]) -> list[Quad]:
    return [Quad(BlankNode(f"n{a}"), P, BlankNode(f"n{b}")) for a, b in edges]


def both(edges: Iterable[Edge]) -> list[Edge]:
    return [edge for a, b in edges for edge in ((a, b), (b, a))]


def ring(count: int, start: int = 0) -> list[Edge]:
    return [(start + i, start + (i + 1) % count) for i in range(count)]


def clique(count: int, start: int = 0) -> list[Edge]:
    return [(start + i, start + j) for i, j in itertools.permutations(range(count), 2)]


def grid(side: int, *, closed: bool) -> list[Edge]:
    reach = side if closed else side - 1
    across = [(i * side + j, i * side + (j + 1) % side) for i in range(side) for j in range(reach)]
    return both([*across, *((b % side * side + b // side, a % side * side + a // side) for b, a in across)])


def strongly_regular(differences: set[Edge]) -> list[Edge]:
    """Sixteen vertices, each with six neighbours; colours alone tell none of them apart."""
    cells = list(itertools.product(range(4), repeat=2))
    return [
        (i, j)
        for i, a in enumerate(cells)
        for j, b in enumerate(cells)
        if ((a[0] - b[0]) % 4, (a[1] - b[1]) % 4) in differences
    ]


ROOK = strongly_regular({(0, k) for k in (1, 2, 3)} | {(k, 0) for k in (1, 2, 3)})
SHRIKHANDE = strongly_regular({(0, 1), (0, 3), (1, 0), (3, 0), (1, 1), (3, 3)})


def cai_fuerer_immerman(*, twisted: bool) -> list[Edge]:
    """Cai, Fürer and Immerman (1992) over the complete graph of four: alike for all refinement, and not isomorphic."""
    base = list(itertools.combinations(range(4), 2))
    names: dict[object, int] = {}

    def vertex(*key: object) -> int:
        return names.setdefault(key, len(names))

    result = []
    for corner in range(4):
        incident = [edge for edge in base if corner in edge]
        for bits in itertools.product((0, 1), repeat=3):
            if sum(bits) % 2 == 0:
                result += [(vertex(corner, bits), vertex(corner, edge, bit)) for edge, bit in zip(incident, bits, strict=True)]
    for number, edge in enumerate(base):
        twist = twisted and number == 0
        result += [(vertex(edge[0], edge, bit), vertex(edge[1], edge, bit ^ twist)) for bit in (0, 1)]
    return both(result)


SHAPES: dict[str, list[Edge]] = {
    "clique of 12": clique(12),
    "clique of 40": clique(40),
    "two sides of 20": [(i, 20 + j) for i in range(20) for j in range(20)],
    "ring": ring(300),
    "ring both ways": both(ring(100)),
    "two rings": ring(100) + ring(100, 100),
    "grid": grid(12, closed=False),
    "torus": grid(8, closed=True),
    "rook": ROOK,
    "Shrikhande": SHRIKHANDE,
    "CFI": cai_fuerer_immerman(twisted=False),
    "CFI twisted": cai_fuerer_immerman(twisted=True),
    "chain": [(i, i + 1) for i in range(500)],
    "tree": [(i, 2 * i + c) for i in range(1, 256) for c in (0, 1)],
    "star": [(0, i) for i in range(1, 1000)],
    "many small rings": [edge for k in range(200) for edge in ring(5, 5 * k)],
    "many cliques": [edge for k in range(20) for edge in clique(9, 9 * k)],
    "ladder of twins": [(2 * i + a, 2 * i + 2 + b) for i in range(150) for a in (0, 1) for b in (0, 1)],
}


def shuffled(quads: Sequence[Quad], seed: int) -> list[Quad]:
    """The same content with other labels, in another order."""
    order = random.Random(seed)  # noqa: S311 - a shuffle
    nodes = sorted({node for quad in quads for node in blank_nodes_of(quad)}, key=str)
    names = [BlankNode(f"z{i}") for i in range(len(nodes))]
    order.shuffle(names)
    other = [replace_blank_nodes(quad, dict(zip(nodes, names, strict=True))) for quad in quads]
    order.shuffle(other)
    return other


@pytest.mark.parametrize("shape", some_of(SHAPES.values(), 3), ids=SHAPES)
def test_a_symmetric_shape_has_the_same_names_in_any_order(shape: list[Edge]) -> None:
    quads = graph(shape)
    first, second = skolemise_counted(quads), skolemise_counted(shuffled(quads, 1))
    assert set(first.quads) == set(second.quads)
    assert (len(set(first.quads)), first.ambiguous, second.ambiguous) == (len(set(quads)), 0, 0)


def test_shapes_that_refinement_cannot_tell_apart_have_other_names() -> None:
    """Stores merge what has one name: different content must never share names."""
    for item, other in (
        (ring(200), ring(100) + ring(100, 100)),
        (ROOK, SHRIKHANDE),
        (cai_fuerer_immerman(twisted=False), cai_fuerer_immerman(twisted=True)),
    ):
        names, others = ({quad.subject for quad in skolemise(graph(shape))} for shape in (item, other))
        assert len(item) == len(other)
        assert not names & others


NODES = st.sampled_from([BlankNode(f"n{i}") for i in range(7)])
TRIPLES = st.builds(Triple, NODES, st.just(P), NODES)
OBJECTS = NODES | st.sampled_from([NamedNode("urn:x:o"), Literal("o")])
GRAPHS = st.sampled_from([DefaultGraph(), NamedNode("urn:x:g"), BlankNode("n0"), BlankNode("n1")])
PLAIN = st.builds(Quad, NODES, st.sampled_from([P, Q]), OBJECTS)
IN_GRAPHS = st.builds(Quad, NODES, st.sampled_from([P, Q]), OBJECTS, GRAPHS)
NESTED = st.builds(Quad, NODES, st.just(P), OBJECTS | TRIPLES | st.builds(Triple, NODES, st.just(Q), TRIPLES), GRAPHS)


def copies(quads: Sequence[Quad], count: int) -> list[Quad]:
    """The content several times over, each time with blank nodes of its own."""
    return [
        replace_blank_nodes(quad, {node: BlankNode(f"{node.value}c{k}") for node in blank_nodes_of(quad)})
        for k in range(count)
        for quad in quads
    ]


DATA = st.builds(copies, st.one_of(*(st.lists(kind, max_size=14) for kind in (PLAIN, IN_GRAPHS, NESTED))), st.integers(1, 3))


@given(DATA, st.integers(0, 2**32), st.booleans())
def test_the_same_content_has_the_same_names(quads: list[Quad], seed: int, bounded: bool) -> None:
    """For both rules; no blank node is left, not in a triple term either, and no two become one."""
    with pytest.MonkeyPatch.context() as patch:
        if bounded:
            patch.setattr(rule, "_MAX_COST", -1)
        first, second = skolemise_counted(quads), skolemise_counted(shuffled(quads, seed))
    assert set(first.quads) == set(second.quads)
    assert not any(blank_nodes_of(quad) for quad in first.quads)
    assert (len(set(first.quads)), first.ambiguous) == (len(set(quads)), 0)


@given(DATA)
def test_names_are_those_of_rdfc_where_that_is_cheap(quads: list[Quad]) -> None:
    """Stores hold these names: a file that is loaded again must change nothing."""
    if any(isinstance(quad.object, Triple) for quad in quads):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rule, "_MAX_COST", 100_000)
        result = canonical(quads).quads
    if any(node.value.startswith("b") for quad in result for node in blank_nodes_of(quad)):
        return
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    assert set(result) == set(dataset)


def test_names_are_those_of_earlier_releases() -> None:
    """Two alike lists, a restriction and evidence: names as they were before the bounded rule came."""
    content = (
        b"""@prefix x: <urn:x:> . x:a x:list (1 2), (1 2) ; x:of [ x:on x:p ; x:some [ x:or ( x:c x:d ) ] ], [ x:on x:p ] ."""
    )
    result = read_bytes(content, ".ttl", "a.ttl", "a").extra
    names = sorted({term.value for quad in result for term in (quad.subject, quad.object) if "genid" in term.value})
    assert len(names) == 9
    assert names[0].endswith("/.well-known/genid/3430f5b3acbd-c14n0")


def test_beyond_the_bound_names_follow_the_order_and_that_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same file gives the same names; nodes that are alike among others keep what they say."""
    monkeypatch.setattr(rule, "_MAX_STEPS", 100)
    quads = graph(SHAPES["torus"])
    other_labels = {BlankNode(f"n{i}"): BlankNode() for i in range(64)}
    first, again = skolemise_counted(quads), skolemise_counted([replace_blank_nodes(quad, other_labels) for quad in quads])
    assert (first.quads, first.ambiguous) == (again.quads, 64)
    text = "".join(f"{quad} .\n" for quad in quads).encode()
    notice = read_bytes(text, ".nt", "torus.nt", "torus").notices[0]
    assert str(notice).startswith("torus.nt: 64 blank nodes cannot be told apart and were named in the order of the file (")


def test_the_search_ends_where_it_would_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shape without symmetry that refinement does not split: every choice must be followed, up to the bound."""
    monkeypatch.setattr(rule, "_MAX_STEPS", 20_000)
    order = random.Random(3)  # noqa: S311 - a shape
    square = [[(i + j) % 7 for j in range(7)] for i in range(7)]
    order.shuffle(square)
    cells = [(i, j, square[i][j]) for i in range(7) for j in range(7)]
    edges = [
        (a, b) for a, b in itertools.permutations(range(49), 2) if any(x == y for x, y in zip(cells[a], cells[b], strict=True))
    ]
    assert len(set(skolemise_counted(graph(edges)).quads)) == len(edges)


def test_long_chains_and_deep_nesting_need_no_recursion() -> None:
    quads = graph((i, i + 1) for i in range(5_000))
    assert len({quad.subject for quad in skolemise(quads)}) == 5_000
    assert skolemise_counted(graph(SHAPES["ladder of twins"])).ambiguous == 0


@pytest.mark.parametrize("name", ["clique9.nt", "blank-chain-1000.nt"])
def test_a_small_file_of_alike_nodes_is_read(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """These took 25 and 57 seconds, and larger ones for ever."""
    assert run(["validate", str(HOSTILE / name)]) == 0
    assert "alike" not in capsys.readouterr().err


def test_an_answer_of_alike_blank_nodes_has_labels_of_its_content() -> None:
    from knockon.query.formats import render

    store = MemoryStore()
    text = (HOSTILE / "poison.rq").read_text()
    answers = {render(store.query(text), "nt") for _ in range(3)}
    assert [answer.count("\n") for answer in answers] == [90]


def test_blank_nodes_inside_triple_terms_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """What is said in a triple term is said of the node outside of it: they keep one name."""
    content = b"<urn:x:a> <urn:x:said> <<( _:who <urn:x:p> <<( _:who <urn:x:p> _:other )>> )>> . _:who <urn:x:p> 1 ."
    message, plain = sorted(read_bytes(content, ".ttl", "a.ttl", "a").extra, key=lambda quad: isinstance(quad.object, Literal))
    assert isinstance(message.object, Triple)
    assert isinstance(message.object.object, Triple)
    assert message.object.subject == message.object.object.subject == plain.subject
    assert not blank_nodes_of(message)


@pytest.mark.parametrize("form", ["nt", "ttl"])
def test_answers_with_blank_nodes_in_triple_terms_are_the_same_each_time(form: str) -> None:
    from knockon.query.formats import render

    text = "CONSTRUCT { ?a <urn:x:p> ?t } WHERE { VALUES ?x { 1 2 } BIND(BNODE() AS ?a) BIND(TRIPLE(?a, <urn:x:q>, ?x) AS ?t) }"
    answers = {render(MemoryStore().query(text), form) for _ in range(3)}
    assert len(answers) == 1
    assert "_:b0" in answers.pop()
