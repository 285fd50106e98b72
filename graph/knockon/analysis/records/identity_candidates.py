"""Which entities may be one: candidates with where they come from, and what was decided before names were compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from knockon.analysis.answer import Answer
from knockon.identity.candidates import COMPARED, Candidate, find_candidates
from knockon.identity.judgement_file import Judged
from knockon.identity.labelled_pairs import used_rules
from knockon.model import Entity, Judgement, Statement
from knockon.model.records import each
from knockon.rdf.sameness import Sameness
from knockon.store.base import Store
from knockon.vocabulary import Verdict, local_name

#: Who judges where a rule accepts, and where nobody has judged yet.
PROGRAM = "knockon resolve"


@dataclass(frozen=True, slots=True)
class IdentityCandidate(Answer):
    """Two entities that may be one.

    Attributes
    ----------
    first, second
        The entities (IRIs).
    first_name, second_name
        The two of their names that are most similar.
    first_class, second_class
        Their classes.
    first_data_sets, second_data_sets
        The data sets that describe them.
    score
        How similar the names are (0..1); 1 for equal names.
    reason
        How the names compare, and what speaks against it.
    rule
        The rule that accepts them without a person; None where none does.
    """

    first: str
    second: str
    first_name: str
    second_name: str
    first_class: str
    second_class: str
    first_data_sets: tuple[str, ...]
    second_data_sets: tuple[str, ...]
    score: float
    reason: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class AcceptanceRule(Answer):
    """A rule that may accept candidates without a person, with what it does on the labelled set of the package.

    Attributes
    ----------
    rule
        Its name.
    requires
        What it requires of two entities.
    accepted
        How many labelled pairs it accepts, none of them wrongly.
    error_bound
        The upper end of the Wilson interval (95 %) of its share of wrong acceptances (0..1).
    """

    rule: str
    requires: str
    accepted: int
    error_bound: float


@dataclass(frozen=True)
class IdentityCandidates(Answer):
    """The pairs of entities that may be one, the most similar first; equally similar ones are in the order of their IRIs.

    Attributes
    ----------
    candidates
        The pairs.
    entities
        How many entities were compared; those that are the same already count once.
    same
        The groups of IRIs that judgements and identifiers make one already.
    judged
        How many similar pairs are judged different or unsure already.
    told_apart
        How many similar pairs state different numbers of one register, or are different entries of one list.
    linked
        How many similar pairs are part and whole, or owner and owned.
    crowded
        How many similar pairs are left out because one of the two has ``most`` others that are more similar.
    unusable
        The names without a letter or digit, by the entity (IRI).
    invalid
        The identifiers whose check digits are wrong, so that they decide nothing, by the entity (IRI).
    rules
        The rules that may accept a pair.
    pairs
        The same pairs in the form that judgements are made of; not in JSON.
    records
        The records that were compared; not in JSON.
    """

    candidates: tuple[IdentityCandidate, ...]
    entities: int
    same: tuple[tuple[str, ...], ...]
    judged: int
    told_apart: int
    linked: int
    crowded: int
    unusable: Mapping[str, str]
    invalid: Mapping[str, str]
    rules: tuple[AcceptanceRule, ...]
    pairs: tuple[Candidate, ...] = field(default=(), repr=False)
    records: Sequence[Statement] = field(default=(), repr=False)

    json_keys = ("candidates", "entities", "same", "judged", "told_apart", "linked", "crowded", "unusable", "invalid", "rules")

    def judgements(self, day: date, *, accept: bool = False) -> tuple[Judged, ...]:
        """Return a judgement on each candidate: Unsure, for people to change; with ``accept``, Same where a rule accepts it.

        What would contradict a judgement ``Different`` is not accepted.

        Parameters
        ----------
        day
            The day of the judgements.
        accept
            Accept the candidates that a rule accepts.
        """
        accepted = {candidate for candidate in self.pairs if accept and candidate.rule}
        while conflicts := self._conflicts(accepted):
            accepted -= conflicts
        return tuple(
            Judged.of(pair, Verdict.SAME, f"{PROGRAM}, rule {pair.rule}", day)
            if pair in accepted
            else Judged.of(pair, Verdict.UNSURE, PROGRAM, day)
            for pair in self.pairs
        )

    def _conflicts(self, accepted: set[Candidate]) -> set[Candidate]:
        """Return the accepted candidates in a chain between two entities that are judged different."""
        names = {f"urn:knockon:accepted:{place}": pair for place, pair in enumerate(sorted(accepted))}
        added = [Judgement(id=iri, entity=[pair.first, pair.second], verdict=Verdict.SAME) for iri, pair in names.items()]
        chains = [conflict.chain for conflict in Sameness.of([*self.records, *added]).conflicts] if added else []
        reasons = {link.reason for chain in chains for link in chain}
        return {pair for iri, pair in names.items() if local_name(iri) in reasons}


def identity_candidates(store: Store, *, least: float, most: int, between: bool, unsure: bool = False) -> IdentityCandidates:
    """Return the pairs of entities of a store that may be one.

    Parameters
    ----------
    store
        The store.
    least
        The least similarity (0..1).
    most
        The most candidates of one entity.
    between
        Compare only entities of different data sets.
    unsure
        Return pairs that are judged unsure as well.

    Raises
    ------
    UsageError
        rapidfuzz is not installed.
    """
    records = store.records.of_class(*COMPARED)
    sets: dict[str, set[str]] = {}
    for data_set in store.data_sets:
        for record in each(data_set.records, Entity):
            sets.setdefault(record.id, set()).add(data_set.info.short_name)
    data_sets = {iri: frozenset(names) for iri, names in sets.items()}
    rules = used_rules()
    found = find_candidates(
        records,
        least=least,
        most=most,
        rules=[rule.rule for rule in rules],
        data_sets=data_sets if between else None,
        unsure=unsure,
    )
    classes = {record.id: record.rdf_class for record in records if isinstance(record, Entity)}
    return IdentityCandidates(
        candidates=tuple(_row(pair, classes, sets) for pair in found.candidates),
        entities=found.entities,
        same=found.same,
        judged=found.judged,
        told_apart=found.told_apart,
        linked=found.linked,
        crowded=found.crowded,
        unusable=found.unusable,
        invalid=found.invalid,
        rules=tuple(AcceptanceRule(rule.rule, rule.requires, rule.right, rule.error_bound) for rule in rules),
        pairs=found.candidates,
        records=records,
    )


def _row(pair: Candidate, classes: Mapping[str, str], sets: Mapping[str, set[str]]) -> IdentityCandidate:
    first, second = pair.first, pair.second
    return IdentityCandidate(
        first, second, *pair.names, classes[first], classes[second], tuple(sorted(sets.get(first, ()))),
        tuple(sorted(sets.get(second, ()))), pair.score, pair.reason, pair.rule or None,
    )  # fmt: skip


__all__ = ["PROGRAM", "AcceptanceRule", "IdentityCandidate", "IdentityCandidates", "identity_candidates"]
