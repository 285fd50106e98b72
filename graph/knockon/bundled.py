"""Locate the ontology and the bundled data sets: beside the package in a wheel, two folders up in a checkout."""

from __future__ import annotations

from pathlib import Path

from knockon.errors import NotFound

_PACKAGE = Path(__file__).resolve().parent
DEFAULT_DATA_SET = "sensetime"


def _root() -> Path:
    inside = _PACKAGE / "_bundled"
    return inside if inside.is_dir() else _PACKAGE.parents[1]


def ontology_folder() -> Path:
    """Return the folder with knockon.ttl, scales.ttl, alignments.ttl, shapes.ttl, context.jsonld and queries/."""
    return _root() / "ontology"


def data_set_names() -> list[str]:
    """Return the names of the data sets that are bundled with the package.

    >>> "sensetime" in data_set_names()
    True
    """
    return sorted(path.parent.name for path in (_root() / "data").glob("*/dataset.yaml"))


def data_set_folder(name: str) -> Path:
    """Return the folder of a bundled data set; raise NotFound if there is none with that name."""
    if name not in data_set_names():
        raise NotFound("data set", name, data_set_names())
    return _root() / "data" / name


def backtest_names() -> list[str]:
    """Return the names of the real shocks that are bundled, for ``knockon backtest``.

    >>> "zte-2018" in backtest_names()
    True
    """
    return sorted(path.parent.name for path in (_root() / "data" / "backtests").glob("*/case.yaml"))


def backtest_folder(name: str) -> Path:
    """Return the folder of a bundled real shock."""
    return _root() / "data" / "backtests" / name


def mapping_folder() -> Path:
    """Return the folder of the mappings that are shipped with the package."""
    return _root() / "data" / "mappings"


def labelled_pairs_file() -> Path:
    """Return the file of pairs of names of which it is known whether they are one entity."""
    return _root() / "data" / "identity" / "pairs.csv"


def prebuilt_file(name: str) -> Path:
    """The file with the prebuilt form of a bundled data set, which need not exist."""
    return _root() / "data" / "prebuilt" / f"{name}.jsonl"
