"""RDF texts that are broken in many small ways, each drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

#: What is put in: what opens and closes in the formats, numbers of characters, long runs, bytes that are no UTF-8.
_PIECES = [
    b"<<( ", b" )>>", b"<", b">", b'"', b'"""', b"'", b"[", b"]", b"(", b")", b"{", b"}", b"{|", b"|}", b"\\",
    b"\\u0000", b"\\uD800", b"\\U0010FFFF", b"_:a", b"_:b", b" a ", b"@en", b"@en--ltr", b"^^", b"#", b".", b";", b",",
    b"@prefix p: <", b"@base <", b"~", b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80", b"\r",
    b"\n", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&#0;", b"&a;", b"<?", b"?>",
    b' rdf:parseType="Literal"', b' rdf:nodeID="a"', b' xml:lang="en"', b"/>", b"</", b'"@context":', b'"@id":',
    b'"@list":', b'"@type":', b'"@graph":', b'"@value":', b"null", b"1e999", b"-0", b"9" * 400, b"a" * 2000, b"[" * 300,
    b"<b>" * 300, b"<<( <urn:a> <urn:b> " * 60, b"(" * 300,
]  # fmt: skip


def broken_texts(samples: Mapping[str, Sequence[bytes]], seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield endings and texts without end; ``samples`` are sound texts by the ending of their format."""
    draw = random.Random(seed)  # noqa: S311 - mutations
    endings = sorted(samples)
    while True:
        ending = draw.choice(endings)
        text = bytearray(draw.choice(samples[ending]))
        for _ in range(draw.choice((1, 1, 2, 3, 8))):
            start = draw.randrange(len(text) + 1)
            end = min(len(text), start + draw.choice((0, 1, 1, 5, 40, 400)))
            kind = draw.randrange(6)
            if kind == 0:
                del text[start:end]
            elif kind == 1:
                text[start:end] = draw.choice(_PIECES)
            elif kind == 2:
                text[start:start] = draw.choice(_PIECES)
            elif kind == 3:
                text[start:start] = text[start:end] * draw.choice((1, 2, 20))
            elif kind == 4:
                other = draw.choice(samples[draw.choice(endings)])
                place = draw.randrange(len(other) + 1)
                text[start:end] = other[place : place + draw.choice((10, 100, 1000))]
            elif text:
                place = min(start, len(text) - 1)
                text[place] = draw.randrange(256)
        yield ending, bytes(text)
