"""What is published with the ontology: headers, the reference page with its examples, redirects, and how to cite it."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from rdflib import DCTERMS, OWL, RDF, XSD, Graph, URIRef

from knockon.bundled import ontology_folder
from knockon.store.files import FORMATS, read_bytes, read_file, to_bytes
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import KO, ONTOLOGY_GRAPH

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "ontology" / "examples"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
HEADERS = {"knockon": ONTOLOGY_GRAPH, "scales": f"{ONTOLOGY_GRAPH}/scales", "alignments": f"{ONTOLOGY_GRAPH}/alignments"}


@cache
def module(name: str) -> ModuleType:
    """A module of docs/, which is no package."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return __import__(name)
    finally:
        sys.path.pop(0)


@cache
def page() -> str:
    return module("ontology_page").page()


@cache
def classes() -> tuple[str, ...]:
    graph = Graph().parse(ontology_folder() / "knockon.ttl")
    return tuple(sorted(str(s).removeprefix(KO) for s in graph.subjects(RDF.type, OWL.Class) if str(s).startswith(KO)))


class Elements(HTMLParser):
    """The attributes of all elements of a page, in order, with its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def values(self, attribute: str) -> Iterator[str]:
        return (value for _, attributes in self.found if (value := attributes.get(attribute)))


@pytest.mark.parametrize(("file", "iri"), HEADERS.items())
def test_every_file_says_what_it_is(file: str, iri: str) -> None:
    """Title, description, creator, licence as an IRI, dates and the version of the package, with an IRI of its own."""
    graph = Graph().parse(ontology_folder() / f"{file}.ttl")
    node = URIRef(iri)
    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [node]
    for name in (DCTERMS.title, DCTERMS.description):
        assert graph.value(node, name, any=False).language == "en"
    for name in (DCTERMS.creator, DCTERMS.license):
        assert isinstance(graph.value(node, name, any=False), URIRef)
    created, modified = (graph.value(node, name, any=False) for name in (DCTERMS.created, DCTERMS.modified))
    assert created.datatype == modified.datatype == XSD.date
    assert created.toPython() <= modified.toPython()
    assert str(graph.value(node, OWL.versionInfo)) == PROJECT["version"]
    assert graph.value(node, OWL.versionIRI) == URIRef(f"{iri}/{PROJECT['version']}")


@pytest.mark.parametrize("name", classes())
def test_every_class_has_an_example_that_loads(name: str) -> None:
    """The file docs/ontology/examples/NAME.ttl has a record of the class, and loads without a notice."""
    path = EXAMPLES / f"{name}.ttl"
    assert path.is_file(), f"ko:{name} has no worked example: write docs/ontology/examples/{name}.ttl, then run `make docs`"
    data = read_file(path)
    assert (data.extra, data.notices) == ((), ())
    store = MemoryStore(data)
    assert store.query(f"ASK {{ {{ ?x a ko:{name} }} UNION {{ GRAPH ?run {{ ?x a ko:{name} }} }} }}")


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_every_example_meets_the_shapes(every: int) -> None:
    """One validation for all, or for each fourth, since it takes seconds; in it each example has names of its own."""
    from pyshacl import validate

    sets = [
        read_bytes(
            path.read_bytes().replace(b"example.org/bakery/", f"example.org/{path.stem}/".encode()), ".ttl", "a", path.stem
        )
        for path in sorted(EXAMPLES.iterdir())[::every]
    ]
    graph = Graph().parse(data=to_bytes(MemoryStore(*sets).quads(), FORMATS["nt"]), format="nt")
    conforms, _, report = validate(graph, shacl_graph=Graph().parse(ontology_folder() / "shapes.ttl"), inference="none")
    assert conforms, report


def test_examples_are_of_classes_that_exist() -> None:
    assert {path.stem for path in EXAMPLES.iterdir()} <= set(classes())


def test_the_page_is_the_one_that_the_ontology_gives() -> None:
    """docs/ontology/index.html is written by `make docs`; the same ontology gives the same bytes."""
    assert (ROOT / "docs" / "ontology" / "index.html").read_text("utf-8") == page(), "run `make docs`"


def test_every_term_has_an_anchor_and_every_link_of_the_page_leads_somewhere() -> None:
    """Anchors are the names of terms, each once; links are anchors, files of the repository, or terms of others."""
    elements = Elements(page())
    anchors = list(elements.values("id"))
    assert len(anchors) == len(set(anchors))
    graph = Graph().parse(ontology_folder() / "knockon.ttl").parse(ontology_folder() / "scales.ttl")
    described = {str(subject).removeprefix(KO) for subject in graph.subjects() if str(subject).startswith(KO)}
    assert described <= set(anchors)
    for link in elements.values("href"):
        if link.startswith("#"):
            assert link[1:] in anchors
        elif not link.startswith("http"):
            assert (ROOT / "docs" / "ontology" / link).is_file()


def test_the_page_loads_nothing() -> None:
    """No script, no image, no style sheet or font from elsewhere: the policy of the page forbids all but its own style."""
    elements = Elements(page())
    assert not {tag for tag, _ in elements.found} & {"script", "link", "img", "iframe", "object", "embed"}
    assert not list(elements.values("src"))
    style = page().partition("<style>")[2].partition("</style>")[0]
    assert "@import" not in style
    assert set(re.findall(r"url\(([^)]*)\)", style)) <= {"#tip"}
    assert "default-src 'none'" in page()


def test_the_page_has_the_alignments_with_their_iris() -> None:
    """Each link of alignments.ttl is in the table."""
    aligned = module("ontology_terms").alignments()
    graph = Graph().parse(ontology_folder() / "alignments.ttl")
    ours = [s for s, _, _ in graph if str(s).startswith(KO)]
    assert len(ours) <= len(aligned)
    assert {item.iri for item in aligned} <= set(Elements(page()).values("href"))
    assert not re.search(r"\bns[0-9]+:", page())


def redirected(path: str, accept: str) -> str:
    """Where the rules lead from a path below /knockon/: the small part of mod_rewrite that they use."""
    target, conditions = "", []
    for line in (ROOT / "docs" / "ontology" / "w3id" / ".htaccess").read_text("utf-8").splitlines():
        if line.startswith("RewriteCond %{HTTP_ACCEPT} "):
            conditions.append(line.split(" ", 2)[2])
        elif line.startswith("RewriteRule "):
            _, pattern, substitution, flags = line.split()
            match, met = re.search(pattern, path), all(re.search(condition, accept) for condition in conditions)
            conditions = []
            if match and met and (setting := re.search(r"E=TARGET:([^\],]+)", flags)):
                target = setting[1]
            elif match and met:
                found = re.sub(r"\$(\d)", lambda group: match[int(group[1])], substitution)  # noqa: B023 - used at once
                return found.replace("%{ENV:TARGET}/", "") if target else ""
    return ""


@pytest.mark.parametrize(
    ("path", "accept", "file"),
    [
        ("ns", "text/html,application/xhtml+xml", "docs/ontology/index.html"),
        ("ns", "text/turtle", "ontology/knockon.ttl"),
        ("ns", "application/ld+json", "ontology/context.jsonld"),
        ("ns/0.2.0", "text/turtle;q=0.9", "ontology/knockon.ttl"),
        ("ns/scales", "text/turtle", "ontology/scales.ttl"),
        ("ns/alignments/0.2.0", "*/*", "ontology/alignments.ttl"),
        ("ns/shapes", "*/*", "ontology/shapes.ttl"),
        ("shapes", "*/*", "ontology/shapes.ttl"),
        ("id/nvidia", "text/html", "data/README.md"),
        ("project", "text/html", "README.md"),
        ("", "text/html", "README.md"),
    ],
)
def test_redirects_lead_to_files_of_the_repository(path: str, accept: str, file: str) -> None:
    assert redirected(path, accept) == file
    assert (ROOT / file).is_file()


def test_the_citation_agrees_with_the_package_and_invents_nobody() -> None:
    """Version and licence are those of the package, the author is the project."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert str(citation["version"]) == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["authors"] == [{"name": "The Knock-on project"}]
    assert {"cff-version", "message", "title"} <= citation.keys()
