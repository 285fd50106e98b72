"""The shocks of a graph are computed in blocks, in bounded memory: the answers are those of one run."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

import knockon
from knockon.analysis import context
from knockon.analysis.impact import impact
from knockon.errors import LimitReached
from support.short_form import some_of


def _made(folder: Path, size: int) -> knockon.Graph:
    """A chain of firms, each of which is hit by a shock of its own."""
    folder.mkdir()
    (folder / "dataset.yaml").write_text("name: chain\ntitle: Chain\n")
    (folder / "companies.csv").write_text("id,label\n" + "".join(f"f{i},F{i}\n" for i in range(size)))
    rows = "".join(f"f{i},f{i - 1},high\n" for i in range(size) if i % 10)
    (folder / "needs.csv").write_text("dependant,need,criticality\n" + rows)
    (folder / "shocks.csv").write_text("shock,target,severity\n" + "".join(f"s{i},f{i},high\n" for i in range(size)))
    return knockon.open(folder)


@pytest.mark.parametrize("model", some_of(["leontief", "reach", "timeline", "chance"], 3))
def test_blocks_give_what_one_run_gives(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    """The reports of all shocks are the same, number by number and in the same order, whatever the size of a block."""
    graph, options = knockon.open(), {"model": model, "draws": 40} if model == "chance" else {"model": model}
    whole = [report.to_dict() for report in graph.impacts(**options)]
    monkeypatch.setattr(context, "BLOCK", 1)
    assert [report.to_dict() for report in graph.each_impact(**options)] == whole
    assert len(whole) > 1


@pytest.mark.slow
def test_each_impact_lets_go_of_what_it_gave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Peak memory does not grow with the number of shocks."""
    graph = _made(tmp_path / "data", 300)
    sum(len(report) for report in graph.each_impact())  # what is kept of the graph itself is made
    monkeypatch.setattr(context, "BLOCK", 50_000)
    tracemalloc.start()
    try:
        rows = sum(len(report) for report in graph.each_impact())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows == 300 // 10 * 55
    # The results of one run of all shocks are 300 x 300 x 8 numbers, 5.8 MB.
    assert peak < 2_500_000


def test_reports_that_do_not_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of all reports has a limit, and the message names the way without one."""
    graph = knockon.open()
    monkeypatch.setattr(impact, "KEPT", 100)
    with pytest.raises(LimitReached, match=r"shocks on [0-9,]+ entities do not fit into memory.*each_impact"):
        graph.impacts()
    assert sum(1 for _ in graph.each_impact()) > 1


def test_losses_of_all_shocks_are_those_of_the_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept for ko:loss and ko:step says the same of every shock and entity as the reports do."""
    monkeypatch.setattr(context, "BLOCK", 3_000)
    graph = _made(tmp_path / "data", 40)
    losses = graph._context().losses
    row_of = {iri: row for row, iri in enumerate(losses.shocks)}
    for report in graph.each_impact():
        loss, step = losses.row(row_of[report.shock.id])
        of_entity = {impact.entity: (impact.loss, impact.step) for impact in report}
        expected = [of_entity.get(iri, (0.0, -1)) for iri in losses.nodes]
        assert list(zip(loss.tolist(), step.tolist(), strict=True)) == expected
    assert len(losses.nodes) == len(row_of) == 40
