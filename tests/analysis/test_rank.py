"""Every firm closed in turn: the order, the numbers, and a run that is interrupted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import knockon
from knockon.analysis.rank import checkpoint as keeping
from knockon.analysis.rank import runners
from knockon.analysis.rank.checkpoint import Checkpoint
from knockon.analysis.rank.rank import rank
from knockon.errors import InvalidData, UsageError
from knockon.network import Network
from knockon.propagation import debtrank, esri, leontief
from knockon.propagation.kernels import available
from knockon.propagation.leontief import EPS
from support.example_data import EXAMPLE


def flows(firms: int = 60, seed: int = 3) -> Network:
    random = np.random.default_rng(seed)
    supplier, customer = random.integers(0, firms, (2, 4 * firms))
    real = supplier != customer
    sector = random.integers(0, 4, firms)
    essentiality = random.integers(0, 3, (4, 4))
    return Network.from_flows(supplier[real], customer[real], random.random(int(real.sum())), sector, essentiality)


def test_the_index_is_that_of_the_model() -> None:
    """Each model's own index, for every firm, in descending order; equal ones by number."""
    network = flows()
    equity = np.full(network.size, 2.0)
    for model, expected, given in (
        ("esri", esri(network).index, {}),
        ("esri", esri(network, replaceability=False, eps=1e-4).index, {"replaceability": False, "eps": 1e-4}),
        ("debtrank", debtrank(network, equity=equity).index, {"equity": equity}),
        ("leontief", esri(network, replaceability=False, cascade="downstream", eps=EPS).downstream, {}),
    ):
        answer = rank(network, model, **given)
        assert answer.columns["index"].tolist() == expected.tolist()
        assert answer.order.tolist() == sorted(range(network.size), key=lambda i: (-expected[i], i))
        assert [row["rank"] for row in answer.rows()] == list(range(1, network.size + 1))
        assert not answer.truncated


def test_leontief_on_flows_stops_where_leontief_stops() -> None:
    """A loop that keeps nearly all it passes on is followed to its limit, not to the published eps of ESRI."""
    network = Network.from_flows([0, 1, 2, 1], [1, 2, 1, 3], [1, 10, 99, 5], sector=[0, 1, 1, 2])
    answer = rank(network, "leontief")
    assert answer.columns["index"][0] >= 0.9999999
    own = leontief(network, [0]).parameters
    assert {name: answer.parameters[name] for name in own} == own


def test_the_plain_engine_runs_in_64_bits() -> None:
    """Whatever was asked for, and the parameters say so."""
    for model in ("esri", "leontief"):
        assert rank(flows(), model, dtype="float32", engine="numpy").parameters["dtype"] == "float64"


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="numba is not installed")
def test_the_compiled_engine_runs_in_32_bits() -> None:
    """Where that is asked for: the parameters say so, and the eps is one that 32 bits can distinguish."""
    for model in ("esri", "leontief"):
        answer = rank(flows(), model, dtype="float32", engine="numba")
        assert answer.parameters["dtype"] == "float32"
    assert answer.parameters["eps"] == 1e-6


def test_a_graph_is_ranked_by_the_mean_loss_of_all_others() -> None:
    """The index, its bounds, and how many lose anything, as leontief gives them."""
    graph = knockon.open("sensetime")
    network = graph.network()
    result = leontief(network)
    answer = graph.rank()
    for name, losses in (("index", result.loss), ("low", result.low), ("high", result.high)):
        assert answer.columns[name] == pytest.approx((losses.sum(axis=1) - 1) / (network.entities - 1))
    assert answer.columns["affected"].tolist() == ((result.loss > 0).sum(axis=1) - 1).tolist()
    assert (answer.columns["low"] <= answer.columns["index"]).all()
    assert answer.to_dict()["network_hash"] == network.hash
    assert answer.to_pandas()["index"].is_monotonic_decreasing


def test_an_interrupted_run_goes_on_and_ends_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is done is kept when the run is stopped, is not done again, and changes no number."""
    monkeypatch.setattr(runners, "_STEP", 7)
    network, path = flows(), tmp_path / "kept"
    whole = rank(network, "esri")

    def stop(done: int) -> None:
        if done >= 21:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rank(network, "esri", checkpoint=path, progress=stop)
    seen: list[int] = []
    again = rank(network, "esri", checkpoint=path, progress=seen.append)
    assert seen[0] == 21
    assert seen[-1] == network.size
    assert again.to_dict() == whole.to_dict()
    assert not path.exists()


def test_a_killed_run_has_what_was_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few seconds all that is done is on disk, so that no signal is needed to keep it."""
    monkeypatch.setattr(keeping, "EVERY", 0.0)
    answer = Checkpoint(tmp_path / "kept", "run", 5, 2)
    answer.add(np.ones((2, 2)))
    again = Checkpoint(tmp_path / "kept", "run", 5, 2)
    assert (again.done, again.rows.sum()) == (2, 4.0)


def test_a_damaged_checkpoint_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any bit flipped, any end cut off, another file in its place: the message names it, and no number of it is taken."""
    monkeypatch.setattr(keeping, "EVERY", 0.0)
    path = tmp_path / "kept"
    Checkpoint(path, "run", 5, 2).add(np.ones((2, 2)))
    whole = path.read_bytes()
    flips = [whole[:k] + bytes([whole[k] ^ (1 << k % 8)]) + whole[k + 1 :] for k in range(len(whole))]
    for content in (*flips, *(whole[:k] for k in range(0, len(whole), 7)), whole + b"0", b"PK\x03\x04"):
        path.write_bytes(content)
        with pytest.raises(InvalidData, match=r"kept: (is|was|cannot be) .*delete it"):
            Checkpoint(path, "run", 5, 2)
    path.unlink()
    path.mkdir()
    with pytest.raises(UsageError, match="is a folder; name the file of a checkpoint"):
        Checkpoint(path, "run", 5, 2)


def test_the_checkpoint_of_another_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other flows, models or parameters: nothing of it is taken, and nothing is lost."""
    monkeypatch.setattr(keeping, "EVERY", 0.0)
    path = tmp_path / "kept"
    Checkpoint(path, "run", 60, 5).add(np.ones((2, 5)))
    before = path.read_bytes()
    for model in ("esri", "leontief"):
        with pytest.raises(UsageError, match="belongs to another run"):
            rank(flows(), model, checkpoint=path)
    assert path.read_bytes() == before
    path.write_text("hello")
    with pytest.raises(InvalidData, match="is not a checkpoint"):
        rank(flows(), "esri", checkpoint=path)


def test_a_cap_is_told() -> None:
    """Runs that stopped by their cap are counted, and the answer says that it is cut short."""
    answer = rank(flows(), "esri", eps=0.0, cap=1)
    result = answer.to_dict()
    assert answer.truncated
    assert result["truncated"]
    assert result["stopped_by_cap"] == sum(row["stopped_by"] == "cap" for row in result["rows"]) > 0


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        ("magic", {}, "rank knows esri, debtrank, leontief"),
        ("esri", {"colour": 1}, "no parameter colour here; known are eps, cap"),
        ("debtrank", {}, "equity"),
        ("esri", {"eps": 2}, "eps must be a number in 0..1"),
    ],
)
def test_calls_that_make_no_sense(model: str, given: dict[str, object], message: str) -> None:
    """Each is refused before anything is computed, with what would be right."""
    with pytest.raises(UsageError, match=message):
        rank(flows(), model, **given)


@pytest.mark.parametrize("model", ["esri", "debtrank"])
def test_a_graph_has_no_flows(model: str) -> None:
    """The published indices ask for what they need."""
    with pytest.raises(UsageError, match="flows"):
        knockon.open(EXAMPLE).rank(model)


def test_a_network_without_edges() -> None:
    """Nobody depends on anybody: every index is 0, and the order is that of the firms."""
    network = Network.from_flows([], [], [], sector=[0, 1, 0])
    for model in ("esri", "leontief"):
        answer = rank(network, model)
        assert [row["firm"] for row in answer.rows()] == ["0", "1", "2"]
        assert answer.columns["index"].tolist() == [0.0, 0.0, 0.0]
