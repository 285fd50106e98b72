"""The HTML page of the ontology: every term with its anchor, a worked example of each class, and the alignments."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from rdflib import DCTERMS, OWL, RDFS, URIRef

import ontology_terms as terms
from knockon.vocabulary import KO, ONTOLOGY_GRAPH, PREFIXES

HERE = Path(__file__).resolve().parent
#: One Turtle file for each class, with the name of the class.
EXAMPLES = HERE / "ontology" / "examples"
#: The prefixes of the examples; their bakery is made up.
_EXAMPLE_PREFIXES = {**PREFIXES, "ex": "https://example.org/bakery/"}
#: The files of the vocabulary, with what is in them.
_FILES = {
    "knockon.ttl": "classes and properties",
    "scales.ttl": "the words of the scales",
    "alignments.ttl": "links to other vocabularies",
    "shapes.ttl": "SHACL shapes",
    "context.jsonld": "JSON-LD context",
}
_TURTLE = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<string>\"\"\".*?\"\"\"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')(?P<tag>@[a-z-]+)?"""
    r"""|(?P<iri><[^>\s]*>)|(?P<name>[a-z]+:[\w-]*)|(?P<number>(?<![\w.])\d+(?:\.\d+)?(?:e\d+)?)|(?P<word>\ba\b|@prefix)""",
    re.DOTALL,
)
_MENTION = re.compile(r"ko:[A-Za-z]\w*")


def page() -> str:
    """Return the page as HTML."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {"linked": linked, "turtle": turtle}
    by_term: dict[str, list[terms.Alignment]] = defaultdict(list)
    for alignment in terms.alignments():
        by_term[alignment.term].append(alignment)
    return environment.get_template("ontology.html").render(
        header=header(),
        style=Markup((HERE / "templates" / "ontology.css").read_text("utf-8")),  # noqa: S704 - our own file
        classes=terms.classes(), depth=terms.depth, uses=terms.uses, examples=examples(), properties=terms.properties(),
        relation_types=terms.relation_types(), scales=terms.scales(), graphs=terms.graphs(), alignments=terms.alignments(),
        by_term=by_term, files=_FILES, prefixes=_EXAMPLE_PREFIXES, namespace=KO,
    )  # fmt: skip


def header() -> dict[str, str]:
    """Return what the ontology states of itself, by the local name of the property."""
    graph, node = terms.ontology_graph(), URIRef(ONTOLOGY_GRAPH)
    links = {"title", "description", "license", "creator", "created", "modified"}
    stated = {name: str(graph.value(node, DCTERMS[name])) for name in sorted(links)}
    stated["version"] = str(graph.value(node, OWL.versionInfo))
    stated["version_iri"] = str(graph.value(node, OWL.versionIRI))
    name = graph.value(URIRef(stated["creator"]), URIRef("http://xmlns.com/foaf/0.1/name"))
    stated["creator"] = str(name or graph.value(URIRef(stated["creator"]), RDFS.label))
    return stated


def examples() -> dict[str, str]:
    """Return the examples in Turtle by class, without the declarations of prefixes, which the page lists once."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.ttl"))}
    return {name: re.sub(r"^@prefix [^\n]*\n", "", text, flags=re.MULTILINE).strip() for name, text in texts.items()}


def linked(text: str) -> Markup:
    """Escape a text and link the terms of the vocabulary that it mentions.

    >>> str(linked("a word of ko:LevelScale, <so>")), str(linked("ko:nothing"))
    ('a word of <a href="#LevelScale"><code>ko:LevelScale</code></a>, &lt;so&gt;', '<code>ko:nothing</code>')
    """
    return _joined(text, _MENTION, lambda match: _reference(match[0]))


def turtle(text: str) -> Markup:
    """Escape Turtle, with its tokens marked for colours and its terms linked."""

    def mark(match: re.Match[str]) -> Markup:
        kind = match.lastgroup or ""
        if kind == "tag":
            return Markup('<span class="t-string">{}</span><span class="t-tag">{}</span>').format(match["string"], match["tag"])
        if kind == "name" and match[0].startswith("ko:"):
            return _reference(match[0], code=False)
        return Markup('<span class="t-{}">{}</span>').format(kind, match[0])

    return _joined(text, _TURTLE, mark)


def _joined(text: str, pattern: re.Pattern[str], mark: object) -> Markup:
    """Escape a text, with what ``mark`` returns for each match of a pattern in its place."""
    assert callable(mark)  # noqa: S101 - for mypy
    parts, position = [], 0
    for match in pattern.finditer(text):
        parts += [escape(text[position : match.start()]), mark(match)]
        position = match.end()
    return Markup("").join([*parts, escape(text[position:])])


def _reference(name: str, *, code: bool = True) -> Markup:
    """Return a term with its prefix, linked if it is in the vocabulary."""
    local = name.removeprefix("ko:")
    shown = Markup("<code>{}</code>").format(name) if code else escape(name)
    known = (URIRef(KO + local), None, None) in terms.ontology_graph()
    return Markup('<a href="#{}">{}</a>').format(local, shown) if known else shown


__all__ = ["EXAMPLES", "examples", "header", "linked", "page", "turtle"]
