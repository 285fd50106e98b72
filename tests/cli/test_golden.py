"""Every answer is what it was: what commands print and what ``Graph`` returns, held against goldens.

How to accept a change: tests/support/golden.py.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

import knockon
from knockon.analysis.portfolio.portfolio import Portfolio
from knockon.cli.app import create_app
from support.bundled_once import open_folder_once
from support.golden import ANSWERS, LETTERS, PRINTED, compare, plain

Run = Callable[..., Any]

#: A free query: each product with its loss and step in the cascade of a shock.
TEXT = """PREFIX ex: <https://example.org/letters/>
SELECT ?x ?loss ?step WHERE {
  ?x a ko:Product BIND(ko:loss(ex:maker-a-stops, ?x) AS ?loss) BIND(ko:step(ex:maker-a-stops, ?x) AS ?step) }
ORDER BY ?x"""
#: Commands that answer from the data set, by the name of their golden; ``-s data`` is added.
ASKED: dict[str, tuple[str, ...]] = {
    "impact": ("impact", "maker-a-stops"),
    "impact-list": ("impact",),
    "impact-all": ("impact", "--all"),
    "impact-all-reach": ("impact", "--all", "--model", "reach"),
    "impact-reach": ("impact", "maker-a-stops", "--model", "reach"),
    "impact-timeline": (
        "impact",
        "maker-a-stops",
        "--model",
        "timeline",
        "--set",
        "horizon=60",
        "--set",
        "duration=20",
        "--set",
        "recovery=5",
    ),
    "impact-timeline-power": ("impact", "power-fails", "--model", "timeline", "--set", "horizon=40", "--set", "step=0.5"),
    "impact-chance": ("impact", "maker-a-stops", "--model", "chance", "--set", "draws=200", "--set", "seed=7"),
    "impact-chance-exact": ("impact", "credit-ends", "--model", "chance", "--set", "exact=true", "--financing"),
    "impact-chance-given": (
        "impact",
        "maker-a-stops",
        "--model",
        "chance",
        "--set",
        "exact=true",
        "--given",
        "device-d",
    ),
    "impact-query": ("impact", "material-controlled"),
    "impact-graded-query": ("impact", "land-n-shakes"),
    "impact-supply": ("impact", "one-supply-lost"),
    "impact-ungraded": ("impact", "ungraded"),
    "impact-ended": ("impact", "long-past"),
    "impact-past": ("impact", "maker-a-stops", "--as-of", "2021-06-01"),
    "impact-all-dates": ("impact", "maker-a-stops", "--as-of", "all"),
    "impact-facts": ("impact", "maker-a-stops", "--facts-only"),
    "impact-stances": ("impact", "maker-a-stops", "--stance", "Alleges", "--stance", "Asks"),
    "impact-financing": ("impact", "credit-ends", "--financing"),
    "impact-according": ("impact", "maker-a-stops", "--according-to", "doc-card"),
    "impact-without": ("impact", "maker-a-stops", "--without", "doc-card"),
    "impact-hit": ("impact", "--hit", "power-w=high", "--hit", "maker-c=0.3"),
    "impact-what-if": ("impact", "maker-a-stops", "--what-if", "device-d-part=criticality=low"),
    "compare-what-if": ("compare", "maker-a-stops", "--what-if", "device-d-part=supplier=maker-e; instead=maker-b"),
    "impact-capped": ("impact", "power-fails", "--cap", "1"),
    "impact-rule-kept": ("impact", "maker-a-stops", "--fail-on", "sales-d>0.9"),
    "impact-rule-broken": ("impact", "maker-a-stops", "--fail-on", "sales-d>=0.1"),
    "impact-nothing": ("impact", "no-such-shock"),
    "explain-sales": ("explain", "maker-a-stops", "sales-d"),
    "explain-service": ("explain", "maker-a-stops", "service-s", "--paths", "5"),
    "explain-loop": ("explain", "power-fails", "power-w"),
    "explain-timeline": ("explain", "power-fails", "device-d", "--model", "timeline"),
    "explain-reach": ("explain", "one-supply-lost", "maker-e", "--model", "reach"),
    "explain-chance": ("explain", "maker-a-stops", "device-d", "--model", "chance", "--set", "exact=true"),
    "explain-given": (
        "explain",
        "maker-a-stops",
        "sales-d",
        "--model",
        "chance",
        "--set",
        "exact=true",
        "--given",
        "device-d",
    ),
    "explain-unreached": ("explain", "ungraded", "plant-a"),
    "exposure": ("exposure", "sales-d"),
    "exposure-portfolio": ("exposure", "--portfolio", "mine.csv", "--allow-unknown"),
    "impact-portfolio": ("impact", "maker-a-stops", "--portfolio", "mine.csv", "--allow-unknown"),
    "exposure-timeline": ("exposure", "device-d", "--model", "timeline"),
    "compare": ("compare", "maker-a-stops", "power-fails"),
    "compare-without": ("compare", "maker-a-stops", "--without", "doc-card"),
    "compare-facts": ("compare", "maker-a-stops", "--facts-only"),
    "compare-timeline": ("compare", "maker-a-stops", "power-fails", "--model", "timeline"),
    "compare-hit": ("compare", "maker-a-stops", "--hit", "maker-b=high"),
    "chains": ("chains",),
    "query": ("query", TEXT),
    "query-ask": ("query", "ASK { ?x a ko:Company }"),
    "query-list": ("query", "--list"),
    "query-needs": ("query", "--name", "direct-dependencies", "-p", "entity=maker-d"),
    "query-worst": ("query", "--name", "worst-hit", "-p", "shock=maker-a-stops"),
    "query-discrepancies": ("query", "--name", "discrepancies-about", "-p", "record=maker-a"),
    "chokepoints": ("chokepoints", "sales-d"),
    "chokepoints-leaves": ("chokepoints", "device-e", "--leaves", "--order", "2", "--threshold", "0.4"),
    "neighbours": ("neighbours", "maker-a"),
    "paths": ("paths", "sales-d", "maker-a"),
    "paths-none": ("paths", "maker-a", "sales-d"),
    "concentration": ("concentration",),
    "propose": ("propose", "documents/doc-card.txt", "--dry-run"),
    "concentration-need": ("concentration", "--by", "need"),
    "concentration-of": ("concentration", "maker-a"),
    "covered": ("covered", "all", "--rule", "0.5"),
    "loops": ("loops",),
    "loops-financing": ("loops", "--financing", "--through", "plant-a"),
    "loops-supposed": ("loops", "--if", "material-m=device-e"),
    "rank": ("rank", "data"),
    "rank-esri": ("rank", "flows.csv", "--firms", "firms.csv", "--threads", "1"),
    "rank-debtrank": ("rank", "flows.csv", "--firms", "firms.csv", "--model", "debtrank", "--threads", "1"),
    "rank-debtrank-original": (
        "rank",
        "flows.csv",
        "--firms",
        "firms.csv",
        "--model",
        "debtrank",
        "--variant",
        "original",
        "--threads",
        "1",
    ),
    "rank-leontief": ("rank", "flows.csv", "--model", "leontief", "--threads", "1"),
    "rank-shocks": (
        "rank",
        "flows.csv",
        "--firms",
        "firms.csv",
        "--shocks",
        "firm-shocks.csv",
        "--weights",
        "weights.csv",
        "--by-sector",
        "--threads",
        "1",
    ),
    "price-shocks": ("price", "industries.csv", "--firms", "demand.csv", "--shocks", "industry-shocks.csv", "--rises", "duty"),
    "price": ("price", "industries.csv", "--firms", "demand.csv", "--cost", "one=0.1", "--passed-on", "two=0.5"),
    "extraction": ("extraction", "industries.csv", "--firms", "demand.csv", "--extract", "one=1"),
    "ghosh": ("ghosh", "industries.csv", "--firms", "demand.csv", "--fall", "one=0.1"),
    "inoperability": ("inoperability", "grid.csv", "--hit", "water=0.5"),
    "inoperability-time": (
        "inoperability",
        "grid.csv",
        "--start",
        "water=0.6",
        "--recovery",
        "10",
        "--recovery",
        "power=5",
        "--horizon",
        "30",
    ),
    "fdna": ("fdna", "links.csv", "--hit", "radar=0.5"),
    "survive": ("survive", "parts.csv", "--firms", "stocks.csv"),
    "importance": ("importance", "device-d", "--hit", "maker-a=0.5", "--exact"),
    "uncertainty": ("uncertainty", "maker-a-stops", "--draws", "32", "--seed", "3"),
    "uncertainty-sobol": (
        "uncertainty",
        "power-fails",
        "--draws",
        "16",
        "--sampling",
        "sobol",
        "--draws-per",
        "link",
        "--shape",
        "uniform",
    ),
    "mitigate": ("mitigate", "maker-a-stops", "--protect", "sales-d"),
    "mitigate-financing": ("mitigate", "credit-ends", "--protect", "maker-d", "--financing"),
    "profile": ("profile", "maker-a"),
    "profile-device": ("profile", "device-d"),
    "profile-past": ("profile", "maker-e", "--as-of", "2021-06-01"),
    "schema": ("schema",),
    "resolve": ("resolve", "--least", "0.3"),
    "search": ("search", "maker a"),
    "search-class": ("search", "part", "--type", "Product"),
    "show-company": ("show", "maker-a"),
    "show-dependency": ("show", "device-d-part"),
    "show-shock": ("show", "maker-a-stops"),
    "show-measure": ("show", "rule-n"),
    "show-document": ("show", "doc-card"),
    "show-chain": ("show", "from-a-to-sales"),
    "show-discrepancy": ("show", "staff-differs"),
    "show-observation": ("show", "staff-notice"),
    "ls": ("ls",),
    "evidence-show": ("evidence", "show", "device-d-part", "--documents", "documents"),
    "evidence-check": ("evidence", "check", "--documents", "documents"),
}
#: What is also held as text: rows, tables and prose, and what is printed by default.
TEXTS = {
    "csv": [
        "impact",
        "impact-all",
        "impact-timeline",
        "impact-list",
        "exposure",
        "compare",
        "chains",
        "query",
        "chokepoints",
        "concentration",
        "neighbours",
        "paths",
        "loops",
        "rank",
        "uncertainty",
        "importance",
        "mitigate",
        "profile",
        "schema",
        "search",
        "show-company",
        "ls",
        "evidence-check",
    ],
    "md": [
        "impact",
        "impact-chance",
        "explain-sales",
        "explain-service",
        "explain-timeline",
        "exposure",
        "compare",
        "chains",
        "query",
        "loops",
        "rank",
        "uncertainty",
        "mitigate",
        "profile",
    ],
    "jsonl": ["impact", "impact-all", "profile"],
    "ttl": ["impact", "show-dependency"],
    "table": ["impact", "explain-sales", "mitigate", "profile", "importance"],
}
FORMATS = [(name, form) for form, names in TEXTS.items() for name in names]


def text_file(name: str, form: str) -> str:
    """The golden of a text; Markdown and tables are kept as .txt, so that nothing takes them for pages of the project."""
    return f"text/{name}.{form}{'.txt' if form in {'md', 'table'} else ''}"


#: Commands that change a store, in the order in which they are run.
STORED: list[tuple[str, tuple[str, ...]]] = [
    ("load", ("load", "data", "--store", "st")),
    ("load-again", ("load", "data", "--store", "st")),
    ("load-table", ("load", "list.csv", "--store", "st", "--uses", "letters")),
    ("ls-store", ("ls", "-s", "st")),
    ("diff-last", ("diff", "st")),
    ("diff-file", ("diff", "list.csv", "longer.csv", "--store", "st")),
    ("diff-days", ("diff", "data", "--as-of", "2021-06-01", "--and", "2026-01-01", "--impact")),
    ("compare-before", ("compare", "maker-a-stops", "--before", "st@1", "--store", "st")),
    ("watch-first", ("watch", "--portfolio", "mine.csv", "--allow-unknown", "--store", "st@1")),
    ("watch-next", ("watch", "--portfolio", "mine.csv", "--allow-unknown", "--store", "st")),
    ("remove", ("remove", "list", "--store", "st")),
    ("backup", ("backup", "copy", "--store", "st")),
    ("backtest", ("backtest", "aisin-1997")),
    (
        "import",
        (
            "import",
            "list.csv",
            "--mapping",
            "edges",
            "--rename",
            "dependant=customer",
            "--rename",
            "need=supplier",
            "--dry-run",
            "--store",
            "st",
        ),
    ),
    ("undo", ("undo", "--store", "st")),
    ("history", ("history", "-s", "st")),
    ("propose-queue", ("propose", "doc-notice.txt", "--documents", "documents", "-s", "st")),
    ("review-list", ("review", "--proposals", "proposals.jsonl", "--list", "-s", "st")),
    ("generate-country", ("generate", "country", "--firms", "30", "--seed", "1", "--out", "made", "--tables", "csv")),
    ("validate", ("validate", "data")),
    ("validate-store", ("validate", "st")),
    ("validate-bad", ("validate", "bad.csv")),
]
#: Commands that print no answer: they write a page, a report or a file of RDF, or list what is shipped (``mapping``).
NO_ANSWER = {"demo", "explore", "report", "export", "mapping", "serve", "mcp"}


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented data in a folder of its own, so that every path in an answer is relative to it."""
    folder = tmp_path_factory.mktemp("letters")
    for name in ("data", "documents"):
        shutil.copytree(LETTERS / name, folder / name)
    for name in (
        "flows.csv", "firms.csv", "mine.csv", "industries.csv", "demand.csv", "firm-shocks.csv", "weights.csv",
        "industry-shocks.csv", "grid.csv", "links.csv", "parts.csv", "stocks.csv",
    ):  # fmt: skip
        shutil.copy(LETTERS / name, folder)
    head = "dependant,need,provider,criticality,share\n"
    rows = "Maker A,Part Z,Maker Z,high,0.5\nMaker A,Part Z,Maker Y,high,0.25\n"
    (folder / "list.csv").write_text(head + rows, "utf-8")
    (folder / "longer.csv").write_text(head + rows.replace("0.25", "0.5") + "Maker Z,Part Y,,low,\n", "utf-8")
    (folder / "bad.csv").write_text(head + "Maker A,Part Z,Maker Z,hihg,2\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def read_once(letters: Path) -> Iterator[None]:
    """The invented data are read once for the commands that ask them."""
    with pytest.MonkeyPatch.context() as patch:
        open_folder_once(letters / "data", patch)
        yield


def with_store(command: tuple[str, ...]) -> tuple[str, ...]:
    """A command that reads the data; those of tables take what they read as an argument."""
    of_tables = ("rank", "price", "extraction", "ghosh", "inoperability", "fdna", "survive")
    return command if command[0] in of_tables else (*command, "-s", "data")


def without_folder(text: str, folder: Path) -> str:
    """Replace the name of the temporary folder, which differs from run to run."""
    return text.replace(str(folder), "FOLDER")


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("name", ASKED)
def test_a_command_prints_the_same_json(knockon: Run, letters: Path, name: str) -> None:
    """The same keys in the same order, the same numbers and words, and the same exit code."""
    done = knockon(*with_store(ASKED[name]), "-f", "json", folder=letters)
    answer = json.loads(without_folder(done.out, letters)) if done.out else None
    compare(f"json/{name}.json", {"command": " ".join(ASKED[name]), "code": done.code, "answer": answer}, PRINTED)


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize(("name", "form"), FORMATS)
def test_a_command_prints_the_same_text(knockon: Run, letters: Path, name: str, form: str) -> None:
    """Tables, rows and prose are the same to the letter."""
    done = knockon(*with_store(ASKED[name]), "-f", form, folder=letters)
    assert done.code == 0
    compare(text_file(name, form), without_folder(done.out, letters))


def test_a_store_answers_the_same(knockon: Run, letters: Path) -> None:
    """Loading, comparing, removing and taking back give the same answers."""
    answers = {}
    for name, command in STORED:
        done = knockon(*command, "-f", "json", folder=letters)
        answers[name] = {"code": done.code, "answer": json.loads(without_folder(done.out, letters)) if done.out else None}
    # How many files a database has, and of what size, is up to RocksDB.
    answers["backup"]["answer"] |= {"files": 0, "bytes": 0}
    compare("json/store.json", answers, PRINTED)


def test_the_export_is_the_same(knockon: Run, letters: Path) -> None:
    """The graph as RDF is the same to the byte."""
    done = knockon("export", "-o", "out.nq", "-s", "data", folder=letters)
    assert done.code == 0
    compare("text/export.nq", (letters / "out.nq").read_text("utf-8"))


def portfolio_of(graph: knockon.Graph) -> Portfolio:
    """A portfolio of two makers and a sale, with amounts."""
    return replace(graph.portfolio(LETTERS / "mine.csv", allow_unknown=True), file="mine.csv")


#: What ``Graph`` is asked, by the name of the golden.
QUESTIONS: dict[str, Callable[[knockon.Graph], Any]] = {
    "impact": lambda g: g.impact("maker-a-stops"),
    "impact-hit": lambda g: g.impact(hit={"power-w": "high", "maker-c": 0.3}),
    "impact-timeline": lambda g: g.impact("power-fails", model="timeline", horizon=30),
    "impact-chance": lambda g: g.impact("power-fails", model="chance", draws=100, seed=5),
    "impact-reach": lambda g: g.impact("power-fails", model="reach"),
    "shocks": lambda g: g.shocks(),
    "impacts": lambda g: g.impacts(financing=True),
    "each_impact": lambda g: list(g.each_impact(as_of="2021-06-01")),
    "explain": lambda g: g.explain("maker-a-stops", "sales-d"),
    "explain-loop": lambda g: g.explain("power-fails", "service-s", paths=5, model="timeline"),
    "mitigate": lambda g: g.mitigate("maker-a-stops", "sales-d"),
    "compare": lambda g: g.compare("maker-a-stops", "power-fails"),
    "compare-against": lambda g: g.compare("maker-a-stops", against={"without": "doc-card"}),
    "entity": lambda g: g.entity("maker-a"),
    "uncertainty": lambda g: g.uncertainty("maker-a-stops", draws=32, seed=3),
    "importance": lambda g: g.importance(None, "device-d", hit={"maker-a": 0.5}, exact=True),
    "exposure": lambda g: g.exposure("sales-d"),
    "portfolio": portfolio_of,
    "portfolio_exposure": lambda g: g.portfolio_exposure(portfolio_of(g)),
    "impact-portfolio": lambda g: g.impact("maker-a-stops", portfolio=portfolio_of(g)),
    "profile": lambda g: g.profile("maker-a"),
    "chains": lambda g: g.chains(),
    "chokepoints": lambda g: g.chokepoints("sales-d"),
    "covered": lambda g: g.covered(rule=0.5),
    "ownership_loops": lambda g: g.ownership_loops(),
    "neighbours": lambda g: g.neighbours("device-e"),
    "paths": lambda g: g.paths("device-e", "material-m"),
    "loops": lambda g: g.loops(financing=True, supposing=[("material-m", "device-e")]),
    "concentration": lambda g: g.concentration(),
    "concentration-of": lambda g: g.concentration("part-p"),
    "rank": lambda g: g.rank(),
    "schema": lambda g: g.schema(),
    "show": lambda g: g.show("device-d-part"),
    "resolve": lambda g: g.resolve(least=0.3),
    "search": lambda g: g.search("maker"),
    "propose": lambda g: g.propose("doc-card.txt", documents=LETTERS / "documents"),
    "data_sets": lambda g: g.data_sets(),
    "documents": lambda g: g.documents(),
    "freshness": lambda g: g.freshness(),
    "queries": lambda g: [query.name for query in g.queries()],
    "records": lambda g: list(g.records(knockon.Dependency)),
    "query": lambda g: g.query(TEXT, limits=None),
    "query-named": lambda g: g.query(name="worst-hit", shock="maker-a-stops"),
    "check_evidence": lambda g: g.check_evidence(LETTERS / "documents"),
    "to_networkx": lambda g: [[start, end, attributes] for start, end, attributes in g.to_networkx().edges(data=True)],
    "diff": lambda g: g.diff(LETTERS / "data"),
    "diff_impacts": lambda g: g.diff_impacts(as_of="2021-06-01", and_as_of="2026-01-01"),
}
#: What ``Graph`` has besides questions; what changes a store is compared on the command line.
NO_QUESTION = {
    "load",
    "import_files",
    "proposals",
    "review_proposal",
    "decide_proposal",
    "remove",
    "undo",
    "history",
    "save_shock",
    "watch",
    "close",
    "network",
    "explore",
    "report",
    "export",
    "export_parts",
    "back_up",
    "to_rdflib",
    "to_pyvis",
}


@pytest.fixture(scope="module")
def graph() -> knockon.Graph:
    """The invented data, opened."""
    return knockon.open(LETTERS / "data")


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_graph_returns_the_same(graph: knockon.Graph, name: str) -> None:
    """A question of ``Graph`` has the same answer, whether that is a dict or an object with ``to_dict()``."""
    answer = json.dumps(plain(QUESTIONS[name](graph)), ensure_ascii=False)
    compare(f"python/{name}.json", json.loads(without_folder(answer, LETTERS)))


def test_every_command_is_compared() -> None:
    """A command that answers in JSON has a golden."""
    group: Any = typer.main.get_command(create_app())
    named = {command[0] for command in [*ASKED.values(), *(command for _, command in STORED)]}
    assert {*group.commands} - NO_ANSWER == named


def test_every_question_is_compared() -> None:
    """A public method of ``Graph`` has a golden, or is not a question."""
    public = {name for name in dir(knockon.Graph) if not name.startswith("_") and callable(getattr(knockon.Graph, name))}
    assert public - NO_QUESTION == {name.split("-")[0] for name in QUESTIONS}


def test_no_golden_is_left_over() -> None:
    """Each file belongs to a case: what is no longer asked has no golden."""
    cases = {f"json/{name}.json" for name in ASKED} | {f"python/{name}.json" for name in QUESTIONS}
    cases |= {text_file(name, form) for name, form in FORMATS}
    kept = {path.relative_to(ANSWERS).as_posix() for path in ANSWERS.rglob("*") if path.is_file()}
    assert kept == cases | {"json/store.json", "text/export.nq"}
