"""Parse RDF from untrusted sources into quads, or refuse it with file, line and a hint.

The parser is fast, and made for files of people who mean well. What makes it crash, or work without end, is looked for first.
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

#: Text that a file may become, in bytes: for each of its own, and in all. Only names under a very long namespace reach it.
_GROWTH, _ROOM = 20, 128 << 20
#: Texts of a file without a space that are longer than this may be namespaces that make it grow.
_LONG = 1_000
_AT_ONCE = 50_000
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
        What it is called in problems.
    base
        The IRI that relative ones start from.

    Raises
    ------
    InvalidData
        It does not parse, or nests, expands or is long without bound.
    LimitReached
        It does not fit into the memory that the process may use.

    Examples
    --------
    >>> len(parse_rdf(b"<urn:x:a> <urn:x:b> 1, 2 .", RdfFormat.TURTLE, "a.ttl"))
    2
    """
    text = content.removeprefix(codecs.BOM_UTF8)
    if fault := _fault_of(text, form, source):
        raise InvalidData([fault])
    try:
        quads = _collected(pyoxigraph.parse(text, format=form, base_iri=base, rename_blank_nodes=True), text, source)
    except SyntaxError as error:
        raise InvalidData([_syntax(error, source)]) from None
    except MemoryError:
        tokens = json_ld.STRING if form == RdfFormat.JSON_LD else turtle.TOKEN
        raise InvalidData([_too_long(source, turtle.line_of_longest(text, tokens))]) from None
    except (ValueError, OSError, RuntimeError, OverflowError) as error:
        raise InvalidData([Problem(source, None, f"does not parse: {error}")]) from None
    except BaseException as error:
        # A failure of the parser itself; it is not an Exception, so that no handler catches it by accident.
        if type(error).__name__ != "PanicException":
            raise
        raise InvalidData([Problem(source, None, "makes the RDF parser fail", "write it anew with another program")]) from None
    if len(text) > LONGEST and any(len(text) > LONGEST for quad in quads for text in _texts(quad)):
        raise InvalidData([_too_long(source, None)])
    return quads


def _fault_of(text: bytes, form: RdfFormat, source: str) -> Problem | None:
    # Without a mark of its order, every second byte of Latin text is 0.
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


def _collected(parser: Iterator[Quad], text: bytes, source: str) -> list[Quad]:
    longest = _longest_without_space(text)
    at_once = max(1, min(_AT_ONCE, LONGEST // longest))
    size, most = 0, _ROOM + _GROWTH * len(text)
    memory = Memory()
    quads: list[Quad] = []
    while chunk := list(islice(parser, at_once)):
        quads += chunk
        memory.check(source, len(quads))
        if longest > _LONG:
            size += sum(len(str(quad)) for quad in chunk)
            if size > most:
                hint = "is there a prefix or base of enormous length? Take a short one"
                message = f"its triples take more than {most >> 20:,} MB, from {len(text) / (1 << 20):,.1f} MB"
                raise InvalidData([Problem(source, None, message, hint)])
    return quads


def _longest_without_space(text: bytes) -> int:
    """Return a bound of the longest run of bytes without white space."""
    step = _LONG // 2
    longest = run = 0
    for start in range(0, len(text), step):
        run = run + 1 if len(text[start : start + step].split()) == 1 else 0
        longest = max(longest, run)
    return (longest + 2) * step


def _texts(quad: Quad) -> Iterator[str]:
    for term in (quad.subject, quad.predicate, quad.object):
        yield getattr(term, "value", "")


def _syntax(error: SyntaxError, source: str) -> Problem:
    message = str(error.msg or error)
    hint = ""
    if "LoadDocumentCallback" in message:
        message = "names a @context at another address, and nothing is fetched"
        hint = "put the context itself in its place"
    return Problem(source, error.lineno, message, hint)


def _too_long(source: str, line: int | None) -> Problem:
    hint = "keep long texts in files of their own, and refer to them"
    return Problem(source, line, f"a literal, a name or a comment is longer than {LONGEST >> 20} MB", hint)
