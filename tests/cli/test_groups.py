"""Help: bare calls, -h, and the groups of commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import typer

from knockon.cli.app import FAMILIES, create_app
from knockon.cli.groups import GROUPS

Run = Callable[..., Any]


def registered() -> dict[str, Any]:
    """The commands of the program by name."""
    group: Any = typer.main.get_command(create_app())
    return dict(group.commands)


def test_bare_knockon_prints_its_help(knockon: Run) -> None:
    """Without arguments the help is printed and the exit code is 0."""
    done = knockon()
    assert (done.code, done.err) == (0, "")
    assert done.out == knockon("--help").out == knockon("-h").out


def test_a_bare_command_with_subcommands_prints_its_help(knockon: Run) -> None:
    """`knockon evidence` lists its subcommands and exits 0."""
    done = knockon("evidence")
    assert (done.code, done.err) == (0, "")
    assert "check" in done.out
    assert "Start:" not in done.out


def test_every_command_is_in_exactly_one_group() -> None:
    """A command that is registered without a place in GROUPS would be hard to find in the help."""
    grouped = [name for names in GROUPS.values() for name in names]
    assert len(grouped) == len(set(grouped))
    assert set(registered()) <= set(grouped)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_module_has_the_commands_that_the_application_says(family: str) -> None:
    """A call imports the module of its command alone, so a command that FAMILIES leaves out would be slow to find."""
    group: Any = typer.main.get_command(create_app([family, "data"]))  # data: a program of one command has no names
    assert set(group.commands) == {*FAMILIES[family], *FAMILIES["data"]}


def test_help_before_a_command_lists_all_commands(knockon: Run) -> None:
    """`knockon --help impact` asks for help on the program, not on one command."""
    assert knockon("--help", "impact").out == knockon("--help").out


def test_the_help_lists_the_groups_in_order(knockon: Run) -> None:
    """The titles come in the order of GROUPS, and each command stands in the section of its group."""
    commands = registered()
    section, found = "", {}
    for line in knockon("--help").out.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            section = line.removesuffix(":")
        elif section in GROUPS and (name := line[2:].split(" ")[0]) in commands:
            found[name] = section
    assert list(dict.fromkeys(found.values())) == [title for title, names in GROUPS.items() if set(names) & set(commands)]
    assert found == {name: title for title, names in GROUPS.items() for name in names if name in commands}


def test_the_help_is_that_of_the_commands(knockon: Run) -> None:
    """It is made of a table, so that it imports no command: with all commands it would be the same."""
    program: Any = typer.main.get_command(create_app())
    with program.make_context("knockon", [], resilient_parsing=True) as context:
        assert knockon("--help").out == program.get_help(context) + "\n"


@pytest.mark.parametrize("width", [50, 79, 80, 81, 200])
def test_the_help_fits_the_terminal(knockon: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """Wide terminals get the text that is kept, narrow ones another; each is what typer writes for that width."""
    monkeypatch.setenv("COLUMNS", str(width))
    program: Any = typer.main.get_command(create_app())
    with program.make_context("knockon", [], resilient_parsing=True) as context:
        assert knockon("-h").out == program.get_help(context) + "\n"


@pytest.mark.parametrize("name", sorted(registered()))
def test_every_command_has_a_short_help_option(knockon: Run, name: str) -> None:
    """-h says the same as --help, without cut words."""
    done = knockon(name, "-h")
    assert (done.code, done.err) == (0, "")
    assert done.out == knockon(name, "--help").out


def test_a_wrong_call_names_the_help(knockon: Run) -> None:
    """A missing argument or an unknown option says where the help is."""
    assert "`knockon explain --help`" in knockon("explain").err
    assert "`knockon impact --help`" in knockon("impact", "--foo").err
    assert knockon("explain").code == knockon("impact", "--foo").code == 2
