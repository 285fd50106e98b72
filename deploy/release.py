"""Build what is released, in an empty folder, and check it: wheel, source distribution, bill of materials, checksums.

``make release`` runs it. It needs the packages of the extra ``release``, and a way to install from a package index. The same
commit gives the same bytes: the time in the files is that of the commit.

Checked are:

- the changelog has a section for the version, and it is the first;
- the wheel has the package, its type marker and its data, and neither tests nor tools;
- the source distribution gives the same wheel;
- the bill of materials (CycloneDX 1.6) lists what an installation with all extras consists of, and Knock-on itself reads it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NAME, VERSION = PROJECT["name"], PROJECT["version"]
#: What must not be in a wheel.
FOREIGN = re.compile(r"(^|/)(tests?|benchmarks|web|docs|\.ci|\.github|node_modules)/|\.pyc$")


class Refused(Exception):
    """What is to be released is not as it should be."""


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a program, and return what it prints."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def commit_time() -> str:
    """Return the time of the last commit, in seconds; that of the environment comes first."""
    return os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct").strip()


def check_changelog(text: str) -> None:
    """Check that the first section is that of the version, with a date and at least one line."""
    sections = re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    if not sections or not re.fullmatch(rf"{re.escape(VERSION)} \(\d{{4}}-\d\d-\d\d\)", sections[0][0].strip()):
        found = sections[0][0].strip() if sections else "none"
        raise Refused(f"CHANGELOG.md: its first section is {found!r}; it must be '{VERSION} (YYYY-MM-DD)'")
    if not re.search(r"^- ", sections[0][1], flags=re.MULTILINE):
        raise Refused(f"CHANGELOG.md: the section {VERSION} says nothing")


def check_wheel(wheel: Path) -> None:
    """Check what is in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    if foreign := [name for name in names if FOREIGN.search(name)]:
        raise Refused(f"{wheel.name} has {foreign[0]} and {len(foreign) - 1} more files that do not belong in it")
    for needed in ("py.typed", "_bundled/ontology/knockon.ttl", "_bundled/data/sensetime/dataset.yaml"):
        if f"{NAME}/{needed}" not in names:
            raise Refused(f"{wheel.name} lacks {NAME}/{needed}")


def check_source(source: Path, wheel: Path, time: str) -> None:
    """Check that the source distribution gives the same wheel."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with tarfile.open(source) as archive:
            archive.extractall(place, filter="data")
        (unpacked,) = (path for path in place.iterdir() if path.is_dir())
        build(unpacked, place / "again", time, "--wheel")
        (again,) = (place / "again").glob("*.whl")
        if again.read_bytes() != wheel.read_bytes():
            raise Refused(f"{source.name} gives another wheel than the checkout")


def build(checkout: Path, out: Path, time: str, *what: str) -> None:
    """Build distributions of a checkout, in an environment of their own."""
    run(sys.executable, "-m", "build", "--outdir", out, *what, checkout, env={"SOURCE_DATE_EPOCH": time})


def bill_of_materials(wheel: Path, path: Path, time: str) -> int:
    """Install the wheel with all extras and write what it consists of; return the number of components."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(Path(folder) / "env", with_pip=True)
        python = Path(folder) / "env" / "bin" / "python"
        install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(python, *install, "--constraint", ROOT / "constraints.txt", f"{wheel}[all]", cwd=Path(folder))
        run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "pip", cwd=Path(folder))
        describe = (
            "-m",
            "cyclonedx_py",
            "environment",
            "--spec-version",
            "1.6",
            "--output-reproducible",
            "--mc-type",
            "library",
        )
        project = ("--pyproject", ROOT / "pyproject.toml")
        run(
            sys.executable,
            *describe,
            *project,
            "--output-file",
            path,
            python,
            cwd=Path(folder),
            env={"SOURCE_DATE_EPOCH": time},
        )
        bom = json.loads(path.read_text("utf-8"))
        # The place that the wheel was installed from is a folder of this machine.
        for component in bom["components"]:
            links = [each for each in component.get("externalReferences", []) if not each["url"].startswith("file:")]
            component["externalReferences"] = links
            component["properties"] = [each for each in component.get("properties", []) if "path" not in each["name"]]
        path.write_text(json.dumps(bom, indent=2, sort_keys=True) + "\n", "utf-8")
        read = run(python.parent / NAME, "import", path, "--dry-run", "--format", "json", cwd=Path(folder))
    components = len(bom["components"])
    if json.loads(read)["rejected"] or components < len(PROJECT["dependencies"]):
        raise Refused(f"{path.name}: Knock-on reads {components} components of it and refuses {json.loads(read)['rejected']}")
    return components


def main() -> int:
    """Build and check; print the files with their checksums."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist", help="an empty or new folder (dist)")
    out = parser.parse_args().folder.resolve()
    try:
        if out.exists() and any(out.iterdir()):
            raise Refused(f"{out} is not empty")
        out.mkdir(parents=True, exist_ok=True)
        check_changelog((ROOT / "CHANGELOG.md").read_text("utf-8"))
        time = commit_time()
        build(ROOT, out, time)
        (wheel,), (source,) = out.glob("*.whl"), out.glob("*.tar.gz")
        check_wheel(wheel)
        check_source(source, wheel, time)
        count = bill_of_materials(wheel, out / f"{NAME}-{VERSION}.cdx.json", time)
    except Refused as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in sorted(out.iterdir())]
    (out / "SHA256SUMS").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))
    print(f"{count} components in the bill of materials", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
