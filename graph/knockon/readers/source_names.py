"""Local names of records from the ids that their source gives them."""

from __future__ import annotations

from knockon.authoring.names import LOCAL_NAME, to_exact_local_name
from knockon.model.field_types import is_writable


def source_name(text: str) -> str:
    """Return the local name for an id of a source: the id itself where it can be one, and never that of another id.

    >>> source_name("ent-93c75C"), source_name("GB-COH/0744"), source_name("GB COH 0744")
    ('ent-93c75C', 'gb-coh-0744-e57971', 'gb-coh-0744-4e616a')
    """
    # Two hyphens set off the names of parts.
    if LOCAL_NAME.fullmatch(text) and "--" not in text:
        return text
    # Where a text that no record can have becomes an id, it is refused.
    return to_exact_local_name(text) if is_writable(text) else text


__all__ = ["source_name"]
