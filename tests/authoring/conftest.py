"""What the tests of the authoring floor share."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.data_folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
