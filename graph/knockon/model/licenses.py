"""Names of licences, and the IRIs that stand for them."""

from __future__ import annotations

import re

#: The namespace of the licences that the SPDX License List names.
SPDX = "https://spdx.org/licenses/"

#: The names of that list that data sets and documents are commonly published under.
SPDX_NAMES: frozenset[str] = frozenset(
    {
        "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-NC-ND-4.0",
        "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC0-1.0", "CDLA-Permissive-1.0",
        "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "DL-DE-BY-2.0", "GPL-3.0-only", "GPL-3.0-or-later", "MIT", "MPL-2.0",
        "ODC-By-1.0", "ODbL-1.0", "OGL-UK-1.0", "OGL-UK-2.0", "OGL-UK-3.0", "PDDL-1.0", "etalab-2.0",
    }
)  # fmt: skip
_BY_FOLDED = {name.casefold(): name for name in SPDX_NAMES}
_SPDX_ADDRESS = re.compile(r"https?://(?:www\.)?spdx\.org/licenses/([A-Za-z0-9.+-]+?)(?:\.html|\.json)?/?")
_WEB_ADDRESS = re.compile(r"""https?://[^\x00-\x20<>"{}|\\^`]+""")


def license_name(text: str) -> str:
    """Return the name of a licence: that of SPDX where it is one of ``SPDX_NAMES``, else the text unchanged.

    >>> license_name("https://spdx.org/licenses/CC0-1.0.html"), license_name("cc-by-4.0"), license_name("see LICENSE.txt")
    ('CC0-1.0', 'CC-BY-4.0', 'see LICENSE.txt')
    """
    address = _SPDX_ADDRESS.fullmatch(text)
    return _BY_FOLDED.get((address[1] if address else text).casefold(), text)


def license_iri(name: str) -> str | None:
    """Return the IRI of a licence: of one of ``SPDX_NAMES``, or of an address; None for other texts.

    >>> license_iri("CC0-1.0"), license_iri("https://example.org/terms"), license_iri("All rights reserved")
    ('https://spdx.org/licenses/CC0-1.0', 'https://example.org/terms', None)
    """
    if name in SPDX_NAMES:
        return SPDX + name
    return name if _WEB_ADDRESS.fullmatch(name) else None


__all__ = ["SPDX", "SPDX_NAMES", "license_iri", "license_name"]
