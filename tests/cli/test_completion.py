"""What a shell completes, as bash asks for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import knockon as package
from knockon.cli import run
from knockon.cli.completion import NOT_ENTITIES
from knockon.model import Entity, Shock

Run = Callable[..., Any]


@pytest.fixture
def completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], list[str]]:
    """The completions of a line, its last word being typed."""

    def complete(line: str) -> list[str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("_KNOCKON_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        assert run([]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        monkeypatch.delenv("_KNOCKON_COMPLETE")
        return out.split()

    return complete


def test_commands_shocks_entities_and_words(completed: Callable[[str], list[str]]) -> None:
    """Names of commands, and by place those of shocks, entities, documents, queries, stores and severities."""
    assert completed("knockon imp") == ["impact", "importance", "import"]
    assert completed("knockon impact entity-l") == ["entity-list-chips"]
    assert completed("knockon explain entity-list-chips sensef") == ["sensefoundry"]
    assert completed("knockon impact --hit nvid") == ["nvidia="]
    assert completed("knockon impact --hit nvidia=h") == ["nvidia=high"]
    assert completed("knockon impact x --without doc-n") == ["doc-news-brief", "doc-newsletter"]
    assert completed("knockon query --name worst") == ["worst-hit"]
    assert completed("knockon schema -s ch") == ["chips"]
    assert "--hit" in completed("knockon impact --hi")


def test_the_store_of_the_line_counts(completed: Callable[[str], list[str]], suppliers: Path) -> None:
    """Names come from --store, be it a table, a data set or a store folder."""
    assert completed(f"knockon exposure -s {suppliers.name} acme") == ["acme-phones"]
    assert completed("knockon exposure -s chips eu")
    with package.open(suppliers.parent / "st", write=True) as store:
        store.load(suppliers)
    assert completed("knockon exposure -s st volt") == ["volt-cells"]


@pytest.mark.parametrize("store", ["nowhere", "broken.csv", "."])
def test_what_is_wrong_completes_nothing(completed: Callable[[str], list[str]], tmp_path: Path, store: str) -> None:
    """No message, no traceback, exit 0."""
    (tmp_path / "broken.csv").write_text("what,is\nthis,?\n", "utf-8")
    assert completed(f"knockon exposure -s {store} a") == []


def test_yaml_is_read_as_it_would_be_loaded(completed: Callable[[str], list[str]], graph: package.Graph) -> None:
    """The quick reading of bundled data finds every shock and every entity, and no record of another class."""
    assert completed("knockon impact ") == sorted(shock.name for shock in graph.records(Shock))
    found = set(completed("knockon profile "))
    assert {one.name for one in graph.records(Entity)} <= found
    records = [*graph.store.records, *package.open("chips").store.records]
    assert {record.rdf_class for record in records if not isinstance(record, Entity)} == NOT_ENTITIES


def test_completions_load_nothing_heavy(completed: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundled data is completed without opening it."""
    monkeypatch.setitem(sys.modules, "knockon.graph", None)
    assert completed("knockon impact entity-l") == ["entity-list-chips"]


def test_the_script_for_a_shell_is_printed(knockon: Run) -> None:
    """--show-completion prints it."""
    assert "--show-completion" in knockon("--help").out


def test_a_shell_that_is_not_known_is_a_wrong_call(knockon: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer exits 1 where it finds no shell, or one it has nothing for; nothing is written."""
    import typer._completion_shared as shells

    monkeypatch.setattr(shells, "_get_shell_name", lambda: "nosuch")
    assert knockon("--install-completion").code == 2
