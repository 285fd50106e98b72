"""The face of the models: their names, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

import knockon.propagation as models


@pytest.mark.parametrize("name", models.__all__)
def test_a_name_means_the_model_whatever_was_imported_before(name: str) -> None:
    """`from knockon.propagation import esri` is the function, also after `import knockon.propagation.esri`."""
    code = (
        "import importlib, sys, types\n"
        "import knockon.propagation as models\n"
        f"importlib.import_module('knockon.propagation.' + models._HOMES[{name!r}])\n"
        f"from knockon.propagation import {name}\n"
        f"assert not isinstance({name}, types.ModuleType) and {name}.__name__ == {name!r}, {name}\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert not isinstance(getattr(models, name), types.ModuleType)
    assert getattr(models, name).__doc__


def test_every_name_has_a_home_and_an_unknown_one_is_an_attribute_error() -> None:
    """The list of names and the table of homes agree."""
    assert sorted(models.__all__) == sorted(models._HOMES)
    with pytest.raises(AttributeError, match="no attribute 'esry'"):
        _ = models.esry


def test_importing_the_models_imports_no_model_and_nothing_heavy() -> None:
    """The package costs numpy and nothing else."""
    heavy = ["scipy", "numba", "networkx", "pandas", "knockon.propagation.esri", "knockon.propagation.chance"]
    code = f"import sys, knockon.propagation; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"
