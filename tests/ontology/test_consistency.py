"""A reasoner finds the ontology with the bundled data consistent: needs the extra ``reason`` and Java, else it is skipped."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import Quad

import knockon
from knockon.bundled import data_set_names
from knockon.rdf.ontology import ontology
from knockon.store.files import FORMATS, to_bytes

owlready2 = pytest.importorskip("owlready2", reason="the extra `reason` is not installed")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="there is no java"),
    pytest.mark.filterwarnings("ignore"),
]
XSD = "http://www.w3.org/2001/XMLSchema#"


def owl_dl(quads: Iterable[Quad]) -> str:
    """N-Triples with dates as times and durations as strings: OWL 2 DL has no xsd:date and xsd:duration."""
    text = to_bytes(quads, FORMATS["nt"]).decode()
    text = re.sub(rf'"([^"]*)"\^\^<{XSD}date>', rf'"\1T00:00:00"^^<{XSD}dateTime>', text)
    text = text.replace(f"<{XSD}date>", f"<{XSD}dateTime>")
    return text.replace(f"^^<{XSD}duration>", "").replace(f"<{XSD}duration>", f"<{XSD}string>")


def unsatisfiable(text: str, path: Path) -> list[object]:
    """Run HermiT on N-Triples; return the classes that nothing can be in."""
    path.write_text(text, "utf-8")
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load()
    owlready2.sync_reasoner_hermit(world, debug=0)
    return list(world.inconsistent_classes())


def test_the_ontology_is_consistent(tmp_path: Path) -> None:
    """Every class can have members."""
    assert unsatisfiable(owl_dl(ontology()), tmp_path / "a.nt") == []


@pytest.mark.parametrize("name", data_set_names())
def test_bundled_data_are_consistent_with_the_ontology(name: str, tmp_path: Path) -> None:
    """Domains, ranges, functional properties and disjoint classes hold of every record."""
    assert unsatisfiable(owl_dl(knockon.open(name).store.quads()), tmp_path / "a.nt") == []


def test_the_reasoner_notices_what_is_inconsistent(tmp_path: Path) -> None:
    """A company that is a shock too makes the whole inconsistent, so that the other tests are known to test something."""
    kinds = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    both = "".join(f"<urn:x:a> <{kinds}> <https://w3id.org/knockon/ns#{name}> .\n" for name in ("Company", "Shock"))
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        unsatisfiable(owl_dl(ontology()) + both, tmp_path / "a.nt")
