"""``python -m knockon.authoring.generate``: write data/prebuilt/ from the bundled data; ``--check`` only compares."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from knockon.authoring.prebuilt import prebuilt
from knockon.authoring.read import read_data_set
from knockon.bundled import data_set_folder, data_set_names, prebuilt_file


def stale() -> list[str]:
    """Return the names of the bundled data sets whose prebuilt form is missing, or differs from what their files say."""
    return [name for name in data_set_names() if _committed(name) != _current(name)]


def write() -> None:
    """Write every prebuilt form."""
    for name in data_set_names():
        prebuilt_file(name).parent.mkdir(exist_ok=True)
        prebuilt_file(name).write_bytes(_current(name))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the prebuilt forms, or with ``--check`` only name those that differ; the exit code is 1 if one does."""
    parser = argparse.ArgumentParser(prog="python -m knockon.authoring.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name each file that differs")
    if not parser.parse_args(arguments).check:
        write()
        return 0
    differing = stale()
    for name in differing:
        sys.stderr.write(f"data/prebuilt/{name}.jsonl differs from data/{name}; run python -m knockon.authoring.generate\n")
    return 1 if differing else 0


def _current(name: str) -> bytes:
    folder = data_set_folder(name)
    return prebuilt(read_data_set(folder), folder)


def _committed(name: str) -> bytes | None:
    file = prebuilt_file(name)
    return file.read_bytes() if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
