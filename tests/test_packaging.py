"""The wheel: it holds the ontology and the data, and works without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support import installed_pythons, lowest_versions
from support.release import release

ROOT = Path(__file__).resolve().parents[1]


def test_a_wheel_answers_without_the_checkout(tmp_path: Path) -> None:
    """Built, unpacked elsewhere and imported from there, the package finds its ontology, queries and data sets."""
    # What pip calls to build one.
    build = f"from hatchling.build import build_wheel; build_wheel({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "there")  # noqa: S202 # we made it
    assert "knockon/_bundled/ontology/knockon.ttl" in names
    assert "knockon/_bundled/data/sensetime/dataset.yaml" in names
    assert "knockon/_bundled/data/prebuilt/sensetime.jsonl" in names
    assert "knockon/_bundled/data/mappings/eto.yaml" in names
    assert {f"knockon/present/templates/explorer.{ending}" for ending in ("html", "js", "css")} <= names
    assert not any(release.FOREIGN.search(name) for name in names)
    release.check_wheel(wheel)
    assert "knockon/py.typed" in names
    code = (
        "import knockon, knockon.bundled as b; print(knockon.__file__);"
        "print(knockon.open().impact('entity-list-chips').loss('ai-inference'), b.data_set_names())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "there")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(tmp_path / "there") in done.stdout
    assert "0.75 ['chips', 'sensetime']" in done.stdout


@pytest.mark.slow
def test_the_source_distribution_holds_the_sources_of_the_page(tmp_path: Path) -> None:
    """What the page is built from goes along; what npm installs for it does not."""
    code = f"from hatchling.build import build_sdist; print(build_sdist({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        names = {name.split("/", 1)[1] for name in packed.getnames() if "/" in name}
    assert {"web/build.mjs", "web/package.json", "web/src/boot.js", "web/src/style/explorer.css"} <= names
    assert "graph/knockon/present/templates/explorer.js" in names
    assert not any("node_modules" in name for name in names)


def test_every_declared_package_has_a_tested_version_in_its_range() -> None:
    """constraints.txt pins each dependency of pyproject.toml, extras included, to a version that its range allows."""
    lines = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    pinned = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    for requirement in lowest_versions.declared():
        version = pinned.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in constraints.txt; run `make update`"
        assert requirement.specifier.contains(version), f"{requirement} does not allow the tested version {version}"


def test_every_range_states_one_minimum() -> None:
    """What `make test-lowest` installs is one version of each declared package, and the range allows it."""
    versions = dict(line.split("==") for line in lowest_versions.lines())
    assert len(versions) == len(lowest_versions.lines())
    for requirement in lowest_versions.declared():
        assert requirement.specifier.contains(versions[requirement.name])
    with pytest.raises(ValueError, match="has no minimum"):
        lowest_versions.minimum(Requirement("rich<15"))


def test_the_supported_pythons_are_those_of_the_classifiers() -> None:
    """The oldest is the one that the project requires, and the one with which the minimums are tested."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    versions = installed_pythons.supported()
    assert versions[0] == project["requires-python"].removeprefix(">=")
    assert f"OLDEST := {versions[0]}\n" in (ROOT / "Makefile").read_text("utf-8")
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in versions
    assert installed_pythons.release(Path("3.12.10")) > installed_pythons.release(Path("3.12.9"))


def test_a_program_that_starts_nothing_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shim on the PATH that only fails: pyenv's own versions are tried next; where there are none, there is no Python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (tmp_path / f"python{version}").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / f"python{version}").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert installed_pythons.find(version) is None
    place = tmp_path / "versions" / f"{version}.1" / "bin"
    place.mkdir(parents=True)
    (place / "python").symlink_to(sys.executable)
    assert installed_pythons.find(version)


def test_constraints_name_no_place_to_download_from() -> None:
    """Names and versions only: where packages come from is the reader's choice."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert not [line for line in lines if not line.startswith("#") and ("/" in line or "@" in line or "==" not in line)]
