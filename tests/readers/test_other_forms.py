"""Forms of known formats that are not read: the error says what they are and what to do, be the format named or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.errors import InvalidData
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.other_forms import other_forms
from knockon.readers.registry import Head
from support.imports import import_content

FORMS = [
    ("a.spdx", "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n", "spdx", "tag-value form.*convert it to JSON"),
    ("a.yaml", "SPDXID: SPDXRef-DOCUMENT\nspdxVersion: SPDX-2.3\n", "spdx", "SPDX as YAML.*convert it to JSON"),
    ("a.rdf", '<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#"/>', "spdx", "SPDX as RDF.*convert it to JSON"),
    ("sdn.xml", '<?xml version="1.0"?><sdnList><sdnEntry/></sdnList>', "ofac", r"OFAC as XML.*sdn\.csv"),
    ("adv.xml", '<Sanctions xmlns="http://www.un.org/sanctions/1.0"/>', "ofac", r"OFAC as XML.*sdn\.csv"),
    ("api.json", '{"data": [{"type": "lei-records", "id": "x"}]}', "gleif-csv", "API of GLEIF.*golden copy as CSV"),
    ("l.xml", '<lei:LEIData xmlns:lei="http://www.gleif.org/data/schema/leidata/2016"/>', "gleif-csv", "GLEIF as XML.*CSV"),
    ("a.txt", "@prefix org: <http://www.w3.org/ns/org#> .\n", "rdf", r"Turtle.*\.ttl"),
]


@pytest.mark.parametrize(("name", "content", "form", "message"), FORMS)
def test_the_error_says_what_to_do(name: str, content: str, form: str, message: str) -> None:
    for reader in (None, form):
        with pytest.raises(InvalidData, match=message):
            import_content(name, content, reader)


@pytest.mark.parametrize(("name", "content"), [
    ("a.json", '{"@id": "urn:x:a", "urn:x:p": {"@id": "urn:x:b"}}'), ("a.ttl", "<urn:x:a> <urn:x:p> <urn:x:b> ."),
])  # fmt: skip
def test_rdf_of_an_unknown_vocabulary_is_told_the_way_in(name: str, content: str) -> None:
    with pytest.raises(InvalidData, match=r"of no vocabulary that is known.*--mapping QUERY\.rq.*knockon load"):
        import_content(name, content)


def test_blank_and_broken_texts_are_of_no_form(tmp_path: Path) -> None:
    """64 KB of blank lines or of one character, of which a careless pattern makes a hang."""
    for content in ("\n" * 65_000, " " * 65_000, ":" * 65_000, "@prefix " * 8_000, "@prefix :" + " " * 65_000):
        path = tmp_path / "a.txt"
        path.write_text(content)
        file = ForeignFile("a.txt", path)
        assert other_forms({file: Head(file)}) == []
