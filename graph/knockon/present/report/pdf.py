"""A page as PDF, printed by the Chromium of the system in a temporary folder."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from knockon.errors import KnockonError, LimitReached, NotFound
from knockon.model.dates import PINNED, now

#: The first of them is Chromium without its windows, which starts in half the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
)  # fmt: skip
#: The most seconds that printing may take; a page takes one or two.
TIMEOUT = 120.0


def browser() -> str:
    """Return the path of the first browser of ``BROWSERS`` that is installed.

    Raises
    ------
    NotFound
        None is installed.
    """
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    hint = f"(looked for {', '.join(BROWSERS)} on PATH); write the page with --output and print it from any browser"
    raise NotFound("browser", "chromium", hint=hint)


def printed(html: str, timeout: float = TIMEOUT) -> bytes:
    """Return the PDF of a page that loads nothing.

    Raises
    ------
    NotFound
        There is no Chromium.
    LimitReached
        Printing took longer than ``timeout`` seconds.
    KnockonError
        The browser wrote no PDF.
    """
    program = browser()
    # A browser may still be closing its files when it has printed.
    with tempfile.TemporaryDirectory(prefix="knockon-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, pdf = folder / "page.html", folder / "page.pdf"
        page.write_text(html, "utf-8")
        profile = f"--user-data-dir={folder / 'profile'}"
        complaint = _run([program, *_FLAGS, profile, f"--print-to-pdf={pdf}", page.as_uri()], folder, timeout)
        content = pdf.read_bytes() if pdf.is_file() else b""
    if not content.startswith(b"%PDF"):
        raise KnockonError(f"{program} printed no PDF: {complaint or 'it gave no reason'}")
    return _with_pinned_dates(content) if PINNED in os.environ else content


def _with_pinned_dates(content: bytes) -> bytes:
    """Return a PDF with the time that ``SOURCE_DATE_EPOCH`` sets in place of that of printing, so that its bytes are the same.

    >>> import os
    >>> pinned = os.environ.get(PINNED)
    >>> os.environ[PINNED] = "86400"
    >>> _with_pinned_dates(b"/CreationDate (D:20261126234228+00'00')")
    b"/CreationDate (D:19700102000000+00'00')"
    >>> _ = os.environ.pop(PINNED) if pinned is None else os.environ.update({PINNED: pinned})
    """
    time = f"{now():%Y%m%d%H%M%S}+00'00'".encode()
    return re.sub(rb"(/(?:CreationDate|ModDate) \(D:)[0-9]{14}[+-][0-9]{2}'[0-9]{2}'(?=\))", rb"\g<1>" + time, content)


def _run(command: list[str], folder: Path, timeout: float) -> str:
    """Run a browser, and return the last line that it wrote to standard error."""
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    # A process group of its own, so that a browser that hangs is killed with all its processes.
    process = subprocess.Popen(  # noqa: S603 - a browser of PATH, and arguments of ours
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        _, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise LimitReached(f"{command[0]} had not printed the page after {timeout:g} seconds") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


__all__ = ["BROWSERS", "browser", "printed"]
