"""Every shock's loss for one entity, and documented chains against the computed cascade."""

from __future__ import annotations

import json

import pytest

import knockon
from knockon.analysis.explain.chains import ChainCheck, chains
from knockon.analysis.impact.exposure import exposure
from knockon.errors import NotFound
from knockon.model import CausalChain, Statement
from support.contexts import bakery, context, shock
from support.small_records import entities, iri, need, passage

# Exposure


def test_exposures_stand_worst_first() -> None:
    """Every shock that reaches it with its loss, range, step and status; the others are named as sparing it."""
    records = [*bakery(), shock("fire", {"target": "baking", "severity": "Essential"}, status="Potential")]
    answer = exposure(context(*records), "rye")
    assert (answer.entity, answer.id) == (iri("rye"), "rye")
    assert [(r.id, r.loss, r.step, r.status) for r in answer.exposures] == [
        ("fire", 0.75, 1, "Potential"),
        ("drought", 0.5625, 2, None),
    ]
    assert answer.exposures[0].loss_low == pytest.approx(0.54)
    assert answer.exposures[0].loss_high == pytest.approx(0.9)
    assert answer.unaffected == (iri("frost"),)


def test_a_company_is_exposed_through_its_parts() -> None:
    """Its own loss of nothing stands beside the worst part's: of two such shocks the worse part comes first."""
    records = [*bakery(), shock("mice", {"target": "baking", "severity": "Low"})]
    answer = exposure(context(*records), "Bakery").exposures
    assert [(r.id, r.loss, r.step, r.worst_part, r.worst_part_loss) for r in answer] == [
        ("drought", 0.0, None, iri("baking"), 0.75),
        ("mice", 0.0, None, iri("baking"), 0.15),
    ]


def test_an_entity_outside_the_network_is_unaffected() -> None:
    """Nothing reaches what nobody needs; an unknown name is NotFound; no shocks, no exposures."""
    answer = exposure(context(*bakery(), *entities("idle")), "idle")
    assert (answer.exposures, len(answer.unaffected)) == ((), 2)
    empty = exposure(context(*entities("idle")), "idle")
    assert (empty.entity, empty.id, empty.exposures, empty.unaffected) == (iri("idle"), "idle", (), ())
    assert (empty.model, empty.truncated) == ("leontief", False)
    with pytest.raises(NotFound):
        exposure(context(*bakery()), "nobody")


def test_a_shock_that_was_cut_short_is_not_said_to_spare() -> None:
    """Stopped by its cap before the entity it may reach it yet; nobody reaches what is in no dependency."""
    answer = exposure(context(*bakery(), *entities("idle"), cap=1), "guests")
    assert iri("drought") in answer.cut_short
    assert iri("drought") not in answer.unaffected
    assert exposure(context(*bakery(), *entities("idle"), cap=1), "idle").cut_short == ()


# Chains


def chain(*about: str | list[str], kind: str = "Cascade", of: str | None = "drought") -> CausalChain:
    steps = [
        {
            "order": k,
            "label": f"Step {k}",
            "about": [iri(n) for n in ([names] if isinstance(names, str) else names)],
            "evidence": [passage(k, k + 5)],
        }
        for k, names in enumerate(about, 1)
    ]
    more = {"shock": iri(of)} if of else {}
    return CausalChain.model_validate({"id": iri("chain"), "label": "Chain", "chainKind": kind, "step": steps, **more})


def checked(*records: Statement, **options: object) -> ChainCheck:
    (answer,) = chains(context(*records, **options))
    assert json.loads(json.dumps(answer.to_dict())) == answer.to_dict()
    return answer


def test_a_cascade_that_is_computed_as_told() -> None:
    """Every step reached, in order, each with its computed step, loss and evidence."""
    check = checked(*bakery(), chain("law", "flour", "baking", "rye", ["guests", "sales"]))
    assert (check.testable, check.complete, check.in_order, check.missed) == (True, True, True, ())
    steps = check.steps
    assert [(s.order, s.computed_step, s.loss) for s in steps[:4]] == [
        (1, -1, 0.0),
        (2, 0, 0.75),
        (3, 1, 0.75),
        (4, 2, 0.5625),
    ]
    assert steps[4].loss == pytest.approx(0.253125)
    assert [(e.start, e.stance) for e in steps[2].evidence] == [(3, "Asserts")]


def test_what_a_shock_is_made_of_stands_before_all() -> None:
    """The shock itself, its measures and its weaknesses test nothing; a need that comes up short is reached."""
    check = checked(*bakery(), chain("drought", "law", "rye-needs-baking", "rye"))
    assert (check.complete, check.in_order, check.tested, check.reached) == (True, True, 2, 2)
    assert [s.tested for s in check.steps] == [False, False, True, True]
    assert [s.computed_step for s in check.steps] == [-1, -1, 1, 2]


def test_a_step_that_is_not_reached_is_missed() -> None:
    """It is listed by its place and with what it is about; where no step is reached there is no order."""
    check = checked(*bakery(), chain("flour", "mill-b", ["rye", "mill-a"]))
    # One of two is not all of it: the last step is missed as well, and flour, which is hit, tests nothing.
    assert (check.complete, check.in_order, check.missed) == (False, None, (2, 3))
    assert (check.tested, check.reached) == (2, 0)
    steps = check.steps
    assert (steps[1].reached, steps[1].loss, steps[1].not_reached) == (False, None, ("mill-b",))
    assert (steps[2].reached, steps[2].not_reached) == (False, ("mill-a",))


def test_a_chain_of_what_the_shock_is_made_of_tests_nothing() -> None:
    """A cascade that names its target and its legal basis alone is not counted as reached."""
    check = checked(*bakery(), chain("law", "flour"))
    assert (check.testable, check.why) == (False, "not testable: its steps are what the shock is made of")


def test_no_bundled_chain_is_complete_with_a_step_missed() -> None:
    """Complete, missed and the two counts say the same of every chain."""
    for item in knockon.open().chains():
        if item.testable:
            assert item.complete == (item.missed == ()) == (item.reached == item.tested)
            assert item.reached == item.tested - len(item.missed) <= len(item.steps)
            lacking = {step.order for step in item.steps if step.not_reached}
            assert lacking <= set(item.missed)


def test_a_chain_told_out_of_order_says_so() -> None:
    """A step at a smaller computed step than the one before: not in order."""
    assert checked(*bakery(), chain("flour", "rye", "baking")).in_order is False
    assert checked(*bakery(), chain("flour", "guests", "sales", "mill-a")).in_order is True


def test_a_step_about_nothing_is_not_reached() -> None:
    """A step without a subject cannot be found in a cascade."""
    check = checked(*bakery(), chain("flour", []))
    assert check.missed == (2,)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("Mechanism", "a mechanism"),
        ("Allegation", "an allegation"),
        ("Narrative", "a narrative"),
        ("OpenQuestion", "an open question"),
    ],
)
def test_only_a_cascade_can_be_tested(kind: str, words: str) -> None:
    """A chain of another kind is not testable, even if it names a shock."""
    check = checked(*bakery(), chain("flour", kind=kind))
    assert (check.testable, check.why, check.documented) == (False, f"not testable: is {words}", 1)


def test_a_cascade_without_a_shock_cannot_be_told() -> None:
    """Nothing sets it off, so nothing is computed."""
    assert checked(*bakery(), chain("flour", of=None)).why == "not testable: names no shock"


def test_chains_follow_the_setting() -> None:
    """In a world without the document of a link the chain breaks there; with reach every step below counts."""
    records = [*bakery(), chain("flour", "rye", "guests")]
    assert checked(*records).complete is True
    assert checked(*records, without="doc-b").missed == (3,)
    weak = [*entities("a", "b"), need("a", "b", criticality="Negligible"), shock("drought", {"target": "b"}), chain("b", "a")]
    assert checked(*weak).missed == (2,)
    assert checked(*weak, model="reach").complete is True
