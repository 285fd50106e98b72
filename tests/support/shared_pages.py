"""Pages that several test files open: the first process that needs one writes it, for all processes of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def shared_page(folders: pytest.TempPathFactory, name: str, text: Callable[[], str]) -> Path:
    """Return the path of a page, which is written if no process of this run has written it yet.

    Parameters
    ----------
    folders
        The temporary folders of this process: with pytest-xdist they are in the folder of the run, else they are that folder.
    name
        The name of the page, by which other files find it.
    text
        Makes the page.
    """
    own = folders.getbasetemp()
    folder = (own.parent if own.name.startswith("popen-") else own) / "shared-pages"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.html"
    with FileLock(folder / f"{name}.lock"):
        if not path.exists():
            unfinished = path.with_suffix(".part")
            unfinished.write_text(text(), "utf-8")
            unfinished.rename(path)
    return path


__all__ = ["shared_page"]
