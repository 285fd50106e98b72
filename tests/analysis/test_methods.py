"""What each model computes is worded in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import knockon
from knockon import propagation
from knockon.analysis.methods import METHODS, listed_models
from knockon.analysis.models import MODELS

ROOT = Path(__file__).resolve().parents[2]
#: What is written by hand: the generated page script and the reference pages repeat what they are made of.
FILES = [
    *(path for path in Path(knockon.__file__).parent.rglob("*.py") if "_bundled" not in path.parts),
    *Path(knockon.__file__).parent.joinpath("present", "templates").glob("*.html"),
    *(ROOT / "web" / "src").rglob("*.js"),
]


def test_every_entry_is_a_model_that_runs() -> None:
    """Each entry of the registry is a function of knockon.propagation, and no other place lists the models."""
    assert tuple(METHODS) == MODELS
    assert all(callable(getattr(propagation, model)) for model in METHODS)


@pytest.mark.parametrize("model", METHODS)
def test_phrases_have_their_places(model: str) -> None:
    """The consequence of a shortage names the entity, and has its numbers unless the model does not grade."""
    method = METHODS[model]
    consequence = method.consequence.format(name="Acme", short=0.25, loss=0.5)
    assert "Acme" in consequence
    assert method.graded == ("25%" in consequence) == ("50%" in consequence)


def test_no_presentation_asks_for_the_name_of_a_model() -> None:
    """Templates and rows read the entry of a model, and never compare its name."""
    compared = re.compile(rf"""model\)? *[!=]= *["']({"|".join(METHODS)})["']""")
    folder = Path(knockon.__file__).parent / "present"
    files = [path for ending in ("*.py", "*.html", "*.svg") for path in folder.rglob(ending)]
    assert len(files) > 40
    assert not [path.name for path in files if compared.search(path.read_text("utf-8"))]


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
