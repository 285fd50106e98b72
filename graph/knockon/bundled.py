"""Where the ontology and the bundled data sets lie: beside the package in a wheel, two folders up in a checkout."""

from __future__ import annotations

from pathlib import Path

from knockon.errors import NotFound

_HERE = Path(__file__).resolve().parent
DEFAULT_DATA_SET = "sensetime"


def _root() -> Path:
    inside = _HERE / "_bundled"
    return inside if inside.is_dir() else _HERE.parents[1]


def ontology_folder() -> Path:
    """The folder with knockon.ttl, scales.ttl, alignments.ttl, shapes.ttl, context.jsonld and queries/."""
    return _root() / "ontology"


def data_set_names() -> list[str]:
    """The names of the data sets that come with the package.

    >>> "sensetime" in data_set_names()
    True
    """
    return sorted(path.parent.name for path in (_root() / "data").glob("*/dataset.yaml"))


def data_set_folder(name: str) -> Path:
    """The folder of a bundled data set; NotFound where there is none of that name."""
    if name not in data_set_names():
        raise NotFound("data set", name, data_set_names())
    return _root() / "data" / name


def prebuilt_file(name: str) -> Path:
    """The file with the prebuilt form of a bundled data set, which need not exist."""
    return _root() / "data" / "prebuilt" / f"{name}.jsonl"
