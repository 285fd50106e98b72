"""What is released: the changelog says the version, the wheel has what it should, the workflow has no secrets."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

import knockon
from support.release import release

ROOT = Path(__file__).resolve().parents[1]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))


def test_one_version_everywhere() -> None:
    """The package, the project and the citation name the same version."""
    assert knockon.__version__ == release.VERSION
    assert f"\nversion: {release.VERSION}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# Changelog\n\n## Unreleased\n\n- new\n", "'Unreleased'"),
        ("# Changelog\n\n## 0.0.9 (2026-01-01)\n\n- new\n", "'0.0.9"),
        (f"# Changelog\n\n## {knockon.__version__}\n\n- new\n", "YYYY-MM-DD"),
        (
            f"# Changelog\n\n## {knockon.__version__} (2026-01-01)\n\n### Added\n\n## 0.0.9 (2025-01-01)\n- old\n",
            "says nothing",
        ),
        ("nothing", "'none'"),
    ],
)
def test_a_changelog_that_does_not_say_the_version_is_refused(text: str, fault: str) -> None:
    """The first section is that of the version, with its day and what changed."""
    with pytest.raises(release.Refused, match=re.escape(fault)):
        release.check_changelog(text)
    release.check_changelog(f"# Changelog\n\n## {knockon.__version__} (2026-01-01)\n\n- new\n\n## 0.0.9 (2025-01-01)\n")


@pytest.mark.parametrize(
    "foreign", ["tests/test_x.py", "knockon/tests/test_x.py", "web/src/boot.js", "knockon/a.pyc", "docs/a.md"]
)
def test_a_wheel_with_something_else_is_refused(tmp_path: Path, foreign: str) -> None:
    """Tests, tools, pages and compiled files; and a wheel that lacks the type marker or the data."""
    needed = ["knockon/py.typed", "knockon/_bundled/ontology/knockon.ttl", "knockon/_bundled/data/sensetime/dataset.yaml"]
    for names, fault in ((needed, None), ([*needed, foreign], foreign), (needed[1:], "py.typed"), (needed[:2], "dataset.yaml")):
        with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
            for name in names:
                archive.writestr(name, "")
        if fault is None:
            release.check_wheel(tmp_path / "a.whl")
        else:
            with pytest.raises(release.Refused, match=re.escape(fault)):
                release.check_wheel(tmp_path / "a.whl")


def test_the_workflow_has_no_secrets_and_few_rights() -> None:
    """No secret is named; each job has the rights it needs and no others; tests and checks come before publishing."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    assert "secrets." not in text
    assert WORKFLOW["permissions"] == {}
    rights = {name: job["permissions"] for name, job in WORKFLOW["jobs"].items()}
    assert rights == {"build": {"contents": "read"}, "publish": {"id-token": "write"}, "page": {"contents": "write"}}
    runs = [step["run"] for step in WORKFLOW["jobs"]["build"]["steps"] if "run" in step]
    assert runs[1:] == ["make test", "make release"]
    # No text of an event becomes part of a shell command.
    assert not [step for job in WORKFLOW["jobs"].values() for step in job["steps"] if "${{" in step.get("run", "")]
    assert [job.get("needs") for job in WORKFLOW["jobs"].values()] == [None, "build", "publish"]


@pytest.mark.slow
def test_the_source_distribution_gives_the_same_wheel(tmp_path: Path) -> None:
    """Built from the checkout and from the source distribution, the wheel has the same bytes."""
    code = "import sys; from hatchling import build; print(getattr(build, sys.argv[1])(sys.argv[2]))"

    def built(what: str, source: Path, out: Path) -> Path:
        done = subprocess.run([sys.executable, "-c", code, what, out], cwd=source, capture_output=True, text=True, check=True)
        return out / done.stdout.split()[-1]

    source = built("build_sdist", ROOT, tmp_path)
    subprocess.run(["tar", "xzf", source, "-C", tmp_path], check=True)
    unpacked = source.with_name(source.name.removesuffix(".tar.gz"))
    first = built("build_wheel", ROOT, tmp_path / "first")
    assert built("build_wheel", unpacked, tmp_path / "second").read_bytes() == first.read_bytes()
