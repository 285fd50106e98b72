"""Find the Pythons that the project supports: without an argument list their versions, with ``3.12`` print a path.

The supported versions are those of the classifiers in pyproject.toml. Each is looked for on the PATH, then among the
versions of pyenv. What runs this may be any Python, and needs nothing but the standard library.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def supported() -> list[str]:
    """List the versions of the classifiers, oldest first: ``["3.11", "3.12"]``."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    return re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text)


def candidates(version: str) -> Iterator[str]:
    """Yield the programs that may be this version: the one on the PATH, then those of pyenv, newest first."""
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted((pyenv / "versions").glob(f"{version}.*"), key=release, reverse=True):
        yield str(folder / "bin" / "python")


def release(folder: Path) -> list[int]:
    """Order ``3.12.10`` after ``3.12.9``."""
    return [int(part) for part in re.findall(r"\d+", folder.name)]


def find(version: str) -> str | None:
    """Find a Python of this version that starts: a shim of pyenv may be on the PATH and start nothing."""
    code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    for program in candidates(version):
        try:
            done = subprocess.run([program, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        except (OSError, subprocess.SubprocessError):
            continue
        answered, _, path = done.stdout.strip().partition(" ")
        if answered == version:
            return path
    return None


def main(arguments: list[str]) -> int:
    """Print what was asked for; each version that is not there is named on standard error."""
    status = 0
    for version in arguments or supported():
        path = find(version)
        if path:
            print(path if arguments else version)  # noqa: T201 - the Makefile reads it
        else:
            print(f"no Python {version} found: nothing is tested with it", file=sys.stderr)  # noqa: T201
            status = 1 if arguments else 0
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
