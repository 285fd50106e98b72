"""The script and the style of the page are what ``web/`` makes."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

import knockon

WEB = Path(__file__).resolve().parents[2] / "web"
BUILT = Path(knockon.__file__).parent / "present" / "templates"
MEND = "the sources changed since the page was built: run `make page`"


def digest() -> str:
    """What web/build.mjs writes into the first line: a hash over the names and texts of the sources."""
    folder = WEB / "src"
    names = sorted(f"src/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.suffix in (".js", ".css"))
    whole = hashlib.sha256()
    for name in ["package.json", "build.mjs", *names]:
        text = (WEB / name).read_bytes().decode().replace("\r\n", "\n")
        whole.update(f"{name}\0{text}\0".encode())
    return whole.hexdigest()


@pytest.mark.parametrize("name", ["explorer.js", "explorer.css"])
def test_built_from_these_sources(name: str) -> None:
    """The first line names the hash of the sources that are there now."""
    first = (BUILT / name).read_text("utf-8").split("\n", 1)[0]
    assert first == f"/* built from web/, sha256 {digest()} */", MEND


@pytest.mark.skipif(
    shutil.which("node") is None or not (WEB / "node_modules").is_dir(), reason="there is no node, or no web/node_modules"
)
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nobody edited what is generated."""
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=WEB, check=True, capture_output=True)
    for name in ("explorer.js", "explorer.css"):
        assert (tmp_path / name).read_bytes() == (BUILT / name).read_bytes(), MEND
