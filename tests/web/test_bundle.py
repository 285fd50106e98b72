"""The script and the style of the page are what ``web/`` makes."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

import knockon

WEB = Path(__file__).resolve().parents[2] / "web"
BUILT = Path(knockon.__file__).parent / "present" / "templates"
MEND = "the sources changed since the page was built: run `make page`"
EDITED = "the bundle is not what was built: nobody edits it by hand, run `make page`"

pytestmark = pytest.mark.skipif(not WEB.is_dir(), reason="the sources of the page are not here")


def manifest() -> dict[str, str]:
    """What web/build.mjs wrote down: a hash over the sources, and one of each file that it made."""
    found: dict[str, str] = json.loads((WEB / "bundle.json").read_text("utf-8"))
    return found


def sources() -> str:
    """A hash over the names and texts of the sources."""
    folder = WEB / "src"
    names = sorted(f"src/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.suffix in (".js", ".css"))
    whole = hashlib.sha256()
    for name in ["package.json", "build.mjs", *names]:
        text = (WEB / name).read_bytes().decode().replace("\r\n", "\n")
        whole.update(f"{name}\0{text}\0".encode())
    return whole.hexdigest()


def test_built_from_these_sources():
    """The sources are those that the bundle was made of."""
    assert manifest()["sources"] == sources(), MEND


@pytest.mark.parametrize("name", ["explorer.js", "explorer.css"])
def test_the_bundle_is_what_was_built(name):
    """Each file has the content that came out of the build, and nothing in it says where or when."""
    text = (BUILT / name).read_bytes().replace(b"\r\n", b"\n")
    assert manifest()[name] == hashlib.sha256(text).hexdigest(), EDITED


@pytest.mark.skipif(
    shutil.which("node") is None or not (WEB / "node_modules").is_dir(), reason="there is no node, or no web/node_modules"
)
def test_building_again_gives_the_same_bytes(tmp_path):
    """The sources make the files that are there."""
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=WEB, check=True, capture_output=True)
    assert (tmp_path / "bundle.json").read_bytes() == (WEB / "bundle.json").read_bytes(), MEND
    for name in ("explorer.js", "explorer.css"):
        assert (tmp_path / name).read_bytes() == (BUILT / name).read_bytes(), MEND
