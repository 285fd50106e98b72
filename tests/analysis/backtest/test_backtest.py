"""Backtests: a perfect prediction scores best, late evidence is refused, faults have their lines, failures come first."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.backtest.baselines import Links, baselines
from knockon.analysis.backtest.case import find_cases, read_case
from knockon.analysis.backtest.outcomes import COLUMNS, read_outcomes
from knockon.analysis.backtest.run import VERDICTS, backtest
from knockon.analysis.backtest.scores import Pair, score, tau_b
from knockon.bundled import backtest_folder, backtest_names
from knockon.errors import InvalidData, NotFound
from knockon.model import Dependency, Provision, RevenueStream
from knockon.present.backtest_page import backtest_page
from knockon.present.rows.backtest import backtest_notes, backtest_tables

LOSSES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=12)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case of one's own: valves of one plant, and a stock."""
    shutil.copytree(backtest_folder("aisin-1997"), tmp_path / "mine")
    return tmp_path / "mine"


@given(LOSSES)
def test_a_perfect_prediction_has_the_best_scores(losses: list[float]) -> None:
    """Precision, recall, order and ranges are 1, and as probable by chance as they are."""
    pairs = [Pair("c", loss, loss, loss, loss > 0, loss, -loss, "output") for loss in losses]
    found = score("c", "knockon", pairs)
    assert found.precision in {1.0, None}
    assert found.recall in {1.0, None}
    assert found.tau is None or found.tau == pytest.approx(1)
    assert found.inside == 1
    assert found.precision_chance == found.hit / found.n


@given(LOSSES, st.lists(st.booleans(), min_size=12, max_size=12))
def test_counts_agree(losses: list[float], hits: list[bool]) -> None:
    """Precision and recall are shares of the counts; no prediction has no precision; a score of nothing is None."""
    pairs = [Pair("c", loss, None, None, hit) for loss, hit in zip(losses, hits, strict=False)]
    found = score("c", "x", pairs)
    assert 0 <= found.right <= min(found.hit, found.predicted)
    assert (found.precision is None) == (found.predicted == 0)
    assert (found.recall is None) == (found.hit == 0)
    assert found.p_hit is None or 0 <= found.p_hit <= 1 + 1e-9
    assert (found.inside, found.tau, found.days_off) == (None, None, None)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=9))
def test_tau_of_one_series_is_that_of_scipy(numbers: list[tuple[int, int]]) -> None:
    """With ties too; within two series no pair is across them."""
    from scipy.stats import kendalltau

    first, second = (np.array(side, float) for side in zip(*numbers, strict=True))
    expected = kendalltau(first, second).statistic
    found = tau_b([(first, second)])
    assert (found is None) == bool(np.isnan(expected))
    assert found is None or found == pytest.approx(expected)
    twice = tau_b([(first, second), (first + 100, second - 100)])
    assert twice == found or twice == pytest.approx(found)


def test_all_bundled_cases_run_and_say_their_failures_first() -> None:
    """At least eight cases and 60 facts; verdicts in order; each score has its n; the baselines are beside the model."""
    answer = backtest()
    assert len(answer.cases) == len(backtest_names()) >= 8
    facts = sum(case.before + case.later_accounts + case.inferred + case.outcomes for case in answer.cases)
    assert facts >= 60
    order = [VERDICTS.index(each.verdict) for each in answer.observations]
    assert order == sorted(order)
    assert answer.observations[0].verdict == "missed"
    assert [each.method for each in answer.scores[:6]] == ["knockon", "nobody", "hops", "degree", "revenue", "supply"]
    assert answer.scores[0].n == sum(each.counted for each in answer.observations)
    assert not [each for each in answer.observations if each.case == "renesas-2021" and each.counted]
    assert any("no foresight" in note for note in backtest_notes(answer))
    assert backtest("zte-2018") == backtest("zte-2018")


def test_notes_say_where_a_network_tells_nobody_apart() -> None:
    """Two that a network has, both predicted to be hit: the notes say that this shows no skill; one alone says nothing."""
    notes = [note for note in backtest_notes(backtest("philips-2000")) if "only whom a network has" in note]
    assert notes == [
        "all 2 that the networks have were predicted to be hit; hit were 1: who is hit tells only whom a network has"
    ]
    assert not any("only whom" in note for note in backtest_notes(backtest("aisin-1997")))


def test_the_network_of_the_day_before_decides(case: Path) -> None:
    """The prediction does not change with the outcomes, which are read after it."""
    before = backtest(str(case)).observations[0]
    (case / "outcomes.csv").write_text("entity,happened,source\ntoyota-cars,spared,here\nnissin-kogyo,hit,here\n", "utf-8")
    after = {each.entity: each for each in backtest(str(case)).observations}
    assert after["toyota-cars"].loss == before.loss
    assert (after["toyota-cars"].verdict, after["nissin-kogyo"].verdict) == ("falsely hit", "missed")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("later_accounts: [doc-wsj-aisin-1997, doc-wikipedia-aisin]", "", "doc-wsj-aisin-1997, of 1997-05-08"),
        ("doc-wikipedia-aisin]", "doc-other]", "no document 'doc-other'"),
        ("doc-wsj-aisin-1997, ", "", "it must be of before 1997-02-01"),
    ],
)
def test_evidence_that_is_late_or_undated_is_refused(case: Path, old: str, new: str, fault: str) -> None:
    """Unless the case names it as a later account; each record is named."""
    file = case / "case.yaml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(InvalidData, match=fault):
        backtest(str(case))


def test_a_folder_without_a_case_names_the_missing_file(tmp_path: Path) -> None:
    """It was "no backtest called", with the names of those that are bundled."""
    with pytest.raises(NotFound, match=r"no file called .*case\.yaml"):
        backtest(str(tmp_path))


def test_evidence_of_before_the_day_counts_as_known(case: Path) -> None:
    """A document of the day before is known; one of the day itself is not; an inferred record needs none."""
    file, records = case / "case.yaml", case / "network" / "records.yaml"
    file.write_text(file.read_text("utf-8").replace("doc-wsj-aisin-1997, ", ""), "utf-8")
    text = records.read_text("utf-8")
    records.write_text(text.replace("issued: 1997-05-08", "issued: 1997-01-31"), "utf-8")
    assert backtest(str(case)).cases[0].before > 0
    records.write_text(text.replace("issued: 1997-05-08", "issued: 1997-02-01"), "utf-8")
    with pytest.raises(InvalidData, match="of 1997-02-01"):
        backtest(str(case))
    # Of a year or a month alone it may be the last day.
    for written, precision, last in (("1997-01-01", "Year", "1997-12-31"), ("1997-02-01", "Month", "1997-02-28")):
        dated = text.replace("issued: 1997-05-08\n    datePrecision: Day", f"issued: {written}\n    datePrecision: {precision}")
        records.write_text(dated, "utf-8")
        with pytest.raises(InvalidData, match=f"of {last}"):
            backtest(str(case))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("title: x\nday: soon\nshock: y\n", "case.yaml:2: day: 'soon' is not a day"),
        ("title: x\nshock: y\n", "day: is missing"),
        ("title: x\nday: 1997-02-01\nshock: y\nfit: 3\n", "case.yaml:4: fit: unknown key"),
        ("title: x\nday: 1997-02-01\nshock: y\nmodel: oracle\n", "is not a model of backtests"),
        ("title: x\nday: 1997-02-01\nshock: y\nmodel: timeline\nduration: -3\n", "whole number of days above 0"),
        ("title: x\nday: 1997-02-01\nshock: y\nduration: 3\n", "belongs to the model timeline"),
        ("title: x\nday: 1997-02-01\nshock: y\nlater_accounts: doc\n", "is not a list"),
        ("title: x\nday: 2999-02-01\nshock: y\n", "today or before"),
        ("title: x\nday: 1997-02-01\nshock: y\nconfounded: no\n", "name of another cause"),
        ("title: x\nday: 1997-02-01\nshock: y\nchanges: yes\n", "list of texts"),
        ("- x\n", "must map names to values"),
        ("title: [", "case.yaml"),
    ],
)
def test_faults_of_a_case_have_their_lines(case: Path, text: str, fault: str) -> None:
    """Missing, unknown and wrong keys."""
    (case / "case.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidData, match=fault):
        read_case(case)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("toyota-cars,perhaps,,,,,,,,here", r"outcomes.csv:2: happened: 'perhaps' \(write hit or spared\)"),
        (",hit,,,,,,,,here", "entity is missing"),
        ("toyota-cars,hit,,,,,,,,", "source is missing"),
        ("toyota-cars,hit,output,10,,,,,,here", "belong together"),
        ("toyota-cars,hit,output,30,10,,,,,here", "low 30 and high 10"),
        ("toyota-cars,hit,output,1,101,,,,,here", "percent that are lost"),
        ("toyota-cars,hit,,1,2,,,,,here", "give a measure"),
        ("toyota-cars,hit,luck,1,2,,,,,here", "measure: 'luck'"),
        ("toyota-cars,hit,output,nan,nan,,,,,here", "is not a number"),
        ("toyota-cars,hit,output,1,2,inf,,,,here", "is not a number"),
        ("toyota-cars,hit,output,1,2,,,maybe,,here", "confounded: 'maybe'"),
        ("toyota-cars,hit", "another number of cells"),
        ("toyota-cars,hit,,,,,,,,here,more", "another number of cells"),
        ('"toyota-cars,hit', "is not CSV"),
        ("", "has no outcomes"),
        ("toyota-cars,hit,output,1,2,4 days,,,,here", r"day: '4 days' is not a number \(write how many days"),
        ("toyota-cars,hit,output,1,2,-4,,,,here", "day -4 is before the shock"),
        ("toyota-cars,hit,output,1,2,,0,,,here", "order 0"),
        ("toyota-cars,hit,output,0,0,,,,,here", "hit, with a loss of 0"),
        ("toyota-cars,hit,,,,,,,,here\ntoyota-cars,spared,,,,,,,,here", "csv:3: toyota-cars is both hit and spared"),
        ("toyota-cars,hit,,,,,,,,here\ntoyota-cars,hit,,,,,,,,here", "a second row of toyota-cars"),
    ],
)
def test_faults_of_outcomes_have_their_lines(case: Path, row: str, fault: str) -> None:
    """Every wrong cell is an error before anything is computed from it."""
    (case / "outcomes.csv").write_text(",".join(COLUMNS) + "\n" + row + ("\n" if row else ""), "utf-8")
    with pytest.raises(InvalidData, match=fault):
        read_outcomes(read_case(case))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("entity;happened;source\na;hit;here\n", "csv:1: columns are not separated by commas"),
        ("entity,entity,happened,source\na,a,hit,here\n", "csv:1: column entity occurs twice"),
        ("entity,happened\na,hit\n", "csv:1: no column source"),
    ],
)
def test_faults_of_the_first_line(case: Path, text: str, fault: str) -> None:
    """Other separators, and columns that are missing or repeated."""
    (case / "outcomes.csv").write_text(text, "utf-8")
    with pytest.raises(InvalidData, match=fault):
        read_outcomes(read_case(case))


def test_outcomes_may_name_entities_as_people_do(case: Path) -> None:
    """By label, by IRI, in capitals; with a sign of percent; what looks like a slip is a note; targets do not count."""
    (case / "outcomes.csv").write_text(
        "entity,happened,measure,low,high,source\nCars made by Toyota in Japan,Hit,Output,0.6%,0.8%,here\n"
        "toyota-cars,hit,price,3,4,here\nid:kariya,hit,,,,here\nnisin-kogyo,spared,,,,here\n",
        "utf-8",
    )
    answer = backtest(str(case))
    by_measure = {(each.entity, each.measure): each for each in answer.observations}
    assert by_measure["toyota-cars", "output"].observed_high == pytest.approx(0.008)
    assert not by_measure["kariya", ""].counted
    assert (answer.scores[0].n, answer.scores[0].hit) == (2, 1)
    notes = " ".join(backtest_notes(answer))
    assert "nisin-kogyo is not in the network, which has nissin-kogyo" in notes
    assert "low and high are percent" in notes
    assert "since the shock itself hits it: 1 outcome" in notes


def test_the_example_of_the_page_runs(tmp_path: Path) -> None:
    """As it is written: stocks in days, shares in percent, two targets, outcomes with and without numbers."""
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "backtest.md").read_text("utf-8")
    texts = [block.partition("```")[0] for block in re.split("```(?:yaml|csv)\n", page)[1:]]
    (tmp_path / "network").mkdir()
    for name, text in zip(("case.yaml", "network/dataset.yaml", "network/records.yaml", "outcomes.csv"), texts, strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    answer = backtest(str(tmp_path))
    assert {each.entity: each.verdict for each in answer.observations} == {
        "bakery": "inside", "carrier-revenue": "hit", "grocer": "falsely hit"
    }  # fmt: skip
    assert answer.scores[0].days_n == 1


def test_shares_alone_are_those_of_revenue_or_of_supply() -> None:
    """A portion of a revenue stream is of revenue; providers of one product add up, whichever way they are stated."""
    ns = "urn:x:"
    product = [
        RevenueStream(id=ns + "sales", label="Sales"),
        Provision(id=ns + "p", provider=ns + "a", provided=ns + "salt", share=0.6),
        Provision(id=ns + "q", provider=ns + "b", provided=ns + "salt", share=0.3),
        Dependency(id=ns + "d", dependant=ns + "bread", need=ns + "salt"),
        Dependency(id=ns + "e", dependant=ns + "dairy", need=ns + "salt", portion=0.5),
        Dependency(id=ns + "f", dependant=ns + "sales", need=ns + "a", portion=0.2),
    ]
    links, hit = Links(product), [ns + "a", ns + "b"]
    supply = {key.removeprefix(ns): value for key, value in links.shares(hit, of_revenue=False).items()}
    assert supply == pytest.approx({"a": 1, "b": 1, "salt": 0.9, "bread": 0.9, "dairy": 0.45})
    assert links.shares(hit, of_revenue=True) == {ns + "a": 1, ns + "b": 1, ns + "sales": 0.2}
    assert links.shares([ns + "p"], of_revenue=False)[ns + "bread"] == pytest.approx(0.6)
    assert links.hops([ns + "p"])[ns + "dairy"] == pytest.approx(1 / 3)
    assert links.hops([ns + "d"]) == {ns + "d": 1, ns + "bread": 0.5}


def test_changes_after_the_outcomes_were_read_are_printed(case: Path) -> None:
    """Each of them is a note."""
    with (case / "case.yaml").open("a", encoding="utf-8") as file:
        file.write("changes: [2 May 2019: a customer added.]\n".replace("[", '["').replace("]", '"]'))
    assert "changed after the outcomes of mine had been read: 2 May 2019: a customer added" in backtest_notes(
        backtest(str(case))
    )


def test_unknown_cases_and_shocks_are_not_found(case: Path) -> None:
    """With the names of those that there are."""
    with pytest.raises(NotFound, match="bundled are aisin-1997"):
        find_cases("nowhere")
    (case / "case.yaml").write_text("title: x\nday: 1999-02-01\nshock: other\nlater_accounts: [doc-wikipedia-aisin]\n", "utf-8")
    with pytest.raises(NotFound, match="other"):
        backtest(str(case))


def test_baselines_know_no_model() -> None:
    """One link away counts half as much as what is hit; degree takes as many as the model; shares go one link far."""
    [aisin] = find_cases("aisin-1997")
    assert aisin.day == date(1997, 2, 1)
    links = Links([])
    assert links.hops(["a"]) == {"a": 1.0}
    assert baselines([], ["a"], 0) == {
        "nobody": {},
        "hops": {"a": 1.0},
        "degree": {},
        "revenue": {"a": 1.0},
        "supply": {"a": 1.0},
    }


def test_the_page_has_everything_and_runs_nothing(case: Path) -> None:
    """Markup in texts is text; no script, no load; each outcome is drawn or listed."""
    source = "<script>alert(1)</script>"
    (case / "outcomes.csv").write_text(
        f"entity,happened,measure,low,high,source\ntoyota-cars,hit,output,90,95,{source}\n", "utf-8"
    )
    answer = backtest(str(case))
    assert answer.observations[0].verdict == "inside"
    page = backtest_page(answer)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<circle") == 1
    assert "default-src 'none'" in page
    assert "src=" not in page
    assert len(backtest_tables(answer)) == 4
