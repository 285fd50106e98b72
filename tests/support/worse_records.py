"""A random graph made worse: a shock or criticality raised, or something unharmed left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from knockon.model import Dependency, Entity, Hit, Provision, Shock, Statement, Supply
from support.naive_interpreter import Loss, TargetHit, hits_of, interval, states_details_only
from support.random_records import SHOCK, WORDS, RandomGraph, generator
from support.small_records import passage

NOT_ASSERTED = [passage(100, 109, stance="Asks")]


def worsened(graph: RandomGraph) -> RandomGraph:
    """The same graph with the criticality of one dependency and each severity raised, and one more target hit."""
    rng = generator(graph.seed)
    # A record of details with a criticality would be one more reading, not a higher one.
    needs = [record for record in graph.records if isinstance(record, Dependency) and not states_details_only(record)]
    graded = [record for record in needs if record.portion is None]
    if graded:
        record = rng.choice(graded)
        given = _fields(record) | _raised(record, "criticality")
        graph = graph.with_record(Dependency.model_validate(given))
    hits = [_fields(hit) | _raised(hit, "severity") for hit in graph.shock.hit]
    hit_already = {hit.target for hit in graph.shock.hit}
    links = [part for r in graph.records if isinstance(r, Dependency | Provision) for part in (r, *r.parts())]
    entities = [record for record in graph.records if isinstance(record, Entity)]
    target = rng.choice(links if links and rng.random() < 0.7 else entities).id
    if target not in hit_already:
        hits.append({"target": target, "severity": rng.choice(WORDS)})
    shock = Shock.model_validate({"id": SHOCK, "label": "Shock", "hit": hits})
    by_query = [interval(hit, "severity") for hit in shock.hit if hit.target_query]
    again = [TargetHit(old.target, raised) for old, raised in zip(graph.hits[::-1], by_query, strict=False)]
    return replace(graph, shock=shock, hits=(*hits_of(shock, graph.day), *again))


def _fields(record: Statement) -> dict[str, object]:
    """The fields of a record that were given, as another one takes them."""
    return {name: getattr(record, name) for name in sorted(record.model_fields_set)}


def _raised(record: Dependency | Hit, name: str) -> dict[str, object]:
    """A criticality or severity one word up, or half of the way to 1 where it is a number; Essential where there is none."""
    word, *numbers = (getattr(record, name + end) for end in ("", "_value", "_low", "_high"))
    if word is None and not any(number is not None for number in numbers):
        return {name: "Essential"}
    if word is not None:
        return {name: WORDS[min(WORDS.index(word.value) + 1, len(WORDS) - 1)]}
    ends = zip(("_value", "_low", "_high"), numbers, strict=True)
    return {name + end: (number + 1) / 2 for end, number in ends if number is not None}


def without_one_member(graph: RandomGraph, losses: Mapping[str, Loss]) -> RandomGraph | None:
    """The same graph with one supply, provision or part of a whole no longer asserted; None if there is none to leave out.

    Except in any-of it is one that is not harmed, whatever the reading. It is no provision that determines
    the period that counts, and no part of which there is another record.
    """
    hit = {target.target for target in graph.hits}

    def unharmed(record: Statement, *entities: str) -> bool:
        return record.id not in hit and all(losses[entity].high == 0 for entity in entities)

    changes: list[Statement] = []
    for record in graph.records:
        cited = [one.document for one in record.all_evidence()] if isinstance(record, Dependency | Provision) else []
        if cited and all(document == graph.without for document in cited):
            continue  # Evidence of another document would bring it into the world.
        if isinstance(record, Dependency):
            changes += [_without_supply(record, supply) for supply in record.supply if unharmed(supply, supply.provider)]
            if record.combination is not None and record.combination.value == "AnyOf":
                # Any of these, as long as another one counts. (Of at-least-k, fewer than k may be left: then all are needed.)
                sure = [s for s in record.supply if not s.evidence and not s.from_ and not s.until]
                changes += [_without_supply(record, supply) for supply in sure[1:] if sure[0].provider != record.dependant]
            same = [
                r
                for r in graph.records
                if isinstance(r, Dependency) and (r.dependant, r.need) == (record.dependant, record.need)
            ]
            providers = [supply.provider for supply in record.supply]
            all_unharmed = unharmed(record, record.need, *providers) and all(unharmed(s) for s in record.supply)
            if record.portion is not None and len(same) == 1 and all_unharmed:
                changes.append(_not_asserted(record))
        elif isinstance(record, Provision) and record.period is None and unharmed(record, record.provider):
            changes.append(_not_asserted(record))
    return graph.with_record(generator(graph.seed).choice(changes)) if changes else None


def _not_asserted(record: Dependency | Provision) -> Statement:
    return type(record).model_validate(_fields(record) | {"evidence": NOT_ASSERTED})


def _without_supply(record: Dependency, without: Supply) -> Dependency:
    kept = [_fields(supply) for supply in record.supply if supply.id != without.id]
    gone = _fields(without) | {"evidence": NOT_ASSERTED}
    given = _fields(record) | {"supply": [*kept, gone]}
    return Dependency.model_validate(given)
