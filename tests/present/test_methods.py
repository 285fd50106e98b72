"""What each model computes is worded in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

import knockon
from knockon.analysis.models import MODELS
from knockon.present.methods import METHODS, listed_models

ROOT = Path(__file__).resolve().parents[2]
#: What is written by hand: the generated page script and the reference pages repeat what they are made of.
FILES = [
    *(path for path in Path(knockon.__file__).parent.rglob("*.py") if "_bundled" not in path.parts),
    *Path(knockon.__file__).parent.joinpath("present", "templates").glob("*.html"),
    *(ROOT / "web" / "src").rglob("*.js"),
]


def test_every_model_on_a_graph_is_described() -> None:
    """The registry has the models that run on a graph, and no other."""
    assert set(METHODS) == set(MODELS)


def test_help_and_reference_describe_every_model() -> None:
    """The help of --model lists the models in the words of the registry, and the reference has their equations."""
    reference = (ROOT / "docs" / "reference" / "models.md").read_text("utf-8")
    for model, method in METHODS.items():
        assert f"{model} ({method.summary})" in listed_models()
        assert all(text in reference for text in (f"## {model}", method.answers, *method.equations, method.caveat))


@pytest.mark.parametrize("model", METHODS)
def test_a_formula_is_written_once(model: str) -> None:
    """No equation, caveat or answer of a model stands in a second file."""
    method = METHODS[model]
    texts = [" ".join(path.read_text("utf-8").replace('"\n', "").replace('"', "").split()) for path in FILES]
    for sentence in (*method.equations, method.caveat, method.answers):
        # The beginning is enough: in the source a long sentence is in several pieces.
        start = sentence[:60]
        assert sum(start in text for text in texts) == 1, start
