"""The style sheet of pages without scripts, and the policy that allows it and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files
from typing import NamedTuple

from markupsafe import Markup


class PageStyle(NamedTuple):
    """A style sheet, and the policy of a page that has it."""

    style: Markup
    policy: Markup


def page_style(footer: str, more: str = "") -> PageStyle:
    """Return the style sheet of reports with a footer for printed pages, and more rules.

    Parameters
    ----------
    footer
        What is below each printed page, in words of ours.
    more
        Further rules.

    Examples
    --------
    >>> page_style("Knock-on prices").policy[:38]
    Markup("default-src 'none'; style-src 'sha256-")
    """
    text = files("knockon.present").joinpath("templates", "report.css").read_text("utf-8").replace("\r\n", "\n")
    # Comments are for the reader of the source.
    text = re.sub(r"/\*.*?\*/\n?", "", text, flags=re.DOTALL).replace("Knock-on impact report", footer) + more
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    # The style sheet of this package and its hash are exempt from escaping.
    return PageStyle(Markup(text), Markup(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"))  # noqa: S704


__all__ = ["PageStyle", "page_style"]
