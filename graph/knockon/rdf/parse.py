"""Parse RDF from untrusted sources into quads, or refuse it with file, line and a hint.

The parser is fast, but not made for hostile files. What would make it crash or never end is checked before.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import islice

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from knockon.errors import InvalidData, Problem
from knockon.rdf import json_ld, rdf_xml, turtle
from knockon.rdf.memory import Memory
from knockon.rdf.turtle import LONGEST

#: The most bytes of the terms of a file: for each of its own bytes, and in addition. Only names in a very long namespace
#: reach that.
_GROWTH, _MIN_ALLOWED = 20, 128 << 20
#: Longer texts without a space may be namespaces that are repeated in every term.
_LONG = 1_000
#: The most quads that are read between two checks of memory.
_CHUNK = 50_000
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def parse_rdf(content: bytes, form: RdfFormat, source: str, base: str | None = None) -> list[Quad]:
    """Return the quads of an RDF text.

    Parameters
    ----------
    content
        The text, in UTF-8.
    form
        Its format.
    source
        The name of the file in problems.
    base
        The base of relative IRIs.

    Raises
    ------
    InvalidData
        The text does not parse, or is nested too deeply, expands too much or has too long parts.
    LimitReached
        The memory limit of the process is too low for it.

    Examples
    --------
    >>> len(parse_rdf(b"<urn:x:a> <urn:x:b> 1, 2 .", RdfFormat.TURTLE, "a.ttl"))
    2
    """
    text = content.removeprefix(codecs.BOM_UTF8)
    if fault := _find_fault(text, form, source):
        raise InvalidData([fault])
    try:
        quads = _read_quads(pyoxigraph.parse(text, format=form, base_iri=base, rename_blank_nodes=True), text, source)
    except SyntaxError as error:
        raise InvalidData([_syntax_problem(error, source)]) from None
    except MemoryError:
        tokens = json_ld.STRING if form == RdfFormat.JSON_LD else turtle.TOKEN
        raise InvalidData([_too_long_problem(source, turtle.line_of_longest(text, tokens))]) from None
    except (ValueError, OSError, RuntimeError, OverflowError) as error:
        raise InvalidData([Problem(source, None, f"does not parse: {error}")]) from None
    except BaseException as error:
        # A crash of the parser, which is not an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise InvalidData([Problem(source, None, "makes the RDF parser fail", "write it with another program")]) from None
    if len(text) > LONGEST and any(len(text) > LONGEST for quad in quads for text in _texts(quad)):
        raise InvalidData([_too_long_problem(source, None)])
    return quads


def _find_fault(text: bytes, form: RdfFormat, source: str) -> Problem | None:
    # Without a byte order mark, every second byte of Latin text is 0.
    zeros = [byte == 0 for byte in text[:4]]
    if text.startswith(_UTF_16) or zeros in ([True, False] * 2, [False, True] * 2):
        return Problem(source, 1, "is in UTF-16; RDF is read in UTF-8", "save it as UTF-8: iconv -f UTF-16 -t UTF-8")
    if any(zeros):
        return Problem(source, 1, "is not text: one of its first four bytes is zero", "is it the right file?")
    if form == RdfFormat.RDF_XML:
        return rdf_xml.fault_of(text, source)
    if form == RdfFormat.JSON_LD:
        return json_ld.fault_of(text, source)
    return turtle.fault_of(text, source)


def _read_quads(parser: Iterator[Quad], text: bytes, source: str) -> list[Quad]:
    longest = _longest_without_space(text)
    chunk_size = max(1, min(_CHUNK, LONGEST // longest))
    size, most = 0, _MIN_ALLOWED + _GROWTH * len(text)
    memory = Memory()
    quads: list[Quad] = []
    while chunk := list(islice(parser, chunk_size)):
        quads += chunk
        memory.check(source, len(quads))
        if longest > _LONG:
            size += sum(len(str(quad)) for quad in chunk)
            if size > most:
                hint = "use a short prefix or base instead of a very long one"
                message = f"its triples take more than {most >> 20:,} MB, from {len(text) / (1 << 20):,.1f} MB"
                raise InvalidData([Problem(source, None, message, hint)])
    return quads


def _longest_without_space(text: bytes) -> int:
    """Return an upper bound of the longest run of bytes without white space."""
    step = _LONG // 2
    longest = run = 0
    for start in range(0, len(text), step):
        run = run + 1 if len(text[start : start + step].split()) == 1 else 0
        longest = max(longest, run)
    return (longest + 2) * step


def _texts(quad: Quad) -> Iterator[str]:
    for term in (quad.subject, quad.predicate, quad.object):
        yield getattr(term, "value", "")


def _syntax_problem(error: SyntaxError, source: str) -> Problem:
    message = str(error.msg or error)
    hint = ""
    if "LoadDocumentCallback" in message:
        message = "refers to a @context at another address, which is not fetched"
        hint = "replace the address with the context itself"
    return Problem(source, error.lineno, message, hint)


def _too_long_problem(source: str, line: int | None) -> Problem:
    hint = "keep long texts in files of their own, and refer to them"
    return Problem(source, line, f"a literal, a name or a comment is longer than {LONGEST >> 20} MB", hint)
