"""What each model and measure computes is worded in one place, and nothing that is offered or answered is missing there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import typer

import knockon
from knockon import propagation
from knockon.analysis import table_impact
from knockon.analysis.methods import IMPORTANCE, MEASURES, METHODS, REGISTRY, TABLE_MODELS, listed_models
from knockon.analysis.models import MODELS
from knockon.analysis.rank import runners
from knockon.cli.app import create_app
from knockon.propagation.debtrank_rounds import Variant
from knockon.propagation.extraction import Extracted
from knockon.propagation.inoperability import Interdependency
from knockon.propagation.price import Rise
from support.golden import ANSWERS

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


def test_every_entry_says_what_a_reader_needs() -> None:
    """No field that the page of models shows is empty, a form that is another method names one, and each has an example."""
    for name, method in REGISTRY.items():
        texts = (method.title, method.question, method.needs, method.answers, method.result, method.use, method.caveat)
        assert all((*texts, method.equations, method.reference)), name
        assert method.command or method.python, name
        for form in method.forms.values():
            assert form.when
            assert form.equations
            assert form.same_as in {"", *REGISTRY}
    assert REGISTRY["inoperability"].forms["supply"].same_as == "ghosh"


@pytest.mark.parametrize(("page", "texts"), [
    ("reference/models.md", ("answers", "equations", "caveat", "result", "reference")),
    ("which-model.md", ("question", "needs", "result", "use", "caveat", "command", "python")),
])  # fmt: skip
def test_the_documents_have_every_model(page: str, texts: tuple[str, ...]) -> None:
    """Each page has a section for each entry, with its words; the help of --model lists the models of a graph."""
    document = (ROOT / "docs" / page).read_text("utf-8")
    assert all(f"{model} ({method.summary})" in listed_models() for model, method in METHODS.items())
    for name, method in REGISTRY.items():
        assert f"\n## {name}\n" in document
        for field in texts:
            value = getattr(method, field)
            assert all(text in document for text in ((value,) if isinstance(value, str) else value)), (name, field)


@cache
def program() -> Any:
    """The program ``knockon`` with all of its commands."""
    return typer.main.get_command(create_app())


def offered() -> Iterator[str]:
    """Yield each value of an option --model of a command, and the models that a command has as its own name."""
    for name, command in program().commands.items():
        if name in REGISTRY:
            yield name
        for option in getattr(command, "params", ()):
            if "--model" in option.opts:
                # A command with one model names it: "Only leontief can be drawn."
                known = re.findall(r"\b([a-z_]+) \(", option.help) or re.findall(r"^Only (\w+)", option.help)
                assert known, (name, option.help)
                yield from known


@pytest.mark.parametrize(("command", "names"), [
    ("price", ("price",)), ("extraction", ("extraction",)), ("ghosh", ("ghosh",)),
    ("inoperability", ("inoperability", "dynamic_inoperability")), ("fdna", ("fdna",)), ("survive", ("time_to_survive",)),
    ("rank", runners.MODELS), ("importance", tuple(IMPORTANCE)),
])  # fmt: skip
def test_the_help_of_a_command_ends_with_its_equations(command: str, names: tuple[str, ...]) -> None:
    """Each model or measure of a command is in its help with equations, source, use and what it assumes."""
    for name in names:
        assert REGISTRY[name].guide in program().commands[command].epilog


def test_every_model_that_is_offered_is_in_the_registry() -> None:
    """Models of options, of commands, of ``rank``, of tables and of engines, and the functions of the package."""
    names = {*offered(), *runners.MODELS, *(name for models in table_impact.MODELS.values() for name in models)}
    assert {"leontief", "esri", "debtrank", "price", "extraction", "ghosh", "chance"} <= names
    assert names <= REGISTRY.keys()
    functions = {name for name in propagation.__all__ if name.islower()}
    assert functions == {name for method in REGISTRY.values() for name in method.functions}


@pytest.mark.parametrize(("model", "values"), [
    ("debtrank", Variant), ("extraction", Extracted), ("price", Rise), ("inoperability", Interdependency),
])  # fmt: skip
def test_every_choice_of_a_model_is_a_form(model: str, values: Any) -> None:
    """Each value of a parameter that changes the equations has its own entry."""
    assert {*get_args(values)} <= REGISTRY[model].forms.keys()


def test_parts_of_models_that_are_options_have_entries() -> None:
    """What an option adds to a model is a form of it, and what a result has beside the loss is among its keys."""
    assert {"weights", "upstream_shocks", "by_sector", "replaceability", "exact"} <= REGISTRY["esri"].forms.keys()
    assert "given" in REGISTRY["chance"].forms
    assert {"substitution", "rationing"} <= REGISTRY["timeline"].forms.keys()
    for model, method in METHODS.items():
        assert {*method.node_values} <= {*method.keys}, model


def answered(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield each key of an answer with its value, parts included."""
    if isinstance(value, list):
        for part in value:
            yield from answered(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key, part
            yield from answered(part)


def test_every_answer_names_a_model_of_the_registry_and_its_keys() -> None:
    """The models and the measures of the goldens are entries, and the keys that entries name are in the goldens."""
    goldens = [json.loads(path.read_text("utf-8")) for path in sorted(ANSWERS.rglob("*.json"))]
    pairs = [pair for golden in goldens for pair in answered(golden)]
    models = {value for key, value in pairs if key == "model"}
    assert len(models) > 7
    assert models <= REGISTRY.keys()
    keys = {key for key, _ in pairs}
    assert {key for method in REGISTRY.values() for key in method.keys} <= keys
    named = {name for key, value in pairs if key == "importances" for row in value for name in row}
    assert {name for name in named if name in {*IMPORTANCE}} == {*IMPORTANCE}


def test_no_name_is_in_two_parts() -> None:
    """Models of a graph, models of tables and measures have names of their own."""
    assert len(REGISTRY) == len(METHODS) + len(TABLE_MODELS) + len(MEASURES)


def test_a_formula_is_written_once() -> None:
    """No equation, caveat or answer of a model or measure stands in a second file."""
    texts = [" ".join(path.read_text("utf-8").replace('"\n', "").replace('"', "").split()) for path in FILES]
    for method in REGISTRY.values():
        for sentence in (*method.equations, method.caveat, method.answers):
            # The beginning is enough: in the source a long sentence is in several pieces.
            start = sentence[:60].replace('"', "")
            assert sum(start in text for text in texts) <= 1, start


#: Numbers of answers that no equation of a model yields, by what they are instead.
OTHER_NUMBERS = {
    "counts": (
        "affected both complete dependencies_on_the_way disputed either ended entities firms helpful hit hit_in_part left_out "
        "less_in maybe_nothing more_in only not_begun outside owned pairs pairs_helpful pairs_tried pairs_untried "
        "paths_asked reached same size split_shares steps stopped_by_cap tested tried unaffected unknown untried uses "
        "without_amount without_named_supplier"
    ),
    "places in a list, in a path, and in a document": "computed_step distance end line order rank start",
    "what data and options state, and sums and shares of it": (
        "amount amount_hit buffer_days cap criticality_step draws duration eps final_demand horizon impact_threshold limit "
        "point portion recovery refill seed shock stated threads threshold top unknown_share"
    ),
    "differences between two numbers that have entries": "difference moves rank_change time_gained",
    "how a run ended": "error iterations residual",
}
#: A number of one of two runs, of several draws, or one end of a range, is that number.
FORMS_OF_A_NUMBER = re.compile(r"(_(low|high|first|second|after|mean|sd|most|standard_error))+$")


def test_every_number_of_a_model_is_that_of_an_entry() -> None:
    """Each number that a command prints beside the name of a model has an entry, or is listed above; no more is listed."""
    entries = {key for method in REGISTRY.values() for key in method.keys}
    forms = {*entries, "threshold"}  # of which ``uncertainty`` has the standard error of the probability
    others = {key.replace("_begun", " begun") for keys in OTHER_NUMBERS.values() for key in keys.split()}
    assert not entries & others
    numbers = set()
    for path in sorted(ANSWERS.rglob("*.json")):
        golden = json.loads(path.read_text("utf-8"))
        # What a command printed; the goldens of Python have the same keys.
        pairs = list(answered(golden.get("answer") if isinstance(golden, dict) else None))
        if any(key == "model" for key, _ in pairs):
            numbers |= {key for key, value in pairs if type(value) in (int, float) and key not in entries}
    named = {FORMS_OF_A_NUMBER.sub("", key) for key in numbers} - forms
    assert (sorted(named - others), sorted(others - named - forms)) == ([], [])
