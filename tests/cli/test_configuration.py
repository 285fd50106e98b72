"""KNOCKON_STORE and knockon.toml: option, then environment, then file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def toml(tmp_path: Path) -> Callable[[str], None]:
    """Write knockon.toml in the working folder."""
    return lambda text: (tmp_path / "knockon.toml").write_text(text, "utf-8") and None


def test_option_beats_environment_beats_file(
    knockon: Run, toml: Callable[[str], None], suppliers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store that is read is that of --store, else of KNOCKON_STORE, else of the file, else the bundled data."""

    def names(*more: str) -> list[str]:
        return [row["name"] for row in knockon("ls", "-f", "json", *more).json]

    assert names() == ["sensetime"]
    toml('store = "suppliers.csv"\n')
    assert names() == ["suppliers"]
    monkeypatch.setenv("KNOCKON_STORE", "chips")
    assert names() == ["chips"]
    assert names("-s", "sensetime") == ["sensetime"]


def test_a_format_of_the_file_is_a_default(knockon: Run, toml: Callable[[str], None], tmp_path: Path) -> None:
    """It counts where the call says none, and only for commands that know it."""
    toml('format = "csv"\n')
    assert knockon("schema").out.startswith("kind,name")
    assert knockon("schema", "-f", "md").out.startswith("| kind")
    assert knockon("schema", "-o", "x.json").code == 0
    assert (tmp_path / "x.json").read_text("utf-8").startswith("[")
    assert knockon("explain", "entity-list-chips", "sensefoundry").out.startswith("SenseFoundry")
    assert knockon("query", "CONSTRUCT WHERE { id:nvidia a ?class }").code == 0
    assert knockon("load", "chips", "--store", "st").out == ""


def test_errors_are_json_where_json_is_the_default(knockon: Run, toml: Callable[[str], None]) -> None:
    """Who asked for JSON in the file gets JSON, whatever happens."""
    toml('format = "json"\n')
    assert knockon("show", "nobody").json["error"]["exit_code"] == 3
    assert knockon("show", "nobody", "-f", "table").out == ""


def test_width_of_the_file(knockon: Run, toml: Callable[[str], None]) -> None:
    """Tables and text keep to it, even in a pipe; --wide does not."""
    toml("width = 60\n")
    for command in (("impact", "entity-list-chips"), ("explain", "entity-list-chips", "sensefoundry"), ("profile", "nvidia")):
        assert max(map(len, knockon(*command).out.splitlines())) <= 60
    assert "hidden" in knockon("impact", "entity-list-chips").err
    wide = knockon("impact", "entity-list-chips", "--wide")
    assert max(map(len, wide.out.splitlines())) > 60
    assert "hidden" not in wide.err


def test_a_day_of_the_file(knockon: Run, toml: Callable[[str], None]) -> None:
    """as-of may be a date of TOML or a text, and an option beats it."""
    for text in ("as-of = 2030-01-31\n", 'as-of = "2030-01-31"\n'):
        toml(text)
        assert knockon("impact", "entity-list-chips", "-f", "json").json["parameters"]["as_of"] == "2030-01-31"
    done = knockon("impact", "entity-list-chips", "--as-of", "2031-01-31", "-f", "json")
    assert done.json["parameters"]["as_of"] == "2031-01-31"
    toml('as-of = "yesterday"\n')
    assert knockon("impact", "entity-list-chips").code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stroe = 'x'\n", "unknown key 'stroe'"),
        ("output = 'x'\n", "unknown key 'output'"),
        ("store = 5\n", "store is a text"),
        ("width = 'wide'\n", "whole number"),
        ("width = 3\n", "20 or more"),
        ("as-of = 5\n", "as-of = 2025-07-01"),
        ("store = \n", "knockon.toml:"),
        ("format = 'xyz'\n", "unknown format 'xyz'"),
    ],
)
def test_mistakes_in_the_file(knockon: Run, toml: Callable[[str], None], text: str, message: str) -> None:
    """Exit 2 with the key, and nothing else happens."""
    toml(text)
    done = knockon("impact", "entity-list-chips")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_quiet_and_verbose(knockon: Run) -> None:
    """-q leaves out every message but errors, -v adds what was read; before the command or behind it."""
    for arguments in (("-q", "impact", "entity-list-chips"), ("impact", "entity-list-chips", "-q")):
        assert knockon(*arguments).err == ""
    assert "error" in knockon("-q", "show", "nobody").err
    for arguments in (("-v", "schema"), ("schema", "-v")):
        done = knockon(*arguments)
        assert "sensetime" in done.err
        assert "took" in done.err
    assert "took" not in knockon("schema").err
