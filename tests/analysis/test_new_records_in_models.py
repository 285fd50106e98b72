"""What each model and answer does with provisions, portions of a whole and weights that nobody states.

NVIDIA provides 0.8 of GPU compute, AMD 0.2. Training needs GPU compute and names no supplier; the lab buys it from a
broker of its own. Of all revenue a half rests on training, a quarter on the lab, and nobody states which part rests on the
contract and on the market.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from knockon.analysis.context import Context
from knockon.analysis.explain.explain import Unreached, explain
from knockon.analysis.mitigate.mitigate import mitigate
from knockon.analysis.rank.rank import rank
from knockon.analysis.structure.chokepoints import chokepoints
from knockon.analysis.structure.concentration import concentration
from knockon.analysis.uncertainty.uncertainty import uncertainty
from knockon.analysis.uncertainty.uncertainty_report import SamplingPlan
from knockon.model import Provision, Statement
from knockon.network.network import Network
from knockon.present.caveats import caveats_of
from knockon.propagation.chance import chance
from knockon.propagation.leontief import leontief
from knockon.propagation.reach import reach
from knockon.propagation.structure.cut_sets import cut_sets
from knockon.propagation.timeline import timeline
from support.contexts import context, impact_of, row
from support.small_records import entities, iri, need

NAMES = ["amd", "broker", "contract", "gpu", "lab", "market", "nvidia", "revenue", "training"]


def provision(provided: str, provider: str, share: str | None = None, **more: object) -> Provision:
    ids = {"id": iri(f"{provided}--{provider}"), "provided": iri(provided), "provider": iri(provider)}
    return Provision.model_validate({**ids, "share": share, **more})


def records(**of_nvidia: object) -> list[Statement]:
    return [
        *entities(*NAMES),
        provision("gpu", "nvidia", "0.8", **of_nvidia),
        provision("gpu", "amd", "0.2"),
        need("training", "gpu", criticality_value="1"),
        need("lab", "gpu", "broker", criticality_value="1"),
        need("revenue", "training", portion="0.5"),
        need("revenue", "lab", portion="0.25"),
        need("revenue", "contract", portion="unknown"),
        need("revenue", "market", portion="unknown"),
    ]


@pytest.fixture(scope="module")
def where() -> Context:
    return context(*records())


@pytest.fixture(scope="module")
def network(where: Context) -> Network:
    return where.compiled().network


def closed(network: Network, *names: str) -> np.ndarray:
    """The losses of a shock that closes some entities."""
    return np.array([[float(node in map(iri, names)) for node in network.nodes]])


def numbers(network: Network, values: np.ndarray) -> dict[str, float]:
    """The values of a row that are neither 0 nor missing, by local name."""
    named = zip(network.nodes, values.tolist(), strict=True)
    return {node.rsplit("/", 1)[-1]: round(value, 9) for node, value in named if value not in (0, -1)}


def test_results_have_numbers_of_entities_alone(network: Network, tmp_path: Path) -> None:
    """Hidden nodes are in no result, and a snapshot keeps them."""
    assert [node.rsplit("/", 1)[-1] for node in network.nodes] == NAMES
    assert network.size > network.entities == 9
    result = leontief(network)
    assert result.loss.shape == result.step.shape == result.source.shape == (9, 9)
    assert result.source.max() < 9
    assert network.describe()["hidden_nodes"] == network.size - 9
    network.save(tmp_path / "one")
    again = Network.open(tmp_path / "one")
    assert (again.hash, again.entities) == (network.hash, 9)
    assert np.array_equal(leontief(again).loss, result.loss)


def test_reach_goes_through_both_nodes(network: Network) -> None:
    """The provisions of a need reach those who name no supplier; the need itself reaches all; a part is no step."""
    assert numbers(network, reach(network, closed(network, "nvidia")).step[0]) == {"gpu": 1, "training": 2, "revenue": 3}
    assert numbers(network, reach(network, closed(network, "gpu")).step[0]) == {"training": 1, "lab": 1, "revenue": 2}
    assert numbers(network, reach(network, closed(network, "contract")).step[0]) == {"revenue": 1}
    above = reach(network, closed(network, "lab"), upstream=True)
    assert numbers(network, above.step[0]) == {"gpu": 1, "broker": 1}
    above = reach(network, closed(network, "revenue"), upstream=True)
    assert numbers(network, above.step[0]) == {
        "training": 1, "lab": 1, "contract": 1, "market": 1, "gpu": 2, "broker": 2, "nvidia": 3, "amd": 3,
    }  # fmt: skip


def test_reach_follows_portions_above_zero() -> None:
    """A part that is none of the whole passes nothing on."""
    network = context(*entities("a", "b", "c"), need("a", "b", portion="0"), need("a", "c", portion="0.5")).compiled().network
    assert numbers(network, reach(network, closed(network, "b")).step[0]) == {}
    assert numbers(network, reach(network, closed(network, "c")).step[0]) == {"a": 1}


def test_leontief_reads_unstated_weights_in_three_ways(network: Network) -> None:
    """Stated weights are certain; of the remainder the least harmed has all at the low end, the most harmed at the high end."""
    result = leontief(network, np.concatenate([closed(network, "nvidia"), closed(network, "contract"), closed(network, "gpu")]))
    revenue = network.index[iri("revenue")]
    assert result.loss[:, revenue].tolist() == pytest.approx([0.4, 0.125, 0.75])
    assert result.low[:, revenue].tolist() == pytest.approx([0.4, 0.0, 0.75])
    assert result.high[:, revenue].tolist() == pytest.approx([0.4, 0.25, 0.75])
    assert numbers(network, result.loss[0]) == {"nvidia": 1.0, "gpu": 0.8, "training": 0.8, "revenue": 0.4}
    assert result.step[:, revenue].tolist() == [3, 1, 2]
    assert network.nodes[result.source[0, revenue]] == iri("training")


def test_timeline_has_the_delay_of_a_provision_and_sums_what_is_felt() -> None:
    """The failure of NVIDIA is felt five days later; a part passes on within the step, and its buffer holds up that part."""
    network = context(*records(delay="P5D")).compiled().network
    result = timeline(network, closed(network, "nvidia"), horizon=20)
    assert numbers(network, result.time_to_impact[0]) | {"nvidia": 0} == {
        "nvidia": 0, "gpu": 6, "training": 7, "revenue": 8, "amd": np.inf, "broker": np.inf, "contract": np.inf,
        "lab": np.inf, "market": np.inf,
    }  # fmt: skip
    assert numbers(network, result.loss[0]) == {"nvidia": 1.0, "gpu": 0.8, "training": 0.8, "revenue": 0.4}
    assert result.timed[0, network.index[iri("revenue")]]
    held = [r.model_copy(update={"buffer": "P10D"}) if r.id == iri("revenue-needs-lab") else r for r in records()]
    network = context(*held).compiled().network
    result = timeline(network, closed(network, "gpu"), horizon=20)
    path = result.path[0, :, network.index[iri("revenue")]]
    assert [round(value, 9) for value in path[[1, 2, 11, 12]].tolist()] == [0.0, 0.5, 0.5, 0.75]


def test_chance_picks_one_part_with_the_probability_of_its_portion(network: Network) -> None:
    """The expected numbers: GPU compute fails with 0.8, training with it, revenue where the part that is picked is short."""
    result = chance(network, closed(network, "nvidia"), exact=True)
    assert numbers(network, result.loss[0]) == {"nvidia": 1.0, "gpu": 0.8, "training": 0.8, "revenue": 0.4}
    both = chance(network, closed(network, "nvidia", "contract"), exact=True)
    revenue = network.index[iri("revenue")]
    ends = [round(float(part[0, revenue]), 9) for part in (both.low, both.loss, both.high)]
    assert ends == [0.4, 0.525, 0.65]
    assert both.noisy_or_upper_bound[0, revenue] >= both.loss[0, revenue]
    drawn = chance(network, closed(network, "nvidia", "contract"), draws=4000, seed=1)
    assert drawn.loss[0, revenue] == pytest.approx(0.525, abs=0.04)


def test_records_that_disagree_share_a_number_in_chance() -> None:
    """Of two records the greater chance counts at the point, the less at the low end: they are not two causes."""
    disagree = [
        need("a", "b", "p", name="one", criticality_value="0.5"),
        need("a", "b", "q", name="two", criticality_value="0.25"),
    ]
    network = context(*entities("a", "b", "p", "q"), *disagree).compiled().network
    result = chance(network, closed(network, "b"), exact=True)
    a = network.index[iri("a")]
    assert [float(part[0, a]) for part in (result.low, result.loss, result.high)] == pytest.approx([0.25, 0.5, 0.5])
    drawn = chance(network, closed(network, "b"), draws=4000, seed=3)
    assert drawn.loss[0, a] == pytest.approx(0.5, abs=0.04)


def test_cut_sets_count_where_the_sum_reaches_the_threshold(network: Network) -> None:
    """The minimal sets are those that brute force finds, and an entity with two nodes is one member."""
    target, threshold = network.index[iri("revenue")], 0.5
    others = [node for node in range(network.entities) if node != target]
    failing: list[tuple[int, ...]] = []
    for size in (1, 2, 3):
        for nodes in combinations(others, size):
            lost = np.zeros((1, network.entities))
            lost[0, list(nodes)] = 1.0
            fails = leontief(network, lost).loss[0, target] >= threshold - 1e-9
            if fails and not any(set(smaller) <= set(nodes) for smaller in failing):
                failing.append(nodes)
    assert sorted(cut.nodes for cut in cut_sets(network, target, threshold=threshold).sets) == sorted(failing)


def test_choke_points_show_an_entity_once(where: Context) -> None:
    """GPU compute and training alone halve the revenue; each is one point, and the path goes by the parts."""
    answer = chokepoints(where, "revenue", threshold=0.5)
    singles = [point.entity for point in answer.points if point.single_point]
    assert sorted(singles) == [iri("gpu"), iri("training")]
    gpu = next(point for point in answer.points if point.entity == iri("gpu"))
    assert [link.dependant for link in gpu.path] in ([iri("training"), iri("revenue")], [iri("lab"), iri("revenue")])
    assert answer.upstream == 8
    assert set(answer.unstated_portions) >= {iri("revenue-needs-contract"), iri("revenue-needs-market")}


def test_rank_has_a_row_for_each_entity(network: Network) -> None:
    """The mean loss of all others when NVIDIA closes."""
    ranking = rank(network, "leontief")
    rows = {row["firm"]: row for row in ranking.rows()}
    assert len(rows) == 9
    assert rows[iri("nvidia")]["index"] == pytest.approx((0.8 + 0.8 + 0.4) / 8)


def test_mitigate_changes_dependencies_alone(where: Context) -> None:
    """A stock delays the loss, and a part cannot get a lower criticality."""
    shock = where.shock_from([("nvidia", "1")])
    answer = mitigate(where, shock, "revenue")
    assert answer.before.loss == pytest.approx(0.4)
    assert {change.kind for change in answer.changes if change.need == iri("training")} == {"buffer"}
    assert all(change.dependencies for change in answer.changes)


def test_uncertainty_draws_what_nobody_states(where: Context) -> None:
    """The unstated portions are one assumption, between the exact bounds."""
    report = uncertainty(where, where.shock_from([("contract", "1")]), SamplingPlan(draws=64))
    spread = next(spread for spread in report.spreads if spread.entity == iri("revenue"))
    assert (spread.loss_low, spread.loss, spread.loss_high) == pytest.approx((0.0, 0.125, 0.25))
    assert spread.loss_low <= spread.loss_q05 < spread.loss_q95 <= spread.loss_high
    assert [weight.assumption.kind for weight in report.weights] == ["combination"]


def test_paths_go_by_provisions_and_multiply_portions(where: Context) -> None:
    """NVIDIA, GPU compute, training, revenue: 0.8 times the portion 0.5."""
    explained = explain(impact_of(where, nvidia="1"), "revenue")
    assert [label.rsplit("/", 1)[-1] for label in explained.paths[0].entities] == ["nvidia", "gpu", "training", "revenue"]
    assert [round(link.harm, 9) for link in explained.paths[0].links] == [0.8, 0.8, 0.4]
    assert explained.paths_complete
    gpu = explain(impact_of(where, gpu="1"), "revenue")
    assert [round(path.harm, 9) for path in gpu.paths] == [0.5, 0.25]


def test_an_explanation_is_true_of_the_buyer() -> None:
    """A buyer with suppliers of its own loses what the need loses without its provisions, and is explained by that alone."""
    where = context(*records(), *entities("fab"), need("gpu", "fab", criticality_value="0.5"))
    with pytest.raises(Unreached):
        explain(impact_of(where, nvidia="1"), "lab")
    report = impact_of(where, nvidia="1", fab="1")
    assert [round(row(report, name).loss, 9) for name in ("gpu", "training", "lab")] == [0.8, 0.8, 0.5]
    of_lab, of_training = explain(report, "lab"), explain(report, "training")
    assert [link.source for link in of_lab.links] == [iri("gpu"), iri("fab")]
    assert [link.source for link in of_training.links] == [iri("gpu"), iri("nvidia")]
    assert not any("nvidia" in iri_ for path in of_lab.paths for iri_ in path.entities)
    assert of_training.links[1].provision
    assert of_training.links[1].text == "Gpu is provided by Nvidia; 80% of it is missing, Gpu loses 80%."
    assert json.loads(json.dumps(of_lab.to_dict()))["links"][0]["loss"] == 0.5


def test_an_explanation_of_a_sum_lists_all_its_parts(where: Context) -> None:
    """Each part with its portion, what of it is lost, and what it adds; unknown weights are counted."""
    link = explain(impact_of(where, gpu="1", contract="1"), "revenue").links[0]
    assert [(part.need.rsplit("/", 1)[-1], part.portion, part.adds) for part in link.parts] == [
        ("training", 0.5, 0.5), ("lab", 0.25, 0.25), ("contract", 0.125, 0.125), ("market", 0.125, 0.0),
    ]  # fmt: skip
    assert [part.unstated for part in link.parts] == [False, False, True, True]
    assert [(part.label, part.stated) for part in link.parts] == [
        ("Training", 0.5), ("Lab", 0.25), ("Contract", None), ("Market", None),
    ]  # fmt: skip
    # The sum has its own lines: the sentence listed only the parts that lose something.
    assert link.text.endswith("Revenue loses 88%, the sum of its parts.")
    assert link.shares == ()
    report = impact_of(where, contract="1")
    assert row(report, "revenue").support.split_shares == 1
    assert report.unstated_portions == (iri("revenue-needs-contract"), iri("revenue-needs-market"))
    assert report.unstated_combinations == ()
    (line,) = [line for line in caveats_of(report) if "o source states" in line]
    assert line.startswith("No source states the portion (low all of the rest is the least harmed")
    assert line.endswith(
        "of the need of Revenue for Contract (revenue-needs-contract), the need of Revenue for Market (revenue-needs-market)."
    )


def test_a_provision_that_is_hit_fails_for_all_who_name_no_supplier(where: Context) -> None:
    """A hit on the record: GPU compute loses the share, NVIDIA nothing."""
    report = impact_of(where, **{"gpu--nvidia": "1"})
    assert [(impact.id, round(impact.loss, 9)) for impact in report.impacts] == [
        ("gpu", 0.8),
        ("training", 0.8),
        ("revenue", 0.4),
    ]
    assert [impact.step for impact in report.impacts] == [1, 2, 3]
    assert explain(report, "gpu").origin.target == iri("gpu--nvidia")


def test_concentration_reads_the_provisions_of_a_need(where: Context) -> None:
    """Training buys from NVIDIA and AMD, the lab from its broker."""
    rows = {row.dependant: row for row in concentration(where).slots}
    assert rows[iri("training")].hhi == pytest.approx(6800)
    assert [supplier.provider for supplier in rows[iri("lab")].suppliers] == [iri("broker")]
