"""A page as PDF, printed by the Chromium of the system in a folder of its own that is thrown away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from knockon.errors import KnockonError, LimitReached, NotFound

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
)  # fmt: skip
#: Seconds; a page takes one or two, a busy machine some more.
TIMEOUT = 120.0


def browser() -> str:
    """The path of the first browser of ``BROWSERS`` that is there.

    Raises
    ------
    NotFound
        There is none.
    """
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    hint = f"(looked for {', '.join(BROWSERS)} on PATH); write the page with --output and print it from any browser"
    raise NotFound("browser", "chromium", hint=hint)


def printed(html: str, timeout: float = TIMEOUT) -> bytes:
    """The PDF of a page that needs nothing but itself.

    Raises
    ------
    NotFound
        There is no Chromium.
    LimitReached
        It took too long.
    KnockonError
        It printed nothing.
    """
    program = browser()
    # A browser may still be closing its files when it has printed.
    with tempfile.TemporaryDirectory(prefix="knockon-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, paper = folder / "page.html", folder / "page.pdf"
        page.write_text(html, "utf-8")
        profile = f"--user-data-dir={folder / 'profile'}"
        said = _run([program, *_FLAGS, profile, f"--print-to-pdf={paper}", page.as_uri()], folder, timeout)
        content = paper.read_bytes() if paper.is_file() else b""
    if not content.startswith(b"%PDF"):
        raise KnockonError(f"{program} printed no PDF: {said or 'it said nothing'}")
    return content


def _run(command: list[str], folder: Path, timeout: float) -> str:
    """Run a browser; the last line of what it complained of."""
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    # A group of its own, so that a browser that hangs goes with all its processes.
    started = subprocess.Popen(  # noqa: S603 - a browser of PATH, and arguments of ours
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        _, said = started.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise LimitReached(f"{command[0]} had not printed the page after {timeout:g} seconds") from None
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
            started.communicate()
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


__all__ = ["BROWSERS", "browser", "printed"]
