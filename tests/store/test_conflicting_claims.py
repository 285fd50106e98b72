"""What two data sets claim differently is kept by both, under names of their own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.errors import InvalidData
from knockon.model import Dependency, Provision, Statement
from knockon.model.share_notices import shares_across
from knockon.store.kept_records import KeptRecords

HEAD = "dependant,need,provider,criticality\n"


def load(store: Path, **tables: str) -> knockon.Graph:
    """A store into which tables were loaded one after the other, in this order."""
    graph = knockon.open(store, write=True)
    for name, rows in tables.items():
        path = store.parent / f"{name}.csv"
        path.write_text(HEAD + rows, "utf-8")
        graph.load(path)
    return graph


def needs(graph: knockon.Graph) -> dict[str, str]:
    return {d.name: d.criticality.value if d.criticality else "" for d in graph.records(Dependency)}


def test_two_tables_may_state_one_need_differently(tmp_path: Path) -> None:
    """Both statements are there, the pair is one slot that counts as disputed, and a notice says so."""
    graph = load(tmp_path / "st", jan="Shop,Hosting,Acme,High\n")
    (tmp_path / "feb.csv").write_text(HEAD + "Shop,Hosting,Nimbus,Low\nShop,Power,Grid,High\n", "utf-8")
    report = graph.load(tmp_path / "feb.csv")
    assert needs(graph) == {"shop--needs--hosting": "High", "shop--needs--hosting--feb": "Low", "shop--needs--power": "High"}
    assert any("1 claim differs from what is stated by jan: shop--needs--hosting" in str(notice) for notice in report.notices)
    (shop,) = [row for row in graph.impact(hit={"Hosting": 1.0}) if row.label == "Shop"]
    assert shop.support.disputed == 1
    supplies = {supply.name for d in graph.records(Dependency) for supply in d.supply}
    assert "shop--needs--hosting--feb--nimbus" in supplies
    graph.close()


def test_a_table_of_stocks_adds_to_a_table_of_suppliers(tmp_path: Path) -> None:
    """What says neither criticality nor supplier counts beside the other, disputes nothing and is listed, in either order."""
    stocks = "dependant,need,buffer,alternative\nShop,Hosting,P30D,Nimbus\n"
    for name, first in (("one", True), ("two", False)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "stocks.csv").write_text(stocks, "utf-8")
        (tmp_path / name / "needs.csv").write_text(HEAD + "Shop,Hosting,Acme,High\n", "utf-8")
        graph = knockon.open(tmp_path / name / "st", write=True)
        files = ["needs.csv", "stocks.csv"] if first else ["stocks.csv", "needs.csv"]
        notices = [str(n) for file in files for n in graph.load(tmp_path / name / file).notices]
        assert any("1 record adds details to what is stated by" in notice for notice in notices)
        assert not any("disputed;" in notice or "differs" in notice for notice in notices)
        (shop,) = [row for row in graph.impact(hit={"Acme": 1.0}) if row.label == "Shop"]
        assert (shop.loss_low, shop.loss, shop.loss_high, shop.support.disputed) == (0.6, 0.75, 0.9, 0)
        assert not graph.query("ASK { ?d ko:disputed true }")
        graph.close()


def test_loading_the_same_tables_again_changes_nothing(tmp_path: Path) -> None:
    """The names that were given stay the same, whichever table comes first the second time."""
    graph = load(tmp_path / "st", jan="Shop,Hosting,Acme,High\n", feb="Shop,Hosting,Nimbus,Low\n")
    before, names = graph.store.revision, needs(graph)
    for name in ("feb", "jan", "feb"):
        assert graph.load(tmp_path / f"{name}.csv").changes_nothing
    assert (graph.store.revision, needs(graph)) == (before, names)
    graph.close()


def test_the_same_claim_in_two_tables_is_one(tmp_path: Path) -> None:
    """Nothing is disputed where both say the same."""
    graph = load(tmp_path / "st", jan="Shop,Hosting,Acme,High\n", feb="Shop,Hosting,Acme,High\n")
    assert needs(graph) == {"shop--needs--hosting": "High"}
    graph.close()


def test_a_claim_goes_with_its_data_set(tmp_path: Path) -> None:
    """Removing either table leaves what the other one states."""
    graph = load(tmp_path / "st", jan="Shop,Hosting,Acme,High\n", feb="Shop,Hosting,Nimbus,Low\n")
    graph.remove("jan")
    assert list(needs(graph).values()) == ["Low"]
    graph.close()


def test_ownerships_are_claims_as_well(tmp_path: Path) -> None:
    """Two registers may give two shares of one holding."""
    graph = knockon.open(tmp_path / "st", write=True)
    for name, share in (("a", "0.4"), ("b", "0.6")):
        (tmp_path / f"{name}.csv").write_text(f"owner,owned,share\nHolding,Acme,{share}\n", "utf-8")
        graph.load(tmp_path / f"{name}.csv")
    assert sorted(float(o.share or 0) for o in graph.records(knockon.Ownership)) == [0.4, 0.6]
    graph.close()


def test_what_can_be_only_one_thing_is_still_refused(tmp_path: Path) -> None:
    """A shock of one name cannot hit two different things."""
    graph = knockon.open(tmp_path / "st", write=True)
    for name, severity in (("a", "High"), ("b", "Low")):
        hit = f"hit: [{{target: acme, severity: {severity}}}]"
        text = f"Company: {{acme: {{label: Acme}}}}\nShock: {{fire: {{label: Fire, {hit}}}}}\n"
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    graph.load(tmp_path / "a.yaml")
    with pytest.raises(InvalidData, match="fire"):
        graph.load(tmp_path / "b.yaml")
    graph.close()


def test_two_tables_may_state_one_provision_differently(tmp_path: Path) -> None:
    """Both records are kept, and shares that are more than 1 across data sets are listed and not refused."""
    graph = knockon.open(tmp_path / "st", write=True)
    for name, rows in (("one", "Acme,Chips,0.7,2025\n"), ("two", "Acme,Chips,0.6,2025\nBolt,Chips,0.4,2025\n")):
        (tmp_path / f"{name}.csv").write_text("provider,provided,share,period\n" + rows, "utf-8")
        report = graph.load(tmp_path / f"{name}.csv")
    shares = {record.name: str(record.share) for record in graph.records(Provision)}
    assert shares == {"chips--acme--2025": "0.7", "chips--acme--2025--two": "0.6", "chips--bolt--2025": "0.4"}
    notices = [str(notice) for notice in report.notices]
    assert any("1 claim differs from what is stated by one: chips--acme--2025" in notice for notice in notices)
    wanted = "the shares of the provisions of chips in 2025 add up to 1.1 and are scaled to 1"
    assert any(wanted in notice for notice in notices)
    graph.close()


def test_shares_are_compared_with_those_of_the_same_wholes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Provisions and portions: of what the store has, only the records about the wholes of the new file are read."""
    tables = {
        "one": "provider,provided,share\nAcme,Chips,0.7\nBolt,Wafers,0.9\n",
        "parts": "dependant,need,portion\nShop,Till,0.8\nPort,Crane,0.9\n",
        "two": "provider,provided,share\nCord,Chips,0.6\n",
        "more": "dependant,need,portion\nShop,Ice,0.7\n",
    }
    with closing(knockon.open(tmp_path / "st", write=True)) as graph:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
            graph.load(tmp_path / f"{name}.csv")
    read: list[str] = []
    stated = KeptRecords.stated

    def reading(self: KeptRecords, *given: Any) -> Sequence[Statement]:
        found: Sequence[Statement] = stated(self, *given)
        read.extend(record.name for record in found)
        return found

    monkeypatch.setattr(KeptRecords, "stated", reading)
    for name, wanted in (
        ("two", "the shares of the provisions of chips add up to 1.3 and are scaled to 1"),
        ("more", "the portions of shop add up to 1.5 and are scaled to 1"),
    ):
        with closing(knockon.open(tmp_path / "st")) as graph:
            data_sets = graph.store.data_sets
            (notice,) = shares_across(data_sets, {each.info.id for each in data_sets if each.info.short_name == name})
        assert wanted in str(notice)
    assert {"chips--acme", "chips--cord", "shop--needs--till", "shop--needs--ice"} <= set(read)
    assert {"wafers--bolt", "port--needs--crane"}.isdisjoint(read)
