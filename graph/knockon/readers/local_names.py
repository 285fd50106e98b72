"""Local names of imported records, made of the keys and names of their source."""

from __future__ import annotations

import re
from functools import lru_cache

from knockon.authoring.names import LOCAL_NAME, to_exact_local_name, to_local_name
from knockon.model.base import long_digest
from knockon.model.field_types import is_writable
from knockon.store.files import slug

#: The longest local name that is made of one text; longer ones end in a hash.
_LONGEST = 80
#: The hexadecimal digits of a hash: registers have millions of names.
_HASH = 20
_KEY = re.compile(r"[^\s]*[0-9][^\s]*")


# The same countries, needs and measures are named by many rows.
@lru_cache(maxsize=10_000)
def imported_name(text: str, *, exact: bool = False) -> str:
    """Return the local name for a key or name of a source.

    A key (no spaces, a digit) stays as it is, since keys that differ in a capital are different. Names that differ only in
    capitals, spaces and punctuation are one, unless ``exact``. A hash is appended where letters that distinguish names are
    lost. A text that no record can have stays as it is, so that it is refused where it becomes an id.

    Parameters
    ----------
    text
        The key or name.
    exact
        Keep names apart that differ in any character.

    Examples
    --------
    >>> imported_name("N20"), imported_name("Acme Ltd."), imported_name("ACME, Ltd"), imported_name("Acme Ltd.", exact=True)
    ('N20', 'acme-ltd', 'acme-ltd', 'acme-ltd-f9582b')
    >>> imported_name("A/1"), imported_name("A-1/"), imported_name("\u534e\u4e3a")
    ('a-1-a5b3d27a72bcfbb32966', 'a-1-41670040290e8685d882', 'x-82eaaba81d9dcc54deab')
    """
    text = text.strip()
    if not is_writable(text):
        return text
    if exact:
        return _shortened(to_exact_local_name(text), text)
    if _KEY.fullmatch(text):
        return _shortened(text if LOCAL_NAME.fullmatch(text) else _with_hash(text, text), text)
    name = to_local_name(text)
    return _shortened(name if name == slug(text) else _with_hash(text, text.casefold()), text)


def _with_hash(text: str, distinguished: str) -> str:
    stem = slug(text) if re.search("[A-Za-z0-9]", text) else "x"
    return f"{stem}-{_hash(distinguished)}"


def _shortened(name: str, text: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - _HASH - 1].rstrip('-._~')}-{_hash(text)}"


def _hash(text: str) -> str:
    return long_digest(text)


__all__ = ["imported_name"]
