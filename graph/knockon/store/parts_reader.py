"""Read the data sets of a bulk export, after comparing every part with the manifest."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Quad, RdfFormat

from knockon.errors import InvalidData, Problem
from knockon.model import DataSet
from knockon.rdf.parse import parse_rdf
from knockon.store.data_sets_in_quads import data_sets_in
from knockon.store.files import slug
from knockon.store.parts_content import PartsContent
from knockon.store.parts_manifest import MANIFEST, PART, QuadPart, QuadParts, read_manifest
from knockon.store.regular_files import open_regular, sha256_of

_AGAIN = "copy the folder again, or export the graph again"


def read_parts(folder: Path) -> tuple[DataSet, ...]:
    """Return the data sets of a bulk export.

    A record that several data sets have comes back in the first of them, as it is with all that they say of it.

    Raises
    ------
    InvalidData
        A part is missing, incomplete, changed or not of this export (every one is named), the manifest states other graphs,
        data sets or licences than the parts have, or their records are invalid.
    """
    manifest = check_parts(folder)
    return data_sets_in(_quads(folder, manifest), str(folder), slug(folder.resolve().name))


def check_parts(folder: Path) -> QuadParts:
    """Compare every part of a bulk export with its manifest, and return that.

    Raises
    ------
    InvalidData
        A part is missing, incomplete, changed or not of this export; every one is named.
    """
    manifest = read_manifest(folder)
    problems = [problem for part in manifest.parts for problem in _damage(folder, part)]
    known = {part.file for part in manifest.parts}
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise InvalidData([Problem(str(folder), None, f"cannot be read: {error.strerror}")]) from None
    foreign = [name for name in names if PART.fullmatch(name) and name not in known]
    problems += [
        Problem(str(folder / name), None, f"is not a part of this export: {MANIFEST} does not list it", "remove it")
        for name in foreign
    ]
    if problems:
        raise InvalidData(problems)
    return manifest


def _damage(folder: Path, part: QuadPart) -> Iterator[Problem]:
    """Yield what is wrong with the file of a part."""
    path = folder / part.file
    try:
        size = path.stat().st_size
        if size != part.file_bytes:
            what = "is truncated" if size < part.file_bytes else "is too long"
            yield Problem(str(path), None, f"{what}: {size:,} bytes, and {MANIFEST} states {part.file_bytes:,}", _AGAIN)
        elif sha256_of(path) != part.sha256:
            yield Problem(str(path), None, f"was changed: it does not have the SHA-256 that {MANIFEST} states", _AGAIN)
    except FileNotFoundError:
        yield Problem(str(path), None, f"is missing: {MANIFEST} lists it with {part.quads:,} quads", _AGAIN)
    except OSError as error:
        yield Problem(str(path), None, f"cannot be read: {error.strerror}")


def _quads(folder: Path, manifest: QuadParts) -> Iterator[Quad]:
    """Yield the quads of all parts, one part in memory at a time; what the manifest says of them must be so."""
    text, about = hashlib.sha256(), PartsContent()
    changed: list[str] = []
    for part in manifest.parts:
        path = folder / part.file
        content = _content(path, part)
        text.update(content)
        quads = parse_rdf(content, RdfFormat.N_QUADS, str(path))
        if len(quads) != part.quads:
            message = f"has {len(quads):,} quads, and {MANIFEST} states {part.quads:,}"
            raise InvalidData([Problem(str(path), None, message, _AGAIN)])
        changed += [f"{name} of {part.file}" for name in about.add(part, quads)]
        yield from quads
    if text.hexdigest() != manifest.sha256:
        message = "its SHA-256 of all quads is not that of the parts in their order"
        raise InvalidData([Problem(str(folder / MANIFEST), None, message, _AGAIN)])
    if changed := [*about.differences(manifest), *changed]:
        message = "was changed: {} is not what the parts have"
        raise InvalidData([Problem(str(folder / MANIFEST), None, message.format(what), _AGAIN) for what in changed])


def _content(path: Path, part: QuadPart) -> bytes:
    """Return the text of a part; no more of it than the manifest states is ever unpacked."""
    try:
        with open_regular(path) as file:
            if path.suffix != ".gz":
                content = file.read(part.text_bytes + 1)
            else:
                with gzip.open(file) as unpacked:
                    content = unpacked.read(part.text_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidData([Problem(str(path), None, f"cannot be read: {error}", _AGAIN)]) from None
    if len(content) != part.text_bytes:
        message = f"does not have the {part.text_bytes:,} bytes of text that {MANIFEST} states"
        raise InvalidData([Problem(str(path), None, message, _AGAIN)])
    return content


__all__ = ["check_parts", "read_parts"]
