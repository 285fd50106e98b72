"""Hostile data through every command: it comes out as text, in whatever form, and wherever that is shown."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from knockon.controls import HARMFUL
from knockon.text import parse_cell
from support.hostile_calls import CALLS, arguments, command_of, commands, hostile_folder
from support.markdown_rendering import links_by_themselves, tokens
from support.short_form import some_of

Run = Callable[..., Any]
#: What our own tables, notes and profiles are made of.
OURS = {"table", "thead", "tbody", "tr", "th", "td", "inline", "text", "paragraph", "heading", "bullet_list", "list_item",
        "strong", "em", "code_inline", "fence"}  # fmt: skip
#: Commands that write no rows and no text of data, or a page of HTML, which tests/present look at.
#: Or print a draft in YAML (`mapping suggest`), or serve other programs (`serve`, `mcp`).
NOT_ROWS = {"demo", "export", "explore", "report", "mapping suggest", "serve", "mcp"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of hostile data."""
    made = tmp_path_factory.mktemp("hostile")
    hostile_folder(made)
    return made


@pytest.fixture
def hostile(folder: Path, knockon: Run) -> Run:
    """Run a call in the folder of hostile data."""
    return lambda call, form: knockon(*arguments(call, form), folder=folder)


def test_every_command_is_called() -> None:
    """A new command joins the calls."""
    assert {command_of(call)[0] for call in CALLS} | NOT_ROWS == set(commands())


@pytest.mark.parametrize("call", some_of([call for call in CALLS if "md" in command_of(call)[1]], 2))
def test_markdown_holds_no_mark_of_the_data(hostile: Run, call: str) -> None:
    """No element, link, image, heading or code of data: what is shown is ours, and an address stands in no one piece."""
    ran = hostile(call, "md")
    if "CONSTRUCT" in call:
        assert ran.code == 2
        return
    assert ran.code in {0, 4}, ran.err
    kinds = {part.type.removesuffix("_open").removesuffix("_close") for part in tokens(ran.out)}
    assert kinds <= OURS
    marks = {"explain": {"strong", "em", "code_inline"}, "query": {"fence"}}.get(call.split(maxsplit=1)[0], set())
    assert kinds & {"strong", "em", "code_inline", "fence"} <= marks
    assert not links_by_themselves(ran.out)
    assert not HARMFUL.search(ran.out)


#: What a call repeats when it fails: an argument, an option, a name of a file.
EVIL = "\x1b[31m\x9b2J\u202eevil\u2066\x7f\u200b\r\x85x"
WRONG = (
    ["show", EVIL],
    ["impact", EVIL],
    ["impact", "--hit", f"{EVIL}=high"],
    ["impact", "--hit", f"c1={EVIL}"],
    ["impact", "--no" + EVIL],
    [EVIL],
    ["ls", "--store", EVIL],
    ["ls", "--store", f"{EVIL}.yaml"],
    ["ls", "--format", EVIL],
    ["ls", "--columns", EVIL],
    ["ls", "--top", EVIL],
    ["ls", EVIL],
    ["ls", "-o", f"{EVIL}/x.csv"],
    ["ls", "-o", f"x.{EVIL}"],
    ["query", f"SELECT {EVIL}"],
    ["query", "--name", EVIL],
    ["query", "--name", "aliases", "--param", EVIL],
    ["query", "--file", EVIL],
    ["validate", EVIL],
    ["load", f"{EVIL}.csv"],
    ["remove", EVIL, "--store", "st"],
    ["history", "--store", "st", "--timeout", EVIL],
    ["profile", EVIL, "--as-of", EVIL],
    ["ls", "--store", f"st@{EVIL}"],
    ["show", "\udc9b31m"],
)
RUN_ALL = """
import json, os, sys
from knockon.cli import run
from knockon.cli.streams import guard_terminals
guard_terminals()
for number, call in enumerate(json.load(open("calls.json"))):
    os.write(1, f"<<{number}>>".encode())
    run(call)
    sys.stdout.flush()
"""


def in_a_terminal(folder: Path, calls: Sequence[Sequence[str]]) -> list[str]:
    """What a terminal gets from each call, all of them run in one process."""
    (folder / "calls.json").write_text(json.dumps(calls), "utf-8")
    mine, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    variables = {**os.environ, "TERM": "dumb", "PAGER": "cat"}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN_ALL], stdin=its, stdout=its, stderr=its, cwd=folder, env=variables, start_new_session=True
    )
    os.close(its)
    written = b""
    try:
        while part := os.read(mine, 65536):
            written += part
    except OSError:  # the other end is gone
        pass
    os.close(mine)
    assert process.wait() == 0, written[-2000:]
    return re.split("<<[0-9]+>>", written.decode().replace("\r\n", "\n"))[1:]


SOME_CALLS = [call for call in CALLS if call.split()[0] in {"query", "show", "ls"}]


@pytest.mark.slow
def test_some_commands_do_not_act_on_a_terminal(folder: Path) -> None:
    """Standard output and standard error are a terminal: no control, no mark of direction, nothing hidden gets there."""
    check_terminal(folder, SOME_CALLS, "json", "csv", "jsonl", "tsv", "ttl", "nt", "jsonld")


@pytest.mark.parametrize(("form", "every"), some_of([("table", 6), ("table", 1), ("json", 1), ("csv", 1)], 4, several=True))
def test_no_command_acts_on_a_terminal(folder: Path, form: str, every: int) -> None:
    """The same for each command, or for each sixth call of one."""
    check_terminal(folder, CALLS[::every], form)


def check_terminal(folder: Path, chosen: Sequence[str], *forms: str) -> None:
    """Run the calls in each form, all in one process: nothing harmful gets to the terminal, and what is made visible does."""
    calls = [(form, arguments(call, form)) for form in forms for call in chosen if form in command_of(call)[1]]
    calls += [(form, ["export", "--store", "st", "--format", form]) for form in forms if form in commands()["export"]]
    screens = in_a_terminal(folder, [call for _, call in calls])
    assert len(screens) == len(calls)
    assert not {str(call): screen for (_, call), screen in zip(calls, screens, strict=True) if HARMFUL.search(screen)}
    for form in forms:
        shown = "".join(screen for (of, _), screen in zip(calls, screens, strict=True) if of == form)
        assert any(sign in shown for sign in ("\\x9b", "\\u009b", "\\u009B")), form


def test_what_a_wrong_call_repeats_does_not_act_either(folder: Path) -> None:
    """Arguments, options and names of files in messages; problems quote the file, and its name; a rejected row too."""
    calls = [list(call) for call in WRONG] + [[*call, "--format", "json"] for call in WRONG[:4]]
    (folder / f"{EVIL.strip()}.csv").write_text(f"dependant,need,criticality\n{EVIL},{EVIL},{EVIL}\n", "utf-8", newline="")
    (folder / "bad.yaml").write_text(f'Company:\n  a: {{label: "{EVIL[5:]}", {EVIL[9:]}: x}}\n', "utf-8")
    name = f"{EVIL.strip()}.csv"
    calls += [["validate", name], ["validate", "bad.yaml"], ["load", name, "--store", "other"]]
    screens = in_a_terminal(folder, calls)
    assert not {str(call): screen for call, screen in zip(calls, screens, strict=True) if HARMFUL.search(screen)}
    assert all("error: " in screen for screen in screens)


def test_json_and_csv_in_a_pipe_lose_nothing(hostile: Run, folder: Path) -> None:
    """What a program reads is what the data says, to the last character."""
    calls = "query 'SELECT ?label { ?s rdfs:label ?label } ORDER BY ?s'"
    labels = [row["label"]["value"] for row in hostile(calls, "json").json["results"]["bindings"]]
    assert {"\x9b31mC1RED\x9b2J", "\u202eevil\u202c rtl\u2066x", "\x7fDEL", "\u061cALM \u200eLRM \u200fRLM"} <= set(labels)
    assert [json.loads(line)["label"] for line in hostile(calls, "jsonl").out.splitlines()] == labels
    _, *rows = csv.reader(io.StringIO(hostile(calls, "csv").out, newline=""))
    assert [parse_cell(cell) for (cell,) in rows] == labels
    by_id = {row["id"]: row["label"] for row in hostile("impact bad", "json").json["impacts"] if "label" in row}
    head, *rows = csv.reader(io.StringIO(hostile("impact bad", "csv").out, newline=""))
    for row in rows:
        found = dict(zip(head, row, strict=True))
        assert parse_cell(found["label"]) == by_id.get(found["id"], parse_cell(found["label"]))
