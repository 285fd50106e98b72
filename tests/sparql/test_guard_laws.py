"""Attempts to break the guard: whatever comes together, what passes makes no call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knockon.errors import KnockonError
from knockon.sparql.guard import _is_harmless, guard
from knockon.sparql.size import QUERY

#: Stands for the address of a real server (conftest.py).
HERE = "http://here.test/"
GROUP = "{ ?a ?b ?c }"
LIBRARY = Path(__file__).parents[2] / "ontology" / "queries"
PLAIN = ["SELECT ?s { ?s a ko:Service ; ko:offers id:SERVICE }", "ASK { ?service ?p ?o { SELECT ?o { ?s ?p ?o } } }"]
PLAIN += [path.read_text("utf-8") for path in sorted(LIBRARY.glob("*.rq"))]


def refused(text: str) -> bool:
    """Whether the guard turns a query away."""
    try:
        guard(text)
    except KnockonError:
        return True
    return False


# fmt: off
TOKENS = [
    "?s", "?p", "?service", "$o", "<urn:x:p>", "<urn:service>", "h:x", "h:", "p:", ":x", "ko:Service", "'a'", '"b"', "'''c'''",
    "1", "1.", "1e0", "true", "a", "_:b", "@en", "^^", "<", ">", "=", "&&", "(", ")", "{", "}", "[", "]", ".", ";", ",", "/",
    "|", "*", "#", "#>", "# '", "'", '"', "'''", "\\", "\\u0053", "\\'", "\n", " ", "\u00a0", "\u037e", "\u00b7", "\u017f",
    "FILTER", "(1<2)", "OPTIONAL", "UNION", "EXISTS", "MINUS", "BIND(1 AS ?x)", "{}", GROUP, f"<{HERE}>", "SERVICE", "SILENT",
    "service", "SERVICESILENT", "SERVICEh:x", "SERVICE#", "p:SERVICE", "ko:SERVICEh:b\\#", f"SERVICE <{HERE}> {GROUP}",
]
# fmt: on
PIECES = st.sampled_from(TOKENS)
STARTS = st.sampled_from(["SELECT *", "ASK", "DESCRIBE ?s", "CONSTRUCT { ?s ?p ?o } WHERE"])
PREFIX = st.sampled_from(["<urn:x:o>", "<http://x:>", f"<{HERE}>", "<http://x.test/#>"])


@given(prefix=PREFIX, start=STARTS, pieces=st.lists(PIECES, max_size=9).map("".join))
@example(prefix="<http://x:>", start="SELECT *", pieces=f"OPTIONAL {{ ?s ?p p:SERVICE<{HERE}>{GROUP} }}")
@example(prefix="<urn:x:o>", start="SELECT *", pieces=f"OPTIONAL {{ ?s ?p ko:SERVICEh:b\\# {GROUP} }}")
def test_what_passes_never_knocks(prefix: str, start: str, pieces: str, unguarded: Callable[[str], int]) -> None:
    """A query that the guard lets through makes no call, whatever it is made of."""
    text = f"PREFIX h: <{HERE}> PREFIX p: {prefix} PREFIX : <urn:x:> {start} {{ {pieces} }}"
    if not refused(text):
        assert unguarded(text) == 0


def boundaries(text: str) -> list[int]:
    """Where a pattern may stand: after a brace that is in no comment (none of ours is in a string)."""
    ends, place = [], 0
    for line in text.splitlines(keepends=True):
        ends += [place + i + 1 for i, character in enumerate(line.split("#")[0]) if character in "{}"]
        place += len(line)
    return ends


WORD = st.tuples(*(st.sampled_from([c, c.upper()]) for c in "service")).map("".join)
SPACE = st.sampled_from(["", " ", "\n", "\t", "#c\n", " # 'c'\n ", "#<\r"])
SILENT = st.sampled_from(["", "SILENT", "silent "])


@given(data=st.data(), text=st.sampled_from(PLAIN), word=WORD, before=SPACE, after=SPACE, silent=SILENT)
def test_the_word_anywhere_between_patterns_is_refused(
    data: st.DataObject, text: str, word: str, before: str, after: str, silent: str
) -> None:
    """Put into queries that pass, in any spelling."""
    assert not refused(text)
    place = data.draw(st.sampled_from(boundaries(text)))
    assert refused(f"{text[:place]}{before}{word}{after}{silent}<{HERE}>{after}{{}}{before}{text[place:]}")


#: What texts are made of, with or without space between.
FRAGMENTS = st.sampled_from(
    [
        "SELECT", "ASK", "{", "}", "(", ")", "[", "]", "?a", "$b", "ko:need", ":", "<urn:x:a>", "<http://x.test/a#b>", "<",
        ">", "http://x", "1", "1a", "1.5e2", "_:b1", "@en1x", "#", "\n", " ", "/", ".", ";", ",", "|", "||", "!", "=", "VALUES",
        "true", "FROM", "SERV", "ICE", "LO", "AD", "'", '"', "\\u0053", "é", "DESCRIBE", "PREFIX", "BASE",
    ]
)  # fmt: skip


@given(fragments=st.lists(FRAGMENTS, max_size=60), repeated=st.tuples(FRAGMENTS, st.integers(0, 120)))
@example(fragments=["VALUES", "?a", "{"], repeated=("<http://x.test/a#b>", 110))
@example(fragments=["ASK"], repeated=("(", 60))
@example(fragments=["DESCRIBE "], repeated=("1a", 60))
def test_what_is_plain_passes_all_checks(fragments: list[str], repeated: tuple[str, int]) -> None:
    """The guard looks no closer at short plain texts: they would pass, whatever they are made of."""
    text = "".join(fragments) + repeated[0] * repeated[1]
    if _is_harmless(text, QUERY):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("knockon.sparql.guard._is_harmless", lambda *_: False)
            assert guard(text) == text
