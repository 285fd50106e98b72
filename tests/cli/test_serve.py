"""knockon serve: the command starts a server, stops it in order, and refuses calls that make no sense."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from knockon.cli import run, serve


def test_it_serves_until_it_is_stopped() -> None:
    """The address is written when it answers; SIGTERM ends it with exit code 0, and -q leaves the log out."""
    command = [sys.executable, "-m", "knockon", "serve", "chips", "--port", "0", "--workers", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = re.search(r"http://\S+/", process.stderr.readline())
        assert address is not None
        with urlopen(f"{address[0]}sparql?query=ASK%20%7B%20%3Fs%20a%20ko:Company%20%7D", timeout=600) as reply:  # noqa: S310 - http
            assert b"true" in reply.read()
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
    assert process.returncode == 0, rest
    assert '"status": 200' in rest
    assert "Traceback" not in rest


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where starlette or uvicorn is missing, the message has the command that installs them."""
    monkeypatch.setattr(serve, "find_spec", lambda name: None if name == "uvicorn" else object())
    assert run(["serve"]) == 2
    assert "pip install 'knockon[serve]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nothing-like-it"], 3, "no store or data set called 'nothing-like-it'"),
        (["sensetime", "--writable", "--token-file", "good"], 2, "bundled and cannot be written"),
        (["new", "--writable"], 2, "--token-file"),
        (["new", "--token-file", "good"], 2, "--writable"),
        (["new", "--writable", "--token-file", "short"], 2, "at least 16 characters"),
        (["new", "--writable", "--token-file", "missing"], 3, "missing"),
        (["--root-path", "knockon"], 2, "--root-path starts with '/'"),
        (["--root-path", "/a b"], 2, "--root-path starts with '/'"),
        (["--root-path", "//evil.example"], 2, "--root-path starts with '/'"),
        (["--documents", "missing"], 3, "no folder called 'missing'"),
        (["--cors", "https://app.example/"], 2, "--cors is an origin"),
        (["--cors", "app.example"], 2, "--cors is an origin"),
        (["--allow-host", "graph.example:443"], 2, "--allow-host is a name"),
        (["--port", "70000"], 2, "--port"),
        (["--port", "x"], 2, "--port: 'x' is not a whole number"),
        (["--processes", "0"], 2, "--processes is 1 to 64, not 0"),
        (["--processes", "99999999999"], 2, "--processes is 1 to 64"),
        (["--workers", "0"], 2, "--workers is 1 to 64, not 0"),
        (["--queue", "-1"], 2, "--queue is at least 0, not -1"),
        (["--timeout", "-1"], 2, "--timeout must be above 0, or 0 for no limit, not -1"),
        (["--max-rows", "-1"], 2, "--max-rows must be above 0"),
        (["--max-body", "much"], 2, "--max-body"),
        (["--host", "203.0.113.1"], 2, "cannot listen on 203.0.113.1"),
    ],
)
def test_calls_that_make_no_sense_are_refused(
    arguments: list[str], code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Each wrong option is an error with its exit code before anything is started."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good").write_text("0123456789abcdef\n")
    (tmp_path / "short").write_text("0123456789\n")
    assert run(["serve", *arguments]) == code
    assert message in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_its_timeout_is_that_of_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    """--timeout limits a query and not the server, which has no end."""
    import knockon.cli.time_limit
    import knockon.serve.run

    seen = []
    monkeypatch.setattr(knockon.serve.run, "run", lambda settings, **_: seen.append(settings))
    limits = knockon.cli.time_limit.TimeLimit.__init__

    def limited(self: knockon.cli.time_limit.TimeLimit, seconds: float | None) -> None:
        seen.append(seconds)
        limits(self, seconds)

    monkeypatch.setattr(knockon.cli.time_limit.TimeLimit, "__init__", limited)
    for arguments, seconds in (([], 30.0), (["--timeout", "7"], 7.0), (["--timeout", "0"], None)):
        seen.clear()
        assert run(["serve", *arguments]) == 0
        assert (seen[0], seen[1].limits.seconds) == (None, seconds)
