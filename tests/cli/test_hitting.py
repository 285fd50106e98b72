"""--hit wherever a shock is named, and --save-as to keep it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import knockon as package
from knockon.errors import UsageError

Run = Callable[..., Any]


def test_explain_and_compare_take_a_shock_of_ones_own(knockon: Run) -> None:
    """Explain ENTITY --hit says why; compare has it as its second side, or as its only one."""
    why = knockon("explain", "sensefoundry", "--hit", "inference-chips=high", "-f", "json")
    assert (why.code, why.json["id"]) == (0, "sensefoundry")
    two = knockon("compare", "entity-list-chips", "--hit", "nvidia=high", "-f", "json").json
    assert (two["first"]["shock_label"], two["second"]["shock_label"]) == (
        "Entity List limits on advanced chips", "NVIDIA loses 60–90%",
    )  # fmt: skip
    missed = knockon("explain", "nvidia", "--hit", "sensefoundry=high")
    assert (missed.code, "'SenseFoundry loses 60–90%' does not reach NVIDIA" in missed.err) == (3, True)
    one = knockon("compare", "--hit", "nvidia=high", "--facts-only", "-f", "json").json
    assert one["first"]["shock"] == one["second"]["shock"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("explain",), "explain ENTITY --hit"),
        (("explain", "entity-list-chips"), "explain ENTITY --hit"),
        (("explain", "entity-list-chips", "sensetime", "--hit", "nvidia=high"), "explain ENTITY --hit"),
        (("compare", "--hit", "nvidia=high"), "--facts-only"),
        (("compare", "entity-list-chips", "data-reclassification", "--hit", "nvidia=high"), "two shocks"),
        (("impact", "--save-as", "x"), "--hit"),
    ],
    ids=str,
)
def test_calls_that_name_too_much_or_too_little(knockon: Run, arguments: tuple[str, ...], message: str) -> None:
    """Exit 2, with what can be typed."""
    done = knockon(*arguments)
    assert (done.code, message in done.err) == (2, True), done.err


@pytest.fixture
def store(knockon: Run, suppliers: Path, tmp_path: Path) -> Path:
    """A store folder with a list of suppliers."""
    assert knockon("load", suppliers.name, "--store", "st").code == 0
    return tmp_path / "st"


def test_a_saved_shock_can_be_asked_of_again(knockon: Run, store: Path) -> None:
    """It stands in the data set my-shocks with its name as label, and hits what it hit."""
    first = knockon("impact", "--hit", "salar-mining=high", "--save-as", "Mine fire", "-s", "st", "-f", "json")
    assert (first.code, "saved as mine-fire in my-shocks of st" in first.err) == (0, True)
    again = knockon("impact", "mine-fire", "-s", "st", "-f", "json")
    assert [(i["id"], i["loss"]) for i in again.json["impacts"]] == [(i["id"], i["loss"]) for i in first.json["impacts"]]
    assert knockon("impact", "Mine fire", "-s", "st").code == 0
    assert {row["name"] for row in knockon("ls", "-s", "st", "-f", "json").json} == {"suppliers", "my-shocks"}


def test_saving_adds_and_never_replaces(knockon: Run, store: Path) -> None:
    """The same again changes nothing; another shock joins it; another content under the name is refused."""
    arguments = ("impact", "--hit", "salar-mining=high", "--save-as", "fire", "-s", "st")
    assert knockon(*arguments).code == knockon(*arguments).code == 0
    assert knockon("impact", "--hit", "lumen-glass=0.4", "--save-as", "flood", "-s", "st").code == 0
    assert {row["shock"] for row in knockon("impact", "-s", "st", "-f", "json").json} == {"fire", "flood"}
    for name in ("fire", "acme-phones"):
        done = knockon("impact", "--hit", "lumen-glass=low", "--save-as", name, "-s", "st")
        assert (done.code, "choose another name" in done.err, done.out) == (2, True, "")
    assert len(knockon("history", "-s", "st", "-f", "json").json) == 3


def test_only_a_store_folder_is_written(knockon: Run, suppliers: Path, tmp_path: Path) -> None:
    """Bundled data, a file, and the store of knockon.toml: exit 2, with the command to type first."""
    arguments = ("impact", "--hit", "salar-mining=high", "--save-as", "fire")
    for more in ((), ("-s", "chips"), ("-s", suppliers.name)):
        done = knockon(*arguments, *more)
        assert (done.code, "knockon load" in done.err, done.out) == (2, True, "")
    assert knockon("load", suppliers.name, "--store", "st").code == 0
    (tmp_path / "knockon.toml").write_text('store = "st"\n', "utf-8")
    assert knockon(*arguments).code == 2
    assert knockon("impact", "--hit", "salar-mining=high").code == 0


def test_the_environment_names_a_store_to_write(knockon: Run, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """KNOCKON_STORE is the user's own word: load, undo and --save-as write there."""
    monkeypatch.setenv("KNOCKON_STORE", "st")
    assert knockon("impact", "--hit", "salar-mining=high", "--save-as", "fire").code == 0
    assert knockon("undo").code == 0
    assert knockon("load", "suppliers.csv").code == 0


def test_python_saves_shocks_too(store: Path) -> None:
    """Graph.save_shock is what the command line calls; a store in memory cannot keep one."""
    with package.open(store) as graph:
        shock = graph.save_shock("Mine fire", {"salar-mining": "high"})
        assert graph.impact("mine-fire").shock == shock
    with pytest.raises(UsageError, match="store folder"):
        package.open("chips").save_shock("x", {"asml": "high"})
