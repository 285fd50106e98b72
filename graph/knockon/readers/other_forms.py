"""Forms of known formats that no reader reads, with what to do about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from knockon.errors import Problem
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.registry import READERS, Head

_TO_JSON = "convert it to JSON, for example with `pyspdxtools --infile FILE --outfile FILE.spdx.json` (package spdx-tools)"
_TURTLE = re.compile(r"^[ \t]*(@prefix|PREFIX)\s+\S*:\s*<", re.MULTILINE)
_SPDX_YAML = re.compile(r"""^["']?spdxVersion["']?\s*:\s*["']?SPDX-""", re.MULTILINE)


class OtherForm(NamedTuple):
    """A form of a format: ``format`` is the reader or mapping that reads the others, if there is one.

    ``holds`` says whether a file with a beginning has this form, ``problem`` and ``hint`` what it is and what to do.
    """

    format: str
    holds: Callable[[Head], bool]
    problem: str
    hint: str


#: Words of the lists of OFAC as XML: of sdn.xml, and of sdn_advanced.xml by its earlier and its present namespace.
_OFAC_XML = ("<sdnList", "ofac.treas", "www.un.org/sanctions/1.0")


def _is_of_api(head: Head) -> bool:
    """Return whether a file is an answer of the API of GLEIF (JSON:API): its records are of these types."""
    data = head.first_json.get("data") if head.file.ending == ".json" and isinstance(head.first_json, dict) else None
    first = next(iter(data), None) if isinstance(data, list) else data
    return isinstance(first, dict) and first.get("type") in ("lei-records", "reporting-exceptions", "relationship-records")


def _is_rdf(head: Head) -> bool:
    """Return whether a file is RDF: by its ending, or JSON with the words of JSON-LD."""
    if head.file.ending == ".json":
        value = head.first_json
        return isinstance(value, dict) and not {"@context", "@id", "@graph"}.isdisjoint(value)
    return head.file.ending in READERS["rdf"].endings and head.file.ending != ".xml"


_FORMS = (
    OtherForm(
        "spdx", lambda head: head.text.lstrip("\ufeff").startswith("SPDXVersion:"),
        "is SPDX in tag-value form, which is not read", _TO_JSON,
    ),
    OtherForm(
        "spdx", lambda head: head.file.ending in (".yaml", ".yml") and bool(_SPDX_YAML.search(head.text)),
        "is SPDX as YAML, which is not read", _TO_JSON,
    ),
    OtherForm("spdx", lambda head: "spdx.org/rdf/terms" in head.text, "is SPDX as RDF, which is not read", _TO_JSON),
    OtherForm(
        "ofac", lambda head: head.file.ending == ".xml" and any(word in head.text for word in _OFAC_XML),
        "is a list of OFAC as XML, which is not read",
        "download it as CSV: sdn.csv, alt.csv, add.csv and sdn_comments.csv, or cons_prim.csv and the files beside it",
    ),
    OtherForm(
        "gleif-csv", lambda head: head.file.ending == ".xml" and "gleif.org/data/schema" in head.text,
        "is a file of GLEIF as XML, which is not read", "download the golden copy as CSV or JSON",
    ),
    OtherForm(
        "gleif-csv", _is_of_api, "is an answer of the API of GLEIF, which is not read",
        "download the golden copy as CSV or JSON",
    ),
    OtherForm(
        "rdf", lambda head: not _is_rdf(head) and bool(_TURTLE.search(head.text)),
        "is RDF as Turtle or TriG, which is read from files whose name ends in .ttl or .trig", "rename it",
    ),
    # Nobody names this: whoever names rdf has it read.
    OtherForm(
        "", _is_rdf, "is RDF, and of no vocabulary that is known",
        "name a CONSTRUCT query that makes records of it with --mapping QUERY.rq, or `knockon load` it for SPARQL alone",
    ),
)  # fmt: skip


def other_forms(heads: Mapping[ForeignFile, Head], of_format: str = "") -> list[Problem]:
    """Return a problem for each file that has a form of a known format which is not read.

    Parameters
    ----------
    heads
        The files with their beginnings.
    of_format
        The reader or mapping that the user chose; by default any.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp(), "bom.spdx")
    >>> _ = path.write_text("SPDXVersion: SPDX-2.3")
    >>> file = ForeignFile("bom.spdx", path)
    >>> [problem.message for problem in other_forms({file: Head(file)})]
    ['is SPDX in tag-value form, which is not read']
    """
    forms = [form for form in _FORMS if of_format in ("", form.format)]
    found = ((file, _first(forms, head)) for file, head in heads.items())
    return [Problem(file.name, None, form.problem, form.hint) for file, form in found if form is not None]


def _first(forms: Iterable[OtherForm], head: Head) -> OtherForm | None:
    return next((form for form in forms if form.holds(head)), None)


__all__ = ["OtherForm", "other_forms"]
