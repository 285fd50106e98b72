"""demo and explore: a page is written whole or not at all, and says what it leaves out."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def computes(process: int, seconds: float) -> None:
    """Wait until a process has used a number of seconds of computing time, however long that takes on a busy machine."""
    used = 0.0
    while used < seconds:
        time.sleep(0.02)
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_page_is_written(knockon, tmp_path, suppliers):
    ran = knockon("explore", "-s", str(suppliers), "-o", "page.html")
    assert ran.code == 0
    assert ran.out == ""
    assert re.fullmatch(r"wrote page.html \(\d+ KB\)\n", ran.err)
    assert (tmp_path / "page.html").read_bytes().startswith(b"<!doctype html>")


@pytest.mark.slow
def test_the_same_bytes_every_time(knockon, tmp_path):
    for name in ("a.html", "b.html"):
        assert knockon("explore", "--shock", "entity-list-chips", "-o", name).code == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_too_large_says_what_to_do(knockon, tmp_path):
    """Exit 2 with centre, shock, limit and names to begin with; nothing is written."""
    ran = knockon("explore", "--limit", "20", "-o", "page.html")
    assert ran.code == 2
    for word in ("255 entities", "--centre", "--shock", "--limit", "sensetime"):
        assert word in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_shock_chooses_and_the_rest_is_told(knockon, tmp_path):
    ran = knockon("explore", "--shock", "entity-list-chips", "--limit", "20", "-o", "page.html")
    assert ran.code == 0
    assert re.search(r"Left out: 235 entities, \d+ links and \d+ facts\.", ran.err)
    assert "Left out: 235 entities" in (tmp_path / "page.html").read_text("utf-8")


def test_two_shocks(knockon, tmp_path):
    """The page opens on the comparison of both."""
    ran = knockon("explore", "--shock", "entity-list-chips", "--compare", "data-reclassification", "-o", "page.html")
    assert ran.code == 0
    assert '"opens":2' in (tmp_path / "page.html").read_text("utf-8")


@pytest.mark.slow
def test_around_a_centre(knockon, tmp_path):
    """More steps show more; both pages say what they leave out."""
    sizes = []
    for depth in ("0", "1", "2"):
        ran = knockon("explore", "--centre", "SenseFoundry", "--depth", depth, "-o", f"{depth}.html")
        assert ran.code == 0
        sizes.append(int(re.search(r"Left out: (\d+) entit", ran.err)[1]))
    assert sizes[0] == 254 > sizes[1] > sizes[2]


@pytest.mark.slow
def test_a_shock_of_ones_own_on_ones_own_table(knockon, tmp_path):
    """A table has no shocks of its own: --hit gives its page a cascade."""
    (tmp_path / "big.csv").write_text(
        "dependant,need,provider,criticality\nVolt Cells,lithium,Salar Mining,high\nAcme,cells,Volt Cells,essential\n", "utf-8"
    )
    ran = knockon("explore", "-s", "big.csv", "--hit", "Salar Mining=high", "-o", "page.html")
    assert ran.code == 0
    text = (tmp_path / "page.html").read_text("utf-8")
    assert '"shock_label":"Salar Mining loses 60–90%"' in text
    assert '"id":"view-cascade"' in text or 'id="view-cascade"' in text


@pytest.mark.slow
def test_a_shock_of_ones_own_beside_one_of_the_graph(knockon, tmp_path):
    ran = knockon("explore", "--hit", "nvidia=0.5", "--hit", "ios=low", "--compare", "entity-list-chips", "-o", "page.html")
    assert ran.code == 0
    assert '"opens":2' in (tmp_path / "page.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--centre", "sensefundry"], 3, "sensefoundry"),
        (["--shock", "nothing-like-it"], 3, "no shock"),
        (["--limit", "0"], 2, "limit"),
        (["--depth", "-1"], 2, "depth"),
        (["--compare", "entity-list-chips"], 2, "first shock"),
        (["--shock", "entity-list-chips", "--hit", "nvidia=high"], 2, "one of the two"),
        (["--hit", "nvidia"], 2, "ENTITY=SEVERITY"),
        (["--hit", "nvidia=much"], 2, "is not a severity"),
        (["--hit", "nvidiaa=high"], 3, "nvidia"),
        (["-o", "/proc/nobody/page.html"], 2, "cannot write"),
        (["-o", "."], 2, "cannot write"),
        (["-s", "nowhere"], 3, "nowhere"),
    ],
)
def test_bad_calls(knockon, tmp_path, arguments, code, said):
    """Our own message and exit code; nothing half written stays behind."""
    ran = knockon("explore", *arguments)
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.fixture
def firms(tmp_path):
    """Six thousand firms, enough for a process of their own."""
    path = tmp_path / "firms.csv"
    lines = [f"Firm {n},Firm {n // 3},high" for n in range(1, 6000)]
    path.write_text("\n".join(["dependant,need,criticality", *lines]), "utf-8")
    return path


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_behind(firms):
    """Interrupted in the middle of the layout: one line, exit 130, no page, and no process is left."""
    # Whoever starts the tests in the background may have told every process to ignore Ctrl-C.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from knockon.cli import main; main()"
    command = [sys.executable, "-c", code, "explore", "-s", firms, "--limit", "8000", "-o", "page.html"]
    running = subprocess.Popen(command, cwd=firms.parent, stderr=subprocess.PIPE, text=True, start_new_session=True)
    listed = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    if not listed.exists():
        running.kill()
        running.communicate()
        pytest.skip("this system does not list the children of a process")
    while not (children := listed.read_text().split()) and running.poll() is None:
        time.sleep(0.02)
    computes(int(children[0]), 0.3)
    os.killpg(running.pid, signal.SIGINT)
    said = running.communicate(timeout=600)[1]
    assert (running.returncode, said) == (130, "stopped\n")
    assert not (firms.parent / "page.html").exists()
    assert len(children) == 1
    assert not Path(f"/proc/{children[0]}").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--depth", "3"), "--centre"),
        (("--shock", "entity-list-chips", "--compare", "entity-list-chips"), "compared with itself"),
        (("-o", "."), "it is a folder"),
        (("--shock", "entity-list-chips", "--hit", "nvidia=high"), "one of the two"),
    ],
)
def test_what_makes_no_sense_is_refused(knockon, tmp_path, asked, said):
    """Exit 2 with the reason, before anything is computed or written."""
    ran = knockon("explore", *asked)
    assert ran.code == 2
    assert said in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no signal for the death of a parent")
def test_the_layout_ends_with_the_one_who_waits_for_it():
    """Killed outright, the command leaves no process behind that goes on computing."""
    code = (
        "from knockon.cli.layout_process import in_own_process\n"
        "links = [(n, n * n % 5749) for n in range(1, 5749)]\n"
        "list(in_own_process(5750, links))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    found: list[str] = []
    while not found:
        found = children.read_text().split()
        time.sleep(0.05)
    # Only once it runs our code can it have asked for the signal.
    computes(int(found[0]), 1.0)
    parent.kill()
    parent.wait()
    until = time.monotonic() + 600
    while Path(f"/proc/{found[0]}").exists() and "zombie" not in Path(f"/proc/{found[0]}/status").read_text():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_names_of_files_that_are_made_of_data(knockon: Callable[..., Any], tmp_path: Path) -> None:
    """Neither a path, nor a device, nor longer than a system takes."""
    for name in ("con", "l" * 240, "m" * 240):
        (tmp_path / f"{name}.csv").write_text("dependant,need\na,steel\n", "utf-8")
    shocks = ("CON", "../../x", "n" * 400)
    (tmp_path / "shocks.csv").write_text("shock,target\n" + "".join(f"{name},steel\n" for name in shocks), "utf-8")
    assert knockon("load", "con.csv", "shocks.csv", f"{'l' * 240}.csv", f"{'m' * 240}.csv", "--store", "st").code == 0
    assert knockon("load", "con.csv", "--store", "alone").code == 0
    assert [knockon("explore", "--store", store).code for store in ("st", "alone")] == [0, 0]
    assert [knockon("report", name, "--store", "st").code for name in ("con", "x", "n" * 400)] == [0, 0, 0]
    written = sorted(path.name for path in (tmp_path / "exports").iterdir())
    assert len(written) == 5
    assert {"x-con.html", "x-report.html"} <= set(written)
    assert max(map(len, written)) < 140
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"exports", "st", "alone"}


def test_a_page_has_the_run_of_another_model_and_its_condition(knockon, tmp_path):
    """The finding of the model is on the page, under the condition; both need what the command line needs elsewhere."""
    asked = ("explore", "-s", "made.csv", "--hit", "a=0.5", "--set", "exact=true", "--given", "b", "-o", "page.html")
    (tmp_path / "made.csv").write_text("dependant,need,criticalityValue\nb,a,1\nc,b,0.5\n", "utf-8")
    assert knockon(*asked, "--model", "chance").code == 0
    assert "and given that b has failed, " in (tmp_path / "page.html").read_text("utf-8")
    for refused, mend in (
        (asked, "leontief takes no 'exact'"),
        (("explore", "-s", "made.csv", "--given", "b", "-o", "page.html"), "name one with --shock, or give --hit"),
        ((*asked[:5], "--given", "b", "-o", "page.html"), "--model chance"),
    ):
        ran = knockon(*refused)
        assert (ran.code, mend in ran.err) == (2, True), ran.err
