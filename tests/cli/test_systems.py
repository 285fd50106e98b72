"""inoperability, fdna and survive on tables: the numbers of the models, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knockon.network import Network
from knockon.propagation import dynamic_inoperability, fdna, ghosh, inoperability, lost_sales, time_to_survive

Run = Callable[..., Any]
LETTERS = Path(__file__).parents[1] / "support" / "letters"
GRID, LINKS, PARTS, STOCKS = (str(LETTERS / f"{name}.csv") for name in ("grid", "links", "parts", "stocks"))
INDUSTRIES = (str(LETTERS / "industries.csv"), "--firms", str(LETTERS / "demand.csv"))
#: The matrix of the table of the grid: row i what passes to phones, power and water.
MATRIX = [[0, 1, 0.8], [0, 0, 0.9], [0, 0.4, 0]]


def answer(knockon: Run, *call: str) -> Any:
    done = knockon(*call, "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def by_sector(found: Any, key: str = "change") -> dict[str, float]:
    return {one["sector"]: one[key] for one in found["sectors"]}


def test_inoperability_at_rest(knockon: Run) -> None:
    """The numbers of the model on the same matrix; driven by supply they are those of ghosh under another name."""
    found = answer(knockon, "inoperability", GRID, "--hit", "water=0.5")
    loss = inoperability(MATRIX, [0, 0, 0.5]).loss[0]
    assert by_sector(found) == pytest.approx(dict(zip(("phones", "power", "water"), loss, strict=True)))
    assert (found["model"], "A* is the matrix itself" in found["equation"]) == ("inoperability", True)
    supply = by_sector(answer(knockon, "inoperability", *INDUSTRIES, "--driven-by", "supply", "--hit", "one=0.1"))
    assert supply == by_sector(answer(knockon, "ghosh", *INDUSTRIES, "--fall", "one=0.1"))
    network = Network.from_table(INDUSTRIES[0], INDUSTRIES[2], self_flows="keep")
    assert list(supply.values()) == pytest.approx(ghosh(network, [0.1, 0]).loss[0])


def test_inoperability_over_time(knockon: Run) -> None:
    """Greatest losses, times and areas are those of the model; without recovery in the horizon there is no time."""
    call = ("inoperability", GRID, "--start", "water=0.6", "--recovery", "10", "--recovery", "power=5", "--horizon")
    result = dynamic_inoperability(MATRIX, initial=[0, 0, 0.6], recovery=[10, 5, 10], horizon=30)
    found = answer(knockon, *call, "30")
    names = ("phones", "power", "water")
    for key, values in (("change", result.loss), ("recovered", result.recovered), ("cumulative", result.cumulative)):
        assert by_sector(found, key) == pytest.approx(dict(zip(names, values[0], strict=True)))
    assert found["model"] == "dynamic_inoperability"
    assert "recovered" not in answer(knockon, *call, "5")["sectors"][0]


def test_shocks_of_a_table(knockon: Run, tmp_path: Path) -> None:
    """Each is what one call computes; systems may be called firm or sector."""
    path = tmp_path / "shocks.csv"
    path.write_text("shock,sector,share\nflood,water,0.5\nstorm,power,1\n", "utf-8")
    found = answer(knockon, "inoperability", GRID, "--shocks", str(path))
    for shock, hit in zip(found["shocks"], ("water=0.5", "power=1"), strict=True):
        assert shock["sectors"] == answer(knockon, "inoperability", GRID, "--hit", hit)["sectors"]
    path.write_text("shock,firm,share\nold,radar,0.5\n", "utf-8")
    found = answer(knockon, "fdna", LINKS, "--shocks", str(path))["shocks"][0]
    assert found["sectors"] == answer(knockon, "fdna", LINKS, "--hit", "radar=0.5")["sectors"]


def test_fdna(knockon: Run, tmp_path: Path) -> None:
    """The losses of the model on the same links; around a cycle as --cycles says."""
    names = ("command", "display", "radar", "tracker")
    ends = [2, 2, 3, 1], [3, 1, 0, 0]
    numbers = {"strength": [0.75, 0.85, 0.45, 0.7], "criticality": [20, 30, 35, 30]}
    loss = fdna(4, [[0, 0, 0.5, 0]], links=ends, **numbers).loss[0]  # type: ignore[arg-type] # columns
    assert by_sector(answer(knockon, "fdna", LINKS, "--hit", "radar=0.5")) == pytest.approx(dict(zip(names, loss, strict=True)))
    path = tmp_path / "cycle.csv"
    path.write_text("feeder,receiver,strength,criticality\na,b,0.5,90\nb,a,0.5,90\n", "utf-8")
    solved, condensed = (
        by_sector(answer(knockon, "fdna", str(path), "--hit", "a=1", "--cycles", how)) for how in ("solve", "condense")
    )
    assert (solved, condensed) == ({"a": 1.0, "b": 0.5}, {"a": 1.0, "b": 1.0})
    assert knockon("fdna", str(path), "--hit", "a=1", "--cycles", "error").code == 4


def test_survive(knockon: Run) -> None:
    """Days and lost sales are those of the programs; what has no time to recover has neither exposure nor lost sales."""
    found = {one["firm"]: one for one in answer(knockon, "survive", PARTS, "--firms", STOCKS)["firms"]}
    network = Network.from_table(PARTS, STOCKS)
    nodes = [list(network.nodes).index(name) for name in found]
    stock = [{"foundry": 10.0, "engine maker": 4.0, "pump maker": 0.0}[str(name)] for name in network.nodes]
    assert [one["days"] for one in found.values()] == pytest.approx(time_to_survive(network, nodes, stock=stock))
    expected = lost_sales(network, [nodes[list(found).index("foundry")]], 20.0, stock=stock)
    assert found["foundry"]["lost_sales"] == pytest.approx(expected[0])
    assert [found["foundry"]["exposed"], found["engine maker"]["exposed"]] == [True, None]
    assert found["engine maker"]["lost_sales"] is None
    only = answer(knockon, "survive", PARTS, "--firms", STOCKS, "--without", "foundry")["firms"]
    assert only == [found["foundry"]]


def test_for_ever(knockon: Run, tmp_path: Path) -> None:
    """A firm that sells nothing that is needed is never missed: no days in JSON, words in the table."""
    (tmp_path / "f.csv").write_text("supplier,customer,value\nmill,shop,1\nshop,sink,1\n", "utf-8")
    (tmp_path / "d.csv").write_text("firm,final_demand\nshop,1\n", "utf-8")
    call = ("survive", str(tmp_path / "f.csv"), "--firms", str(tmp_path / "d.csv"), "--without", "sink")
    assert answer(knockon, *call)["firms"][0]["days"] is None
    assert "for ever" in knockon(*call).out


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        (("inoperability", GRID), 2, "say which sector is hit"),
        (("inoperability", GRID, "--hit", "watre=1"), 3, "did you mean water?"),
        (("inoperability", GRID, "--hit", "water=2"), 2, "water=2: the number must be in 0..1"),
        (("inoperability", *INDUSTRIES, "--hit", "one=1"), 2, "say --driven-by demand or --driven-by supply"),
        (("inoperability", INDUSTRIES[0], "--hit", "one=1"), 4, "--driven-by demand (or supply) for a table of flows"),
        (("inoperability", INDUSTRIES[0], "--driven-by", "supply", "--hit", "one=1"), 4, "two buys 600, and its output is 300"),
        (("inoperability", INDUSTRIES[0], "--driven-by", "demand", "--hit", "one=1"), 4, "no sector sells to final demand"),
        (("inoperability", GRID, "--driven-by", "x", "--hit", "one=1"), 2, "--driven-by is demand or supply, not 'x'"),
        (("inoperability", GRID, "--start", "water=1"), 2, "--start goes with --recovery TIME"),
        (("inoperability", GRID, "--hit", "water=1", "--recovery", "5"), 2, "--recovery goes with --horizon TIME"),
        (("inoperability", GRID, "--hit", "water=1", "--recovery", "power=5", "--horizon", "9"), 2, "needed of each sector"),
        (
            ("inoperability", GRID, "--hit", "water=1", "--recovery", "1", "--horizon", "9"),
            4,
            "recovery of phones: 1.0 is too short for the length of a step",
        ),
        (
            ("inoperability", GRID, "--hit", "water=1", "--recovery", "9", "--horizon", "9.5"),
            2,
            "a multiple of the length of a step (--step)",
        ),
        (("fdna", LINKS), 2, "say which system is hit: --hit"),
        (("fdna", LINKS, "--hit", "rader=1"), 3, "no system called 'rader'; did you mean radar"),
        (("fdna", LINKS, "--hit", "radar=1", "--cycles", "x"), 2, "--cycles is solve, condense or error"),
        (("fdna", GRID, "--hit", "power=1"), 4, "grid.csv: has no column 'feeder'"),
        (("survive", PARTS, "--firms", STOCKS, "--without", "foundri"), 3, "did you mean foundry?"),
        (("survive", PARTS, "--firms", GRID), 4, "has no column 'firm'"),
    ],
)
def test_what_is_refused(knockon: Run, call: tuple[str, ...], code: int, message: str) -> None:
    """Each error says what to do, and nothing is printed as an answer."""
    done = knockon(*call)
    assert (done.code, done.out) == (code, "")
    assert message in done.err


def test_a_faulty_table_tells_all_at_once(knockon: Run, tmp_path: Path) -> None:
    """Of links and of stocks, by line."""
    links, stocks = tmp_path / "links.csv", tmp_path / "stocks.csv"
    links.write_text("feeder,receiver,strength,criticality\na,b,1.5,20\na,b,0.5,x\n,c,0.5,101\n", "utf-8")
    done = knockon("fdna", str(links), "--hit", "a=1")
    assert done.code == 4
    for line, fault in ((2, "has strength 1.5"), (3, "has a criticality that is not a number"), (3, "a second time"),
                        (4, "has no feeder"), (4, "has criticality 101")):  # fmt: skip
        assert any(f"links.csv:{line}: " in text and fault in text for text in done.err.splitlines()), fault
    stocks.write_text("firm,final_demand,stock,recovery\nfoundry,1,-1,5\npump maker,1,2,-3\n", "utf-8")
    done = knockon("survive", PARTS, "--firms", str(stocks))
    assert done.code == 4
    assert "stocks.csv:2: has stock -1 (a number in 0..1,000,000,000)" in done.err
    assert "stocks.csv:3: has recovery -3" in done.err
