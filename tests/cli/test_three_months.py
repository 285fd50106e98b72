"""Three months of an analyst with a list of 40 suppliers: loaded, looked at, corrected, compared and handed on.

The files are in tests/cases/three_months, as spreadsheets leave them. Every step is a command that such a user types;
what is asserted are the numbers and messages that the next step rests on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

CASES = Path(__file__).parents[1] / "cases" / "three_months"
PAIR = ("--rename", "Customer=dependant", "--rename", "Part=need")
MARCH = (*PAIR, "--rename", "Supplier=provider", "--rename", "Importance=criticality", "--ignore-unknown")
APRIL = tuple("Vendor=provider" if part == "Supplier=provider" else part for part in MARCH)
RISK = ("--store", "risk")


def losses(run: Run, *arguments: str) -> dict[str, tuple[float, float, float]]:
    """Low, point and high of every entity that loses something, to two decimals."""
    answer = run("impact", *arguments, "--format", "json").json
    return {one["id"]: tuple(round(one[key], 2) for key in ("loss_low", "loss", "loss_high")) for one in answer["impacts"]}


def good(run: Run, *arguments: str) -> Any:
    """What a command says that must succeed."""
    ran = run(*arguments)
    assert ran.code == 0, ran.err
    return ran


def refused(run: Run, code: int, *arguments: str) -> str:
    """The message of a command that must fail with this code, without a traceback."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert "Traceback" not in ran.err
    return str(ran.err)


def test_the_first_month(knockon: Run, tmp_path: Path) -> None:
    """The first list is loaded, looked at and asked; the short form of the three months."""
    shutil.copytree(CASES, tmp_path, dirs_exist_ok=True)
    _march_load(knockon)
    _march_ask(knockon)


@pytest.mark.slow
def test_three_months(knockon: Run, tmp_path: Path) -> None:
    """Nothing is lost or silent from the first list to the page of the third month."""
    shutil.copytree(CASES, tmp_path, dirs_exist_ok=True)
    _march_load(knockon)
    _march_ask(knockon)
    _april(knockon, tmp_path / "april" / "suppliers.csv")
    _april_mistakes(knockon, tmp_path)
    _may_load(knockon, tmp_path / "may")
    _may_ask(knockon)
    _may_hand_on(knockon, tmp_path)


def _march_load(run: Run) -> None:
    """A spreadsheet with columns of its own is read by options that the message names; two departments share a store."""
    message = refused(run, 4, "load", "march/suppliers.csv", *RISK)
    asked = "--rename Customer=dependant --rename Part=need --rename Supplier=provider --rename Importance=criticality"
    assert "march/suppliers.csv:2: unknown columns" in message
    assert f"{asked} read them so; --ignore-unknown leaves 'Lead time' out" in message
    assert "these are options of `knockon load" in refused(run, 4, "impact", "--store", "march/suppliers.csv")

    loaded = good(run, "load", "march/suppliers.csv", *MARCH, *RISK)
    assert "suppliers: 125 added, 0 changed, 0 removed, 0 unchanged" in loaded.err
    assert "columns left out: Lead time" in loaded.err

    stocks = ("load", "march/stocks.csv", *PAIR, "--rename", "Stock=buffer", *RISK)
    message = refused(run, 4, *stocks)
    assert "stocks.csv:2: buffer: 20 and 4 more plain numbers without a unit" in message
    loaded = good(run, *stocks, "--days", "buffer")
    assert "4 records add details to what is stated by suppliers" in loaded.err
    assert "2 spellings taken as 1 name: harbour-bikes (HARBOUR BIKES, Harbour Bikes)" in loaded.err
    loaded = good(run, "load", "march/companies.csv", *RISK)
    assert "5 names joined other data sets" in loaded.err
    assert "2 names are not declared and became entities: Norland, Southmark" in loaded.err

    counts = {row["name"]: row["records"] for row in good(run, "ls", *RISK, "--format", "json").json}
    assert counts == {"companies": 7, "stocks": 14, "suppliers": 125}
    assert "ok: 146 records, no problems" in good(run, "validate", "risk").err


def _march_ask(run: Run) -> None:
    """Looking around and asking, by the names of the list."""
    assert "teak-power" in good(run, "search", "teak", *RISK).out
    assert "Pine Cloud needs electricity" in good(run, "show", "Teak Power", *RISK).out
    assert "one named provider of batteries, Cedar Cells" in good(run, "profile", "Harbour Bikes", *RISK).out
    assert "ko:Dependency" in good(run, "schema", *RISK).out

    cut = losses(run, "--hit", "Teak Power=high", *RISK)
    assert len(cut) == 8
    assert cut["harbour-bikes"] == (0.32, 0.56, 0.81)
    # A list of stocks neither disputes nor widens what the list of suppliers says; it gives time.
    assert losses(run, "--hit", "Cedar Cells=essential", *RISK)["harbour-bikes"] == (0.81, 1.0, 1.0)
    when = good(run, "impact", "--hit", "Cedar Cells=essential", "--model", "timeline", *RISK, "--format", "json").json
    bikes = next(one for one in when["impacts"] if one["id"] == "harbour-bikes")
    assert (bikes["time_to_impact"], bikes["support"]["disputed"]) == (21.0, 0)

    why = good(run, "explain", "Harbour Bikes", "--hit", "Teak Power=high", *RISK).out
    assert "Harbour Bikes needs web shop hosting from Pine Cloud" in why
    saved = good(run, "impact", "--hit", "Vine Minerals=0.5", "--save-as", "ore-shortage", *RISK)
    assert "saved as ore-shortage in my-shocks of risk" in saved.err
    assert "ore-shortage" in good(run, "exposure", "Harbour Bikes", *RISK).out
    assert "alone, 34 cost it 0.5 or more" in good(run, "chokepoints", "Harbour Bikes", *RISK).err
    needs = good(run, "concentration", *RISK, "--format", "json").json["slots"]
    assert (len(needs), sum(one["sole_source"] for one in needs)) == (44, 39)
    spare = good(run, "mitigate", "--hit", "Cedar Cells=essential", "--protect", "Harbour Bikes", *RISK).out
    assert "Mahoe Cells as a further supplier" in spare


def _april(run: Run, path: Path) -> None:
    """A new list with a renamed column, other shares, three suppliers gone, one new, and a typing error."""
    message = refused(run, 2, "load", "april/suppliers.csv", *MARCH, *RISK)
    assert "--rename Supplier: no table has this column; the columns are Customer, Importance, Lead time, Part" in message
    # Without the option the suppliers would be left out with the unknown columns.
    message = refused(
        run, 4, "load", "april/suppliers.csv", *PAIR, "--rename", "Importance=criticality", "--ignore-unknown", *RISK
    )
    assert "share without a column provider (did you mean provider? --rename Vendor=provider reads it so)" in message

    message = refused(run, 2, "load", "april/suppliers.csv", *APRIL, *RISK)
    assert "(4 records added, 4 changed, 6 removed); --replace replaces it, --as NAME keeps both" in message
    both = ("diff", "march/suppliers.csv", "april/suppliers.csv", *MARCH, "--rename", "Vendor=provider")
    assert "4 added, 6 removed, 4 changed" in good(run, *both).err

    loaded = good(run, "load", "april/suppliers.csv", *APRIL, "--replace", *RISK)
    assert "suppliers: 4 added, 4 changed, 6 removed, 115 unchanged" in loaded.err
    assert "1 group of names looks alike and is kept apart: Alder Metal / Alder Metals (typing error)" in loaded.err
    assert "`knockon diff risk` lists what changed, `knockon undo --store risk` takes it back" in loaded.err
    changed = good(run, "diff", "risk", "--format", "json").json
    gone = {one["id"] for one in changed["records"] if one["change"] == "removed" and one["class"] == "Entity"}
    assert {"oak-payroll", "larch-board", "poplar-silicon"} <= gone
    shares = {
        f["field"]: (f["old"], f["new"]) for one in changed["records"] if one["id"].endswith("--frames") for f in one["fields"]
    }
    assert shares == {"supply[alder-metals].share": ("0.6", "0.45"), "supply[birch-forge].share": ("0.4", "0.55")}

    text = path.read_text("utf-8-sig").replace("rims;Alder Metal;", "rims;Alder Metals;")
    path.write_text(text, "utf-8-sig")
    loaded = good(run, "load", "april/suppliers.csv", *APRIL, *RISK)
    assert "suppliers: 0 added, 1 changed, 1 removed, 121 unchanged" in loaded.err
    assert "looks alike" not in loaded.err


def _april_mistakes(run: Run, folder: Path) -> None:
    """The wrong file under the right name is refused, replaced only on demand, and taken back."""
    before = good(run, "ls", *RISK, "--format", "json").json
    (folder / "wrong").mkdir()
    shutil.copy(folder / "march" / "companies.csv", folder / "wrong" / "suppliers.csv")
    message = refused(run, 2, "load", "wrong/suppliers.csv", *RISK)
    assert "117 removed" in message
    loaded = good(run, "load", "wrong/suppliers.csv", "--replace", *RISK)
    assert "117 removed" in loaded.err
    undone = good(run, "undo", *RISK)
    assert "--to REVISION goes further back" in undone.err
    assert good(run, "ls", *RISK, "--format", "json").json == before

    removed = good(run, "remove", "companies", *RISK)
    assert "removed: 2 Jurisdiction; 5 records stay" in removed.err
    good(run, "undo", *RISK)
    assert good(run, "ls", *RISK, "--format", "json").json == before
    made = [one["change"] for one in good(run, "history", *RISK, "--format", "json").json]
    assert [change.split(",")[0] for change in made[:4]] == ["undo", "remove companies", "undo", "load suppliers"]


def _may_load(run: Run, folder: Path) -> None:
    """Owners and shocks come as tables; a shock that names nobody is refused with the name that is meant."""
    assert "there are no shocks" in run("impact", "--all", "--store", "march/companies.csv").err
    text = (folder / "shocks.csv").read_text("utf-8")
    (folder / "shocks.csv").write_text(text.replace("Fern Semiconductor", "Fern Semiconductors"), "utf-8")
    message = refused(run, 4, "load", "may/ownership.csv", "may/shocks.csv", *RISK)
    assert "shocks.csv:6: chip-shortage: hit names fern-semiconductors, which does not exist" in message
    assert "did you mean fern-semiconductor" in message
    (folder / "shocks.csv").write_text(text, "utf-8")
    loaded = good(run, "load", "may/ownership.csv", "may/shocks.csv", *RISK)
    assert "ownership: 13 added" in loaded.err
    assert "shocks: 5 added" in loaded.err
    assert "Harbor Bikes / Harbour Bikes (typing error)" in loaded.err
    path = folder / "ownership.csv"
    path.write_text(path.read_text("utf-8").replace("Harbor Bikes", "Harbour Bikes"), "utf-8")
    assert "ownership: 2 added, 0 changed, 2 removed, 11 unchanged" in good(run, "load", "may/ownership.csv", *RISK).err


def _may_ask(run: Run) -> None:
    """What has ended counts on its days only; this month is compared with the last."""
    late, then = ("--as-of", "2026-05-31"), ("--as-of", "2026-02-15")
    over = good(run, "impact", "Port strike", *late, *RISK)
    assert "it ended on 2026-03-15" in over.err
    assert losses(run, "port-strike", *then, *RISK)["harbour-bikes"] == (0.18, 0.34, 0.54)
    owned = good(run, "impact", "holding-insolvent", *late, *RISK).err
    assert "Acacia Holding owns 2 others; ownership passes on no loss here" in owned
    assert "owns 3 others" in good(run, "impact", "holding-insolvent", "--as-of", "2025-12-31", *RISK).err

    rows = good(run, "exposure", "Harbour Bikes", *late, *RISK, "--format", "json").json["exposures"]
    worst = {row["id"]: round(row["loss"], 2) for row in rows}
    assert worst == {"magnet-export-ban": 1.0, "power-cut": 0.56, "chip-shortage": 0.4, "ore-shortage": 0.38}

    first = good(run, "history", *RISK, "--format", "json").json[-1]["number"]
    shocked = ("compare", "--hit", "Alder Metals=high", "--before", f"risk@{first}", *late, *RISK)
    assert "3 entities lose something: 3 in both" in good(run, *shocked).err
    gone = good(run, "compare", "--hit", "Birch Forge=high", "--before", f"risk@{first}", *late, *RISK, "--format", "json").json
    bikes = next(one for one in gone["entities"] if one["id"] == "harbour-bikes")
    assert (round(bikes["loss_first"], 4), round(bikes["loss_second"], 4)) == (0.225, 0.3094)
    assert losses(run, "--hit", "Birch Forge=high", "--store", f"risk@{first}", *late)["harbour-bikes"][0] == 0.14
    assert "is an earlier state of risk" in refused(run, 2, "load", "may/shocks.csv", "--store", f"risk@{first}")
    good(run, "load", f"risk@{first}", "--store", "risk-march")  # beyond ten changes a month is kept as a store of its own
    assert "0 added, 0 removed, 0 changed" in good(run, "diff", f"risk@{first}", "risk-march").err

    gate = ("impact", "power-cut", *late, *RISK)
    assert run(*gate, "--fail-on", "Harbour Bikes>0.6").code == 0
    broken = run(*gate, "--fail-on", "Harbour Bikes>0.5")
    assert broken.code == 6
    assert "BROKEN: Harbour Bikes>0.5: the loss is 0.5625 (between 0.324 and 0.81)" in broken.err
    assert "did you mean Harbour Bikes" in refused(run, 3, *gate, "--fail-on", "Harbor Bike>0.5")
    assert (
        "the graph has no shocks to which its rules could apply"
        in run("impact", "--all", "--fail-on", "harbour-bikes>0.5", "--store", "march/companies.csv").err
    )


def _may_hand_on(run: Run, folder: Path) -> None:
    """The report, the page, the tables and the graph are files that hold the same names."""
    late = ("--as-of", "2026-05-31")
    good(run, "report", "power-cut", *late, *RISK, "-o", "power-cut.html")
    good(run, "explore", "--shock", "power-cut", "--compare", "magnet-export-ban", *late, *RISK, "-o", "page.html")
    good(run, "impact", "power-cut", *late, *RISK, "-o", "losses.csv")
    good(run, "export", *RISK, "-o", "all.ttl")
    for name in ("power-cut.html", "page.html", "losses.csv", "all.ttl"):
        assert "Harbour Bikes" in (folder / name).read_text("utf-8"), name
    asked = good(run, "query", "SELECT ?who { ?who ko:dependsOn+ id:teak-power }", *RISK)
    assert "id:teak-power is in no record here; did you mean my:teak-power" in asked.err
    asked = good(run, "query", "SELECT DISTINCT ?who { ?who ko:dependsOn+ my:teak-power }", *RISK, "--format", "json").json
    assert len(asked["results"]["bindings"]) == 7
    assert "documents no chains" in good(run, "chains", *RISK).err
