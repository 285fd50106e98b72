"""Records whose every text would do harm in a page, and the data that a page holds."""

from __future__ import annotations

import json
import re

from knockon.model import Company, Dependency, Document, Event, Observation, Product, Relation
from knockon.present.page.packing import unpacked
from support.explorer_sample import iri

#: Texts that would do harm if a page took them for markup, script or template.
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "\"'`quotes`'\"",
    "two\nlines\ttab",
    "\u202eright to left\u202c שלום",
    "{{ 7 * 7 }}{% raw %}",
    "</noscript><svg onload=alert(1)>",
    "line\u2028separator\u2029here",
    "javascript:alert(1)",
]


def hostile_records() -> list:
    """Every text of every kind of record, hostile."""
    records = [Company(id=iri("hub"), label="Hub")]
    for place, text in enumerate(HOSTILE):
        mine = {"evidence": [{"document": iri(f"d{place}"), "start": 0, "end": 9}], "reason": text, "comment": text}
        records += [
            Document(id=iri(f"d{place}"), title=text),
            Product(id=iri(f"p{place}"), label=text, alt_label=[text], identifier=[{"scheme": text, "notation": text}], **mine),
            Dependency(id=iri(f"n{place}"), dependant=iri("hub"), need=iri(f"p{place}"), mechanism=text, **mine),
            Relation(id=iri(f"r{place}"), subject=iri(f"p{place}"), relation_type="supports", object=iri("hub"), **mine),
            Observation(id=iri(f"o{place}"), about=iri(f"p{place}"), metric=text, as_written=text, unit=text),
            Event(id=iri(f"e{place}"), label=text, participant=[iri(f"p{place}")]),
        ]
    return records


def data_in_page(text: str) -> dict:
    """Return what a page of the explorer holds as its data."""
    return unpacked(json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1]))
