"""Serialize answers of the engine to bytes that can be stored, sent and read repeatedly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, Literal

from pyoxigraph import (
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
    parse_query_results,
)

from knockon.errors import LimitReached
from knockon.sparql.limits import Limits
from knockon.text import format_bytes

Answer = QuerySolutions | QueryBoolean | QueryTriples
#: A function of SPARQL: from terms to a term, or None for no value.
Function = Callable[..., Any]
Kind = Literal["solutions", "boolean", "triples"]

# In both formats a row is one line, whatever its terms contain.
_ROWS, _TRIPLES = QueryResultsFormat.TSV, RdfFormat.N_TRIPLES
_ADVICE_SEPARATOR, _OPTIONS = " and was stopped; ", ", or raise the limit: "
_NO_LIMITS = Limits(None, None, None, None)


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """A whole answer: a SELECT as SPARQL TSV, triples as N-Triples, an ASK as ``true`` or ``false``.

    ``rows`` counts the rows or triples; it is 1 for an ASK.
    """

    kind: Kind
    rows: int
    content: bytes

    def solutions(self) -> QuerySolutions:
        """Return the rows of a SELECT, as a new iterator."""
        read = parse_query_results(self.content, _ROWS)
        assert isinstance(read, QuerySolutions)  # noqa: S101 - TSV has no ASK
        return read

    def variables(self) -> list[Variable]:
        """Return the variables of a SELECT; of other answers, none."""
        if self.kind != "solutions":
            return []
        header = parse_query_results(self.content[: self.content.index(b"\n") + 1], _ROWS)
        assert isinstance(header, QuerySolutions)  # noqa: S101 - TSV has no ASK
        return list(header.variables)

    def triples(self) -> Iterator[Triple]:
        """Return the triples of a CONSTRUCT or DESCRIBE, as the engine produced them, with duplicates."""
        return (quad.triple for quad in parse(self.content, _TRIPLES))

    def boolean(self) -> QueryBoolean:
        """Return the answer to an ASK."""
        read = parse_query_results(b'{"head":{},"boolean":%b}' % self.content, QueryResultsFormat.JSON)
        assert isinstance(read, QueryBoolean)  # noqa: S101 - the content is a boolean
        return read

    def to_engine(self) -> Answer:
        """Return the answer in the form of the engine, as a new iterator."""
        if self.kind == "boolean":
            return self.boolean()
        if self.kind == "solutions":
            return self.solutions()
        database = Store()
        database.bulk_extend(Quad(*triple) for triple in self.triples())
        return database.query("CONSTRUCT WHERE { ?s ?p ?o }")

    def __bool__(self) -> bool:
        return self.content == b"true" if self.kind == "boolean" else self.rows > 0


def serialize_answer(answer: Answer) -> WrittenAnswer:
    r"""Read an answer completely and return it as bytes.

    >>> from pyoxigraph import Store
    >>> serialize_answer(Store().query('SELECT ?x { VALUES ?x { "a" UNDEF } }'))
    WrittenAnswer(kind='solutions', rows=2, content=b'?x\n"a"\n\n')
    """
    out = BytesIO()
    kind, rows = write_answer(answer, out)
    return WrittenAnswer(kind, rows, out.getvalue())


def write_answer(answer: Answer, out: IO[bytes], limits: Limits = _NO_LIMITS) -> tuple[Kind, int]:
    """Write an answer while it is produced; return its kind and number of rows.

    Raises
    ------
    LimitReached
        The answer has more rows or bytes than the limits allow.
    """
    if isinstance(answer, QueryBoolean):
        out.write(b"true" if answer else b"false")
        return "boolean", 1
    counting = _LimitedStream(out, limits, header=isinstance(answer, QuerySolutions))
    if isinstance(answer, QuerySolutions):
        answer.serialize(counting, _ROWS)  # type: ignore[arg-type] # it only writes
        return "solutions", counting.rows
    answer.serialize(counting, _TRIPLES)  # type: ignore[arg-type] # it only writes
    return "triples", counting.rows


class _LimitedStream:
    """A stream that counts rows and bytes, and raises an error beyond the limits."""

    def __init__(self, out: IO[bytes], limits: Limits, *, header: bool) -> None:
        self.out, self.limits, self.rows, self.bytes = out, limits, -int(header), 0

    def write(self, content: bytes) -> int:
        self.rows += content.count(b"\n")
        self.bytes += len(content)
        limits = self.limits
        if limits.rows is not None and self.rows > limits.rows:
            raise rows_limit(limits.rows)
        if limits.size is not None and self.bytes > limits.size:
            raise size_limit(limits.size)
        return self.out.write(content)

    def flush(self) -> None:
        self.out.flush()


def rows_limit(most: int) -> LimitReached:
    """Return the error for an answer of too many rows."""
    return _limit_error(f"the answer has more than {most:,} rows", "rows")


def size_limit(most: int) -> LimitReached:
    """Return the error for an answer of too many bytes."""
    return _limit_error(f"the answer is larger than {format_bytes(most)}", "size")


def time_limit(most: float) -> LimitReached:
    """Return the error for a query that takes too long."""
    return _limit_error(f"the query took more than {most:g} s", "seconds")


def memory_limit(most: int) -> LimitReached:
    """Return the error for a query that needs too much memory."""
    return _limit_error(f"the query needed more than {format_bytes(most)} of memory", "memory")


def _limit_error(what: str, name: str) -> LimitReached:
    hint = f"--max-{name}, in Python limits=knockon.Limits({name}=...)"
    return LimitReached(f"{what}{_ADVICE_SEPARATOR}narrow it, e.g. by LIMIT{_OPTIONS}{hint}")


def without_options(message: str) -> str:
    """Return a message for somebody who does not set the limits: a client of a server, an assistant.

    >>> without_options(str(rows_limit(10)))
    'the answer has more than 10 rows and was stopped; narrow it, e.g. by LIMIT'
    """
    return message.partition(_OPTIONS)[0]


def without_advice(error: LimitReached) -> str:
    """Return the message of a limit error without the advice on options.

    >>> without_advice(rows_limit(10))
    'the answer has more than 10 rows and was stopped'
    """
    event, separator, _ = str(error).partition(_ADVICE_SEPARATOR)
    return event + separator.removesuffix("; ")
