"""The text of each page of a PDF, read in a process of its own.

The library that reads PDF is written in C++ and the file may be made to break it: then that process ends, and not this one.
Its time and memory are limited, and so are pages and characters.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec

from knockon.errors import InvalidData, LimitReached, Problem, UsageError

#: The most pages, and the most characters of all of them.
MOST_PAGES, MOST_CHARACTERS = 5_000, 20_000_000
#: How long reading may take, in seconds, and how much memory it may use, in bytes.
SECONDS, MEMORY = 60, 2 * 2**30


def read_pages(name: str, data: bytes) -> tuple[str, ...]:
    """Return the text of each page of a PDF.

    Parameters
    ----------
    name
        The name of the file, for messages.
    data
        Its bytes.

    Raises
    ------
    UsageError
        pypdfium2 is not installed.
    InvalidData
        It is not a PDF that can be read: damaged, encrypted, or larger than the limits.
    LimitReached
        Reading it takes too long.
    """
    # Readers of PDF look for its mark in the first kilobyte.
    if b"%PDF-" not in data[:1024]:
        raise InvalidData([Problem(name, None, "cannot be read as PDF: it begins otherwise")], "nothing was proposed")
    if find_spec("pypdfium2") is None:
        raise UsageError("PDF needs pypdfium2: pip install 'knockon[propose]'")
    code = f"import sys; sys.path[:] = {sys.path!r}; from knockon.proposals.pdf_text import answer; answer()"
    try:
        ran = subprocess.run(  # noqa: S603 # our own code
            [sys.executable, "-c", code], input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise LimitReached(f"{name}: reading this PDF takes more than {SECONDS} seconds") from None
    try:
        pages, fault = json.loads(ran.stdout)
    except ValueError:
        pages, fault = [], "cannot be read as PDF: its reader broke off"
    if fault:
        raise InvalidData([Problem(name, None, fault)], "nothing was proposed")
    return tuple(pages)


def answer() -> None:
    """Read a PDF from stdin, and write its pages and what is wrong with it to stdout; runs in the separate process."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        result = _pages(sys.stdin.buffer.read()), ""
    except Exception as error:  # whatever the library raises, the file is at fault
        result = [], f"cannot be read as PDF: {str(error)[:200] or type(error).__name__}"
    json.dump(result, sys.stdout)


def _pages(data: bytes) -> list[str]:
    """Return the text of each page.

    Raises
    ------
    ValueError
        There are more pages or characters than the limits.
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    if len(document) > MOST_PAGES:
        raise ValueError(f"it has {len(document):,} pages; at most {MOST_PAGES:,} are read")
    pages: list[str] = []
    left = MOST_CHARACTERS
    for page in document:
        text = page.get_textpage().get_text_range()
        left -= len(text)
        if left < 0:
            raise ValueError(f"it has more than {MOST_CHARACTERS:,} characters")
        # A lone surrogate has no UTF-8, and JSON would not give it back.
        pages.append(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return pages


__all__ = ["read_pages"]
