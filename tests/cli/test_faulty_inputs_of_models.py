"""Faulty inputs of the models beside the losses: the command line and Python refuse each, and say where and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.analysis.rank.firm_shocks import firm_shocks
from knockon.authoring.share_tables import read_shares, read_weights
from knockon.errors import InvalidData, UsageError
from knockon.network import Network
from knockon.propagation import esri, extraction, ghosh, inoperability, price

Run = Callable[..., Any]
FLOWS = "supplier,customer,value\nmill,shop,5\nshop,mill,2\nshop,farm,3\nfarm,mill,1\n"


def written(folder: Path, **texts: str) -> dict[str, str]:
    """Write tables, and return their paths by name."""
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return {name: str(folder / f"{name}.csv") for name in texts}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("shop,goods,mill,high,,P10D", "switchingTime is the time to change to an alternative, but none is named"),
        ("shop,goods,mill,high,mill,P10D", "'mill' is a provider in use; remove it there"),
        ("shop,goods,mill,high,shop,P10D", "'shop' is the dependant; remove it there"),
        ("shop,goods,mill,high,goods,P10D", "'goods' is the need; remove it there"),
    ],
)
def test_a_switching_time_needs_an_alternative_that_is_another_one(knockon: Run, tmp_path: Path, row: str, fault: str) -> None:
    """No time is taken for a change to nothing, or to who is in use; the line is named."""
    path = written(tmp_path, needs=f"dependant,need,provider,criticality,alternative,switching time\n{row}\n")["needs"]
    for command in (("validate", path), ("impact", "--store", path, "--hit", "mill=high", "--model", "timeline")):
        done = knockon(*command)
        assert (done.code, done.out) == (4, "")
        assert f"needs.csv:2: shop--needs--goods: {'' if 'none' in fault else 'switchingTime is '}" in done.err
        assert fault in done.err
    with pytest.raises(InvalidData, match=fault):
        open_graph(path)


def open_graph(path: str) -> knockon.Graph:
    return knockon.open(path)


def test_a_table_in_which_a_sector_buys_all_that_it_makes(knockon: Run, tmp_path: Path) -> None:
    """A column sum of 1, and one above: prices and supplied losses have no solution, and who buys too much is named."""
    for value, output in ((5, 5), (6, 5)):
        paths = written(tmp_path, flows=f"supplier,customer,value\nmill,shop,{value}\n", firms="firm,final_demand\nshop,5\n")
        for call in (("price", "--cost", "mill=0.1"), ("ghosh", "--fall", "mill=0.1")):
            done = knockon(call[0], paths["flows"], "--firms", paths["firms"], *call[1:])
            assert (done.code, done.out) == (4, "")
            assert f"flows.csv: shop buys {value}, and its output is {output}" in done.err
            assert "1 problem, nothing was computed:" in done.err
        network = Network.from_flows([0], [1], [float(value)], final_demand=[0.0, 5.0])
        with pytest.raises(InvalidData, match="is 1 or more"):
            price(network, [0.1, 0.0])
    for model in (ghosh, extraction):
        with pytest.raises(InvalidData, match="spectral radius"):
            model([[0.0, 2.0], [2.0, 0.0]], [0.1, 0.0])


def test_weights_of_no_firm(knockon: Run, tmp_path: Path) -> None:
    """All of them 0, in a column or in a table of its own, and in Python."""
    paths = written(tmp_path, flows=FLOWS, firms="firm,jobs\nmill,0\nshop,0\n", weights="firm,weight\nmill,0\n")
    for options in (("--firms", paths["firms"], "--weights", "jobs"), ("--weights", paths["weights"])):
        done = knockon("rank", paths["flows"], *options)
        assert (done.code, done.out) == (4, "")
        assert "gives no firm a weight above 0" in done.err
    network = Network.from_table(paths["flows"])
    with pytest.raises(InvalidData, match="weights: the sum is 0"):
        esri(network, weights=[0, 0, 0])
    with pytest.raises(InvalidData, match="the sum is 0"):
        firm_shocks(network, weights=[0, 0, 0])


def test_what_is_given_contradicts_the_hit(knockon: Run) -> None:
    """impact, explain and report say the same; so does Python (tests/analysis/test_given.py)."""
    asked = ("--hit", "sensefoundry=high", "--model", "chance", "--set", "draws=50", "--given", "gpu-compute")
    errors = {knockon(*words, *asked).err for words in (("impact",), ("explain", "sensefoundry"), ("report", "-o", "-"))}
    assert len(errors) == 1
    assert "contradicts the shock, under which it cannot fail" in errors.pop()
    done = knockon("explain", "sensefoundry", *asked[:2], *asked[-2:])
    assert (done.code, "--model chance" in done.err) == (2, True)


def test_data_that_break_conservation(knockon: Run, tmp_path: Path) -> None:
    """A firm that sells more than it makes, or spends less than it buys, and demand below 0."""
    with pytest.raises(InvalidData, match=r"1\.0 is less than what the sector sells to sectors"):
        inoperability([[0.0, 2.0], [0.1, 0.0]], [0.5, 0.0], interdependency="demand", output=[1.0, 10.0])
    with pytest.raises(InvalidData, match=r"1\.0 is less than what the sector sells to sectors"):
        extraction([[0.0, 2.0], [0.1, 0.0]], [0.5, 0.0], output=[1.0, 10.0])
    firms = {"final_demand": "firm,final_demand\nmill,-1\n", "costs": "firm,costs\nmill,1\n"}
    faults = {"final_demand": "has a negative final_demand", "costs": "has costs below what the firm buys in the table"}
    for name, text in firms.items():
        paths = written(tmp_path, flows=FLOWS, firms=text)
        done = knockon("rank", paths["flows"], "--firms", paths["firms"])
        assert (done.code, done.out) == (4, "")
        assert f"firms.csv:2: {faults[name]}" in done.err
        with pytest.raises(InvalidData, match=faults[name]):
            Network.from_table(paths["flows"], paths["firms"])


def test_a_table_of_shocks_tells_all_its_faults_at_once(knockon: Run, tmp_path: Path) -> None:
    """Unknown and missing names, repeated pairs, shares that are out of range and that are no numbers: one list, by line."""
    text = "shock,firm,share\none,mill,0.5\none,mill,0.2\none,mlil,0.2\ntwo,shop,1.5\ntwo,farm,x\n,farm,1\nfour,,1\n"
    paths = written(tmp_path, flows=FLOWS, shocks=text, firms="firm,final_demand\nmill,9\nshop,9\nfarm,9\n")
    faults = {
        3: "names a firm a second time for one shock",
        4: "names a firm that the flows do not have, 'mlil' (did you mean mill?)",
        5: "has share 1.5 (a number in 0..1)",
        6: "has a share that is not a number",
        7: "has no shock",
        8: "has no firm",
    }
    calls = (("rank",), ("extraction", "--firms", paths["firms"]), ("ghosh", "--firms", paths["firms"]))
    for command, *options in calls:
        done = knockon(command, paths["flows"], *options, "--shocks", paths["shocks"])
        assert (done.code, done.out) == (4, "")
        assert done.err.startswith("error: 6 problems, nothing was computed:\n")
        for line, fault in faults.items():
            assert f"shocks.csv:{line}: {fault}" in done.err
    with pytest.raises(InvalidData) as error:
        read_shares(paths["shocks"], ["mill", "shop", "farm"])
    assert [problem.line for problem in error.value.problems] == list(faults)


def test_a_table_of_weights_tells_all_its_faults_at_once(tmp_path: Path) -> None:
    """The row of a repeated firm is its own, also behind one that is not known."""
    path = written(tmp_path, weights="firm,weight\nmlil,2\nmill,x\nmill,3\n")["weights"]
    with pytest.raises(InvalidData) as error:
        read_weights(path, ["mill", "shop"])
    assert [(problem.line, problem.message.split(",")[0]) for problem in error.value.problems] == [
        (2, "names a firm that the flows do not have"),
        (3, "has a weight that is not a number"),
        (4, "names 'mill' a second time"),
    ]


def test_only_what_loads_says_that_nothing_was_loaded(knockon: Run, tmp_path: Path) -> None:
    """Loading and importing do; what only reads, and what computes, do not."""
    paths = written(tmp_path, needs="dependant,need,criticality\nshop,goods,hihg\n", flows="supplier,customer,value\na,b,x\n")
    store = str(tmp_path / "st")
    assert "1 problem, nothing was loaded:" in knockon("load", paths["needs"], "--store", store).err
    assert "nothing was loaded:" in knockon("import", paths["needs"], "--store", store).err
    for call in (
        ("validate", paths["needs"]),
        ("impact", "--store", paths["needs"]),
        ("search", "x", "--store", paths["needs"]),
    ):
        assert knockon(*call).err.startswith("error: 1 problem:\n")
    assert knockon("rank", paths["flows"]).err.startswith("error: 1 problem, nothing was computed:\n")


def test_replaceability_of_an_impact_on_flows(knockon: Run, tmp_path: Path) -> None:
    """``--set replaceability=false`` is that of esri on flows; with other models and on a graph the error says so."""
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    path = tmp_path / "flows.parquet"
    sectors = {"supplier_sector": ["s", "s", "t"], "customer_sector": ["t", "t", "u"]}
    columns = {"supplier": ["a", "b", "c"], "customer": ["c", "c", "d"], "value": [1.0, 9.0, 9.0]}
    parquet.write_table(arrow.table({**columns, **sectors}), path)
    asked = ("impact", "--store", str(path), "--hit", "a=1", "--format", "csv", "--eps", "1e-9")
    usual, without = knockon(*asked), knockon(*asked, "--model", "esri", "--set", "replaceability=false")
    assert (usual.code, without.code) == (0, 0)
    assert usual.out != without.out
    assert "others of the sector fill in" in usual.err
    assert "others of the sector fill in" not in without.err
    assert "takes no 'replaceability'" in knockon(*asked, "--model", "reach", "--set", "replaceability=false").err
    assert "esri takes no 'x'" in knockon(*asked, "--model", "esri", "--set", "x=1").err
    assert "--given needs a graph" in knockon(*asked, "--given", "b").err
    on_graph = ("impact", "--hit", "nvidia=high", "--set", "replaceability=false")
    assert "replaceability is about amounts: esri takes it on money flows" in knockon(*on_graph).err
    with pytest.raises(UsageError, match="replaceability is about amounts"):
        open_graph("chips").impact(hit={"asml": "high"}, replaceability=False)  # type: ignore[call-arg] # of flows
