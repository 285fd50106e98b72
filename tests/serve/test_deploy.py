"""The files of deploy/: nginx runs with its example, systemd accepts the unit, the Containerfile copies what a build needs."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPSConnection, IncompleteRead
from pathlib import Path
from socket import create_connection, create_server
from urllib.parse import quote

import pytest

from knockon.cli.app import program_for
from knockon.serve.settings import ServerSettings
from support.http_server import HttpServer, Reply, running

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
HOST = "graph.example.org"
TOKEN = "a-token-of-these-tests"  # noqa: S105 - of a server that lives as long as the tests


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[HttpServer]:
    """A server with the options that the example of nginx names."""
    settings = ServerSettings(
        store=shutil.copytree(folder, tmp_path_factory.mktemp("behind") / "store"), port=0, workers=1, root_path="/knockon",
        hosts=(HOST,), writable=True, token=TOKEN, limits=replace(ServerSettings().limits, seconds=3.0),
    )  # fmt: skip
    with running(settings, questions=False) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of nginx with the example, before that server."""
    if not shutil.which("nginx") or not shutil.which("openssl"):
        pytest.skip("nginx or openssl is not installed (Debian: nginx-light, openssl)")
    folder = tmp_path_factory.mktemp("nginx")
    name = ["-keyout", "key", "-out", "pem", "-subj", f"/CN={HOST}", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-days", "2", *name], cwd=folder, capture_output=True, check=True)
    port = free_port()
    server: HttpServer = request.getfixturevalue("behind")
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    replaced = {
        "127.0.0.1:8030": f"127.0.0.1:{server.port}", "listen 443": f"listen 127.0.0.1:{port}",
        f"/etc/ssl/{HOST}.pem": f"{folder}/pem", f"/etc/ssl/{HOST}.key": f"{folder}/key",
    }  # fmt: skip
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    paths = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    # Of root, nginx gives its processes another user, who may not read the folder of this test.
    user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    log = f"pid {folder}/pid; daemon off; error_log {folder}/error.log; {user}"
    main = f"{log} events {{}} http {{ access_log off; {paths} {text} }}"
    (folder / "nginx.conf").write_text(main, "utf-8")
    with subprocess.Popen(["nginx", "-p", str(folder), "-c", f"{folder}/nginx.conf"]) as process:
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(12_000):
        assert process.poll() is None, "nginx ended"
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not listen")


def request(port: int, path: str, body: str | None = None, **headers: str) -> Reply:
    """Send a request to nginx; ``_`` in names of headers is ``-``."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = HTTPSConnection("127.0.0.1", port, context=context, timeout=600)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET" if body is None else "POST", path, body, {"Host": HOST, **given})
    response = connection.getresponse()
    found = {name.lower(): value for name, value in response.getheaders()}
    try:
        return Reply(response.status, found, response.read())
    finally:
        connection.close()


def get(port: int, path: str) -> tuple[int, str]:
    reply = request(port, path, Accept="application/n-triples")
    return reply.status, reply.text


def test_nginx_publishes_the_server_below_a_path(proxy: int) -> None:
    """Requests arrive, addresses in answers are those of the public, and metrics are not public."""
    assert get(proxy, "/knockon/healthz")[0] == 200
    status, text = get(proxy, "/knockon/sparql")
    assert status == 200
    assert f"<https://{HOST}/knockon/sparql> <http://www.w3.org/ns/sparql-service-description#endpoint>" in text
    assert get(proxy, "/knockon/sparql?query=ASK%20%7B%7D")[0] == 406
    assert get(proxy, "/knockon/metrics")[0] == 403


def query(text: str) -> str:
    return "/knockon/sparql?query=" + quote(text)


def test_nginx_passes_changes_on(proxy: int) -> None:
    """With the token only; the next query sees the change, and an entity tag from before is not that of the new state."""
    question, change = query("ASK { id:acme a ko:Company }"), "INSERT DATA { id:acme a ko:Company ; rdfs:label 'Acme' }"
    before = request(proxy, question)
    assert before.json["boolean"] is False
    assert request(proxy, question, If_None_Match=before.headers["etag"]).status == 304
    kind = {"Content_Type": "application/sparql-update"}
    assert request(proxy, "/knockon/sparql", change, **kind).status == 401
    assert request(proxy, "/knockon/sparql", change, Authorization=f"Bearer {TOKEN}", **kind).status == 200
    after = request(proxy, question, If_None_Match=before.headers["etag"])
    assert (after.status, after.json["boolean"]) == (200, True)


@pytest.mark.slow
def test_nginx_streams_answers(proxy: int) -> None:
    """A large answer arrives whole, in parts; one that is cut within is no whole answer to the client either."""
    rows = request(proxy, query("SELECT * { ?s ?p ?o . ?t ?q ?o } LIMIT 20000"), Accept="text/csv")
    assert (rows.status, rows.body.count(b"\r\n")) == (200, 20_001)
    assert (rows.headers["transfer-encoding"], rows.headers.get("content-length")) == ("chunked", None)
    with pytest.raises(IncompleteRead):
        request(proxy, query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"), Accept="text/csv")


def test_nginx_has_the_limits_of_the_server(proxy: int, behind: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is too large is refused by nginx, a query that takes too long by the server, before nginx gives up."""
    limits = replace(behind.state.settings.limits, seconds=0.3)
    monkeypatch.setattr(behind.state.pool, "_settings", replace(behind.state.settings, limits=limits))
    text = {"Content_Type": "application/sparql-query"}
    assert request(proxy, "/knockon/sparql", "ASK {} #" + "x" * 200_000, **text).json["boolean"] is True
    assert request(proxy, "/knockon/sparql", "#" * (2 * 2**20 + 1), **text).status == 413
    slow = request(proxy, query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))
    assert (slow.status, slow.json["status"]) == (504, 504)


def test_nginx_waits_as_long_as_a_query_may_take() -> None:
    """For a worker, for the long ones before it, and until its end: else nginx gives up an answer that would come."""
    seconds = re.search(r"proxy_read_timeout (\d+)s;", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert int(seconds[1]) > 3 * (ServerSettings().limits.seconds or 0)  # type: ignore[index] # the line is there


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say about the unit, with a program that exists."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    program = shutil.which("true")
    text = (DEPLOY / "knockon.service").read_text("utf-8").replace("/opt/knockon/bin/knockon", f"{program}")
    unit = tmp_path / "knockon.service"
    unit.write_text(text, "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_containerfile_is_sound() -> None:
    """Its instructions are known, the last stage runs as a user, and it copies what exists and the build needs."""
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "ENTRYPOINT", "CMD", "HEALTHCHECK"}
    assert {name for name, _ in lines} <= known
    last = max(number for number, (name, _) in enumerate(lines) if name == "FROM")
    assert any(name == "USER" and rest != "root" for name, rest in lines[last:])
    assert all(":" in rest and "latest" not in rest for name, rest in lines if name == "FROM")
    copied = [part for name, rest in lines[:last] if name == "COPY" for part in rest.split()[:-1]]
    assert all((DEPLOY.parent / part).exists() for part in copied)
    assert {"pyproject.toml", "graph", "ontology", "data", "README.md", "LICENSE"} <= set(copied)


def test_commands_in_the_files_have_options_that_exist() -> None:
    """Every option of `knockon serve` that a file or page of deployment names is one."""
    known = {name for parameter in program_for(["serve"]).commands["serve"].params for name in parameter.opts}  # type: ignore[attr-defined]
    pages = [*(path for path in DEPLOY.iterdir() if path.is_file()), DEPLOY.parent / "docs" / "how-to" / "serve.md"]
    named = {
        option
        for page in pages
        for line in page.read_text("utf-8").splitlines()
        if "knockon serve" in line or line.startswith(("| `--", "CMD"))
        for option in re.findall(r"--[a-z-]+", line)
    }
    assert named
    assert named <= known
