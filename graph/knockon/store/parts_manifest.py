"""The manifest of a bulk export: its parts with their counts and checksums, and what the quads are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from knockon.errors import InvalidData, Problem
from knockon.store.regular_files import read_regular

#: The name of the file, and the name and version of its form.
MANIFEST, FORMAT, VERSION = "knockon-quads.json", "knockon-quads", 1
#: The name of a part.
PART = re.compile(r"part-[0-9]{6,9}\.nq(\.gz)?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: The largest manifest: that of 100,000 parts.
_MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class QuadPart:
    """One file of a bulk export.

    Attributes
    ----------
    file
        Its name.
    quads
        The number of its quads.
    text_bytes
        The bytes of its text; of a compressed file, before it was compressed.
    file_bytes
        The bytes of the file.
    sha256
        The SHA-256 of the file, in hexadecimal digits.
    graphs
        The number of graphs that it has quads of.
    first_graph
        The first of them in the order of parts; None is the default graph.
    last_graph
        The last of them; a graph between them is in no other part.
    """

    file: str
    quads: int
    text_bytes: int
    file_bytes: int
    sha256: str
    graphs: int
    first_graph: str | None
    last_graph: str | None


@dataclass(frozen=True, slots=True)
class QuadParts:
    """A bulk export: a graph as sorted N-Quads in several files.

    Attributes
    ----------
    sha256
        The SHA-256 of all lines in their order, whatever the parts are: equal content has an equal one.
    quads
        The number of quads.
    text_bytes
        The bytes of all lines.
    graphs
        The number of graphs.
    data_sets
        The data sets (IRIs).
    licenses
        The number of data sets and documents under each licence that is stated; the quads of others may not be passed on
        without looking them up.
    parts
        The files, in the order of their lines.

    Examples
    --------
    >>> QuadParts("", 0, 0, 0, (), (), ()).to_dict()["quads"]
    0
    """

    sha256: str
    quads: int
    text_bytes: int
    graphs: int
    data_sets: tuple[str, ...]
    licenses: tuple[tuple[str, int], ...]
    parts: tuple[QuadPart, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the manifest as plain values for JSON."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            **values,
            "data_sets": list(self.data_sets),
            "licenses": dict(self.licenses),
            "parts": [asdict(part) for part in self.parts],
        }

    def to_bytes(self) -> bytes:
        """Return the content of the manifest file."""
        content = {"format": FORMAT, "version": VERSION, **self.to_dict()}
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def is_parts_folder(path: Path) -> bool:
    """Return whether a path is the folder of a bulk export.

    >>> is_parts_folder(Path("no-such-folder"))
    False
    """
    return (path / MANIFEST).is_file()


def read_manifest(folder: Path) -> QuadParts:
    """Read the manifest of a bulk export.

    Raises
    ------
    InvalidData
        It is not complete, of another version, or contradicts itself.
    """
    path = folder / MANIFEST
    try:
        document = json.loads(read_regular(path, _MAX_BYTES))
        if document["version"] != VERSION:
            raise _problem(path, f"has version {str(document['version'])[:40]!r}, this program reads {VERSION}")
        if document["format"] != FORMAT:
            raise _problem(path, "is of another format")
        manifest = _manifest(document)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError) as error:
        raise _problem(path, f"is not a complete manifest ({str(error)[:200] or type(error).__name__})") from None
    names = [part.file for part in manifest.parts]
    if len(set(names)) < len(names) or not all(map(PART.fullmatch, names)):
        raise _problem(path, "names a part twice, or one that is not called like part-000001.nq")
    for what in ("quads", "text_bytes"):
        if sum(getattr(part, what) for part in manifest.parts) != getattr(manifest, what):
            raise _problem(path, f"states another number of {what} than its parts have together")
    return manifest


def _manifest(document: Mapping[str, Any]) -> QuadParts:
    parts = []
    for row in document["parts"]:
        part = QuadPart(**row)
        counts = part.quads, part.text_bytes, part.file_bytes, part.graphs
        if not (type(part.file) is str and all(map(_is_count, counts)) and _SHA256.fullmatch(part.sha256)):
            raise ValueError(f"the part {str(part.file)[:40]!r} has an invalid count or checksum")
        parts.append(part)
    sha256, (quads, text_bytes, graphs) = document["sha256"], [document[name] for name in ("quads", "text_bytes", "graphs")]
    if not (_SHA256.fullmatch(sha256) and all(map(_is_count, (quads, text_bytes, graphs)))):
        raise ValueError("an invalid count or checksum")
    if not isinstance(document["data_sets"], list):
        raise ValueError("data_sets is not a list")
    licenses = tuple((str(name), int(count)) for name, count in document["licenses"].items())
    return QuadParts(sha256, quads, text_bytes, graphs, tuple(map(str, document["data_sets"])), licenses, tuple(parts))


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _problem(path: Path, message: str) -> InvalidData:
    return InvalidData([Problem(str(path), None, message, "export the graph again: knockon export --parts FOLDER")])


__all__ = ["MANIFEST", "PART", "QuadPart", "QuadParts", "is_parts_folder", "read_manifest"]
