"""Rows are counted exactly while an answer is written, whatever its terms hold and wherever its pieces end."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, QueryResultsFormat, QuerySolutions, Store, parse_query_results

from knockon.errors import LimitReached, NotAcceptable
from knockon.sparql.answer_stream import HEAD, Formats, stream_answer
from knockon.sparql.limits import Limits
from knockon.sparql.row_counter import RowCounter, first_rows

FORMS = ("CSV", "JSON", "TSV", "XML")
#: Texts of what separates rows in one of the formats.
PIECES = st.sampled_from(
    ['"', "\\", "},{", "[{", "{}", "\n", "\r\n", ",", "</result>", "<result>", "&lt;", "a", "", "\t", '"x":{']
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
ROWS = st.lists(st.tuples(TEXTS | st.none(), TEXTS | st.none()), max_size=8)


def answer_of(rows: list[tuple[str | None, str | None]]) -> QuerySolutions:
    """Return an answer with these rows."""
    values = " ".join(f"({' '.join('UNDEF' if text is None else str(Literal(text)) for text in row)})" for row in rows)
    answer = Store().query(f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {values} }} }}")
    assert isinstance(answer, QuerySolutions)
    return answer


@pytest.mark.parametrize("form", FORMS)
@given(rows=ROWS, cuts=st.lists(st.integers(0, 400), max_size=6), most=st.integers(1, 8))
def test_rows_are_counted_exactly(form: str, rows: list[tuple[str | None, str | None]], cuts: list[int], most: int) -> None:
    """The same number for any pieces; the first rows are a document that reads as these rows."""
    content = answer_of(rows).serialize(format=getattr(QueryResultsFormat, form))
    assert content is not None
    counter, start = RowCounter(form), 0
    for end in [*sorted(cuts), len(content)]:
        counter.add(content[start:end])
        start = max(start, end)
    assert counter.rows == len(rows)
    if most < len(rows):
        first = first_rows(content, form, most, None)
        assert first == answer_of(rows[:most]).serialize(format=getattr(QueryResultsFormat, form))


@pytest.mark.parametrize("form", FORMS)
def test_a_cut_answer_is_a_valid_document(form: str) -> None:
    """With as many rows as the limits of rows or bytes allow; the end says which limit it was."""
    rows: list[tuple[str | None, str | None]] = [(f"{number:040}", None) for number in range(50)]
    sent: list[bytes] = []
    for limits, cut in ((Limits(rows=7), "rows"), (Limits(size=900), "size"), (Limits(rows=50), "")):
        end = stream_answer(answer_of(rows), Formats(form), limits, lambda _, part: sent.append(part))
        assert (end.cut, end.rows > 0, not sent) == (cut, True, True)
        if cut == "rows":
            assert end.rows == 7
        if form != "CSV":
            read = parse_query_results(BytesIO(end.rest), getattr(QueryResultsFormat, form))
            assert isinstance(read, QuerySolutions)
            assert sum(1 for _ in read) == end.rows
        assert len(end.rest) <= (limits.size or 0)
    with pytest.raises(LimitReached, match="larger than"):
        stream_answer(answer_of(rows), Formats(form), Limits(size=10), lambda _, part: sent.append(part))


def test_a_long_answer_is_sent_in_parts() -> None:
    """From 64 kB on; beyond its limit it ends without what would complete it."""
    rows: list[tuple[str | None, str | None]] = [("x" * 1000, None)] * 200
    sent: list[bytes] = []
    end = stream_answer(answer_of(rows), Formats("JSON"), Limits(rows=150), lambda _, part: sent.append(part))
    assert len(sent[0]) >= HEAD
    assert (end.cut, end.rest) == ("rows", b"")
    triples = Store().query("CONSTRUCT { ?x <urn:x:p> ?x } { VALUES ?x { <urn:x:1> <urn:x:2> <urn:x:3> } }")
    end = stream_answer(triples, Formats(None, "TURTLE"), Limits(rows=2), lambda _, part: sent.append(part))
    assert (end.rows, end.cut, end.rest.count(b"urn:x:p")) == (2, "rows", 2)


def test_an_answer_without_an_accepted_format_is_an_error() -> None:
    """It names what the answer consists of."""
    with pytest.raises(NotAcceptable, match="consists of rows"):
        stream_answer(answer_of([]), Formats(None), Limits(), lambda _, __: None)
