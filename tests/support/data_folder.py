"""Data sets made of texts, for the tests of the authoring floor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from knockon.authoring.read import read_data_set
from knockon.errors import InvalidData
from knockon.model import DataSet

Files = Mapping[str, str | bytes]
DESCRIPTION = "name: tiny\nbase: https://example.org/id/\ntitle: Tiny\n"


class Folder:
    """A folder to write data sets into, and to read them from."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, files: Files) -> Path:
        """Put files there; the folder itself is the data set."""
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (self.path / name).write_bytes(data)
        return self.path

    def read(self, files: Files) -> DataSet:
        """The data set in the folder, described as ``tiny`` unless the files say otherwise."""
        return read_data_set(self.write({"dataset.yaml": DESCRIPTION, **files}))

    def read_one(self, name: str, content: str | bytes) -> DataSet:
        """The data set in one file."""
        return read_data_set(self.write({name: content}) / name)

    def problems(self, files: Files, one: str = "") -> list[str]:
        """What is wrong with a folder, or with one file in it: each with its place, paths cut to names."""
        with pytest.raises(InvalidData) as caught:
            self.read_one(one, files[one]) if one else self.read(files)
        return [
            str(problem).replace(f"{self.path}/", "").replace(str(self.path), "FOLDER") for problem in caught.value.problems
        ]
