"""The face of the models: their names, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

import knockon.propagation as models
from knockon.errors import UsageError
from knockon.network import Network

#: Imports the home of each model, and then the model, as if no model were imported yet.
EACH_MODEL = """
import importlib, sys, types
for name in sys.argv[1:]:
    for module in [module for module in sys.modules if module.startswith("knockon.propagation")]:
        del sys.modules[module]
    homes = importlib.import_module("knockon.propagation")._HOMES
    importlib.import_module("knockon.propagation." + homes[name])
    exec(f"from knockon.propagation import {name} as model")
    assert not isinstance(model, types.ModuleType) and model.__name__ == name, model
"""


def test_a_name_means_the_model_whatever_was_imported_before() -> None:
    """`from knockon.propagation import esri` is the function, also after `import knockon.propagation.esri`."""
    command = [sys.executable, "-W", "error", "-c", EACH_MODEL, *models.__all__]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    for name in models.__all__:
        assert not isinstance(getattr(models, name), types.ModuleType)
        assert getattr(models, name).__doc__


def test_every_name_has_a_home_and_an_unknown_one_is_an_attribute_error() -> None:
    """The list of names and the table of homes agree."""
    assert sorted(models.__all__) == sorted(models._HOMES)
    with pytest.raises(AttributeError, match="no attribute 'esry'"):
        _ = models.esry


#: Prints what importing the package of models has imported, and then what a small question of ESRI has.
IMPORTS = """
import sys, knockon.propagation
print([m for m in sys.argv[1:] if m in sys.modules])
from knockon.network import Network
from knockon.propagation.esri import esri
assert esri(Network.from_flows([0, 1], [1, 2], [1.0, 1.0])).parameters["engine"] == "numpy"
print([m for m in sys.modules if m.split(".")[0] in ("numba", "llvmlite") or m.endswith("kernels.esri")])
"""


def test_importing_the_models_imports_no_model_and_small_work_does_not_wake_the_compiler() -> None:
    """The package costs numpy and nothing else; left to itself, a small question imports neither numba nor compiled kernels."""
    heavy = ["scipy", "numba", "networkx", "pandas", "knockon.propagation.esri", "knockon.propagation.chance"]
    command = [sys.executable, "-W", "error", "-c", IMPORTS, *heavy]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout == "[]\n[]\n"


def test_runs_that_would_not_end_are_refused() -> None:
    """A horizon or a number of draws beyond reason is an error that says what is within it."""
    network = Network.from_flows([0], [1], [1.0])
    with pytest.raises(UsageError, match="at most 10,000,000 steps"):
        models.timeline(network, horizon=10**9)
    with pytest.raises(UsageError, match="at most 10,000,000"):
        models.chance(network, draws=10**9)


@pytest.mark.parametrize("name", ["leontief", "reach", "timeline", "chance", "esri"])
def test_a_model_runs_on_a_network_only(name: str) -> None:
    """A matrix or nothing at all: an error that says how to make a network."""
    for wrong in ([[0, 1], [1, 0]], None):
        with pytest.raises(UsageError, match=rf"{name} runs on a Network, not on a .*Network.from_flows"):
            getattr(models, name)(wrong, [0])


def test_one_row_of_losses_is_one_shock() -> None:
    """N floats are one shock in every model; whole numbers that could be meant so are refused."""
    network = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    for model in (models.leontief, models.reach, models.timeline, models.chance, models.esri):
        assert model(network, [1.0, 0.0, 0.0]).loss.shape == (1, 3)
        with pytest.raises(UsageError, match="whole numbers name the nodes to close"):
            model(network, [1, 0, 0])
