"""Ids made of content keep apart what had one id when they had fewer digits.

The pairs were searched for: two of 2.7 million addresses whose evidence has the same first ten digits (40 bits), two of 7,000
names with the same first six (24 bits).
"""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, RdfFormat, parse

from knockon.authoring.names import to_exact_local_name, to_local_name
from knockon.authoring.open import open_store
from knockon.model import Company, Dependency, Entity, Evidence
from knockon.model.addresses import document_iri
from knockon.model.base import DigestOf, digest, long_digest
from knockon.rdf.plain_records import cite
from knockon.rdf.to_rdf import quads
from knockon.readers.local_names import imported_name
from knockon.store.files import from_quads
from knockon.store.folder import FolderStore

ADDRESSES = ("https://example.org/1/1930976", "https://example.org/1/2697101")
NAMES = ("丯丫公司", "乆乐公司")
#: 64 bits are enough for a billion; these have 80.
LEAST_DIGITS = 16


def test_evidence_that_shared_ten_digits() -> None:
    """Two passages have ids that begin alike, and are two, whichever way they are made."""
    passages = [Evidence(document=document_iri(address)).name.removeprefix("ev-") for address in ADDRESSES]
    assert passages[0][:10] == passages[1][:10]
    assert passages[0] != passages[1]
    assert all(len(name) >= LEAST_DIGITS for name in passages)
    assert [cite(address).id.rsplit("ev-")[1] for address in ADDRESSES] == passages
    assert DigestOf("a").and_more("b") == long_digest("a", "b") != digest("a", "b")


def test_names_in_another_script_that_shared_six_digits() -> None:
    """Names of which a slug keeps nothing have long digests."""
    assert digest(NAMES[0])[:6] == digest(NAMES[1])[:6]
    for to_name in (to_local_name, to_exact_local_name, imported_name):
        first, second = map(to_name, NAMES)
        assert first != second
        assert len(first.rpartition("-")[2]) >= LEAST_DIGITS


def test_both_are_kept_by_a_load(tmp_path: Path) -> None:
    """A table loaded into a folder has each firm once, and each dependency cites its own document."""
    table = tmp_path / "firms.csv"
    rows = (f"{name},Power,{address}" for name, address in zip(NAMES, ADDRESSES, strict=True))
    table.write_text("\n".join(["dependant,need,evidence", *rows]), encoding="utf-8")
    with FolderStore(tmp_path / "store") as store:
        store.load(*open_store(table).data_sets)
        assert {str(record.label) for record in store.records if isinstance(record, Entity)} == {*NAMES, "Power"}
        cited = [each.document for record in store.records if isinstance(record, Dependency) for each in record.evidence]
        assert sorted(cited) == sorted(map(document_iri, ADDRESSES))
        counted = "SELECT (COUNT(DISTINCT ?e) AS ?n) { ?e a ko:Evidence ; oa:hasSource ?d }"
        assert [row["n"] for row in store.query(counted)] == [Literal(2)]


def test_evidence_with_an_earlier_id_is_read() -> None:
    """Files and stores have ids of ten digits: the evidence is the same, under its present id."""
    passage = Evidence(document="urn:x:doc", start=1, end=9)
    company = Company(id="urn:x:a", label="A", evidence=[passage])
    lines = "".join(f"{quad} .\n" for quad in quads(company, "urn:x:data")).replace(passage.name, passage.name[:13])
    (record,) = from_quads(list(parse(lines, format=RdfFormat.N_QUADS)), "a.nq", "a").records
    assert record == company
