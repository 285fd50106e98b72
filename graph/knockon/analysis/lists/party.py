"""Whether one list covers one party, with the entries and stakes that the verdict rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from knockon.analysis.answer_parts import cite
from knockon.analysis.labels import label_of
from knockon.analysis.lists.covered_answer import (
    CANNOT_TELL,
    COVERED,
    MAYBE,
    NAMED,
    NO,
    NOT_COVERED,
    OWNED,
    PART,
    YES,
    Listing,
    OwnerStake,
    PartyCoverage,
)
from knockon.analysis.lists.spans import Span, common_span, widest_span
from knockon.analysis.lists.verdict_texts import VerdictTexts, by_size
from knockon.analysis.lists.wording import APPLIES_TO, NAMES, PART_COVERED, PART_NOT_COVERED, PART_UNDECIDED
from knockon.model import Designation, Entity, Measure, Organization, Ownership, OwnershipRule, Record, Statement
from knockon.model.covered_parties import Readings, share_range
from knockon.model.lists import Lists
from knockon.model.stakes import NOTHING, WHOLE, Stake
from knockon.model.weights import EXACT_CONTEXT
from knockon.vocabulary import InterestKind

_INTERESTS = {
    InterestKind.VOTING_RIGHTS: "voting rights are not ownership under this rule",
    InterestKind.BOARD_CONTROL: "control of a board is not ownership under this rule",
    InterestKind.OTHER_CONTROL: "control is not ownership under this rule",
    InterestKind.CONSOLIDATION: "consolidation is not ownership under this rule",
}


@dataclass(frozen=True)
class MeasureList:
    """The list of one measure, with what verdicts on parties need.

    Attributes
    ----------
    measure
        The measure (IRI).
    lists
        The lists of all measures, with the rules that extend them.
    records
        Records by IRI.
    designations
        The designations that count, by party.
    named
        How sentences name a record (IRI).
    """

    measure: str
    lists: Lists
    records: Mapping[str, Record]
    designations: Mapping[str, Sequence[Designation]]
    named: Callable[[str], str]

    @cached_property
    def readings(self) -> Readings:
        """Whom the list covers, in the low and the high reading."""
        return self.lists.covered(self.measure)

    @cached_property
    def label(self) -> str:
        """The label of the measure."""
        return label_of(self.records, self.measure)

    @cached_property
    def texts(self) -> VerdictTexts:
        """The sentences about verdicts that go by a rule."""
        return VerdictTexts(self.named(self.measure), self.lists, self.records, self.named)

    @cached_property
    def rules(self) -> tuple[OwnershipRule, ...]:
        """The rules that extend the list on the day."""
        return self.lists.rules_of(self.measure)

    def verdict(self, party: str) -> str:
        """Return the verdict on a party by itself: ``covered``, ``not covered`` or ``cannot tell``."""
        if party in self.readings.certain:
            return COVERED
        unrecorded = self.readings.certain and self.rules and self._is_without_owner(party)
        return CANNOT_TELL if unrecorded or party in self.readings.possible else NOT_COVERED

    def _is_without_owner(self, party: str) -> bool:
        """Return whether a party is an organization of which no owner is recorded, nor that it is part of another one."""
        record = self.records.get(party)
        if not isinstance(record, Organization) or party in self.lists.stakes.recorded:
            return False
        return not any(isinstance(self.records.get(whole), Organization) for whole in record.part_of)

    def coverage(self, entity: str) -> PartyCoverage:
        """Return whether the list covers an entity: by itself, or as a part of what is covered."""
        own = self.verdict(entity)
        wholes: dict[str, str] = {}
        for whole in _wholes(entity, self.records):
            verdict = self.verdict(whole)
            if verdict == COVERED or isinstance(self.records.get(whole), Organization):
                wholes.setdefault(verdict, whole)
        for verdict in (COVERED, CANNOT_TELL):
            if own == verdict:
                return self._by_itself(entity)
            if verdict in wholes:
                return self._as_part(entity, wholes[verdict], verdict)
        if wholes and entity not in self.lists.stakes.recorded:
            return self._as_part(entity, wholes[NOT_COVERED], NOT_COVERED)
        return self._by_itself(entity)

    def _as_part(self, entity: str, whole: str, verdict: str) -> PartyCoverage:
        name, of = self.named(entity), self.named(whole)
        texts = {COVERED: PART_COVERED, NOT_COVERED: PART_NOT_COVERED, CANNOT_TELL: PART_UNDECIDED}
        span = self.spans.get(whole, (None, None)) if verdict == COVERED else (None, None)
        text = texts[verdict].format(part=name, whole=of)
        return self._answer(entity, verdict, text, whole=whole, span=span, why=PART)

    def _by_itself(self, party: str) -> PartyCoverage:
        verdict, name = self.verdict(party), self.named(party)
        listings = self.listings(party)
        if any(listing.measure == self.measure for listing in listings):
            entries = [entry for listing in listings if listing.measure == self.measure if (entry := _entry_text(listing))]
            designated = any(listing.measure == self.measure != listing.record for listing in listings)
            text = f"{self.texts.label} {NAMES if designated else APPLIES_TO} {name}"
            text += f" ({'; '.join(entries)})." if entries else "."
            span = self.spans[party]
            return self._answer(party, verdict, text, why=NAMED, listings=listings, span=span, stakes=self.stakes(party))
        rule = self._deciding_rule(party)
        if rule is None:
            return self._answer(
                party, verdict, f"{self.texts.label} does not name {name}, and no rule of ownership extends the list."
            )
        if not self.lists.by_rule(rule).certain:
            return self._answer(
                party, verdict, f"{self.texts.label} does not name {name}, and nobody else whose stakes could count."
            )
        low, high = share_range(self.lists.stakes, party, self.lists.by_rule(rule))
        stakes = self.stakes(party, rule)
        if verdict == COVERED:
            text, why, span = self.texts.covered(party, rule), OWNED, self.spans.get(party, (None, None))
        elif self._is_without_owner(party):
            text = f"Cannot tell: {self.texts.label} does not name {name}, and no owner of it is recorded ({rule.label})."
            low, high, why, span = NOTHING, WHOLE, None, (None, None)
        elif verdict == CANNOT_TELL:
            text, why, span = self.texts.undecided(party, rule, low, high), None, (None, None)
        else:
            text, why, span = self.texts.not_covered(party, rule, low, high), None, (None, None)
        shares = (low, high) if isinstance(self.records.get(party), Organization) or high else (None, None)
        return self._answer(
            party, verdict, text, why=why, rule=rule, shares=shares, listings=listings, stakes=stakes, span=span
        )

    def _answer(
        self, entity: str, verdict: str, text: str, *, why: str | None = None, whole: str | None = None,
        rule: OwnershipRule | None = None, shares: tuple[Decimal | None, Decimal | None] = (None, None),
        listings: tuple[Listing, ...] = (), stakes: tuple[OwnerStake, ...] = (), span: Span = (None, None),
    ) -> PartyCoverage:  # fmt: skip
        known, possible = shares
        undecided = verdict == CANNOT_TELL and rule is not None and known is not None and not rule.is_reached_by(known)
        return PartyCoverage(
            entity=entity,
            label=label_of(self.records, entity),
            cls=record.rdf_class if (record := self.records.get(entity)) is not None else "",
            verdict=verdict,
            why=why,
            text=text,
            known=None if known is None else float(known),
            possible=None if possible is None else float(possible),
            decides_at=float(EXACT_CONTEXT.subtract(rule.threshold, known))
            if undecided and rule and known is not None
            else None,
            rule=rule.id if rule else None,
            whole=whole,
            round=self.round(entity, rule.id if rule else None),
            listings=listings,
            stakes=stakes,
            from_=span[0],
            until=span[1],
        )

    def round(self, party: str, rule: str | None) -> int | None:
        """Return the number of steps of ownership from a named party under a rule (IRI); None where it is not covered."""
        found = next((self.lists.by_rule(known) for known in self.rules if known.id == rule), self.readings)
        return found.certain.get(party)

    def _deciding_rule(self, party: str) -> OwnershipRule | None:
        """Return the rule that covers a party; else one that may; else the first of the list; None where it has none."""

        def rank(rule: OwnershipRule) -> tuple[int, int]:
            found = self.lists.by_rule(rule)
            return (0, found.certain[party]) if party in found.certain else (1 if party in found.possible else 2, 0)

        return min(self.rules, key=rank, default=None)

    def stakes(self, party: str, rule: OwnershipRule | None = None) -> tuple[OwnerStake, ...]:
        """Return the stakes in a party: those that count under a rule, those that may, and those that do not."""
        found = self.lists.by_rule(rule) if rule else self.readings
        # Whom the other lists of a rule name counts as well.
        rows = [self._stake(stake, found) for stake in by_size(self.lists.stakes, party)]
        rows += [self._other(record) for record in self.lists.stakes.others.get(party, ())]
        return tuple(sorted(rows, key=lambda row: (YES, MAYBE, NO).index(row.counts)))

    def _stake(self, stake: Stake, found: Readings) -> OwnerStake:
        owner = self.named(stake.owner)
        if not stake.high:
            return self._row(stake, NO, f"{owner} holds nothing")
        if stake.owner not in found.possible:
            unrecorded = self.rules and self._is_without_owner(stake.owner)
            reason = f"{owner} is not covered" + (" as far as is recorded: no owner of it is" if unrecorded else "")
            return self._row(stake, NO, reason)
        if stake.owner not in found.certain:
            return self._row(stake, MAYBE, f"whether {owner} is covered cannot be told")
        if stake.low:
            return self._row(stake, YES, f"{owner} is covered")
        not_direct = any(record.direct is None for record in stake.records) and stake.high < WHOLE
        what = "whether it is held directly" if not_direct else "how much it is"
        return self._row(stake, MAYBE, f"{owner} is covered, and no record states {what}")

    def _row(self, stake: Stake, counts: str, reason: str) -> OwnerStake:
        return self._owner_stake(stake.owner, (stake.low, stake.high), counts, reason, stake.records)

    def _other(self, record: Ownership) -> OwnerStake:
        reason = _INTERESTS.get(record.interest_kind) if record.interest_kind else None
        reason = reason or "held through others, whose stakes count instead"
        high = record.share if record.share is not None else record.share_high
        return self._owner_stake(
            record.owner, (record.least_share or NOTHING, WHOLE if high is None else high), NO, reason, (record,)
        )

    def _owner_stake(
        self, owner: str, shares: tuple[Decimal, Decimal], counts: str, reason: str, records: Sequence[Ownership]
    ) -> OwnerStake:
        begins, ends = common_span((record.from_, record.until) for record in records)
        return OwnerStake(
            owner=owner,
            owner_label=label_of(self.records, owner),
            share_low=float(shares[0]),
            share_high=float(shares[1]),
            counts=counts,
            reason=reason,
            records=tuple(record.id for record in records),
            from_=begins,
            until=ends,
            evidence=cite((evidence for record in records for evidence in record.evidence), self.records),
        )

    def listings(self, party: str) -> tuple[Listing, ...]:
        """Return the entries of this list, and of those that count together with it, that name a party."""
        pool = {self.measure, *(measure for rule in self.rules for measure in rule.extends)}
        rows = [self._listing(d, d.measure, d) for d in self.designations.get(party, ()) if d.measure in pool]
        listed = {row.measure for row in rows}
        for iri in sorted(pool - listed):
            measure = self.records.get(iri)
            if isinstance(measure, Measure) and party in measure.applies_to:
                rows.append(self._listing(measure, iri, None))
        return tuple(sorted(rows, key=lambda row: (row.measure != self.measure, row.measure, row.record)))

    def _listing(self, record: Statement, measure: str, designation: Designation | None) -> Listing:
        return Listing(
            record=record.id,
            measure=measure,
            list_entry=designation.list_entry if designation else None,
            name_as_listed=designation.name_as_listed if designation else None,
            from_=record.from_,
            until=record.until,
            evidence=cite(record.evidence, self.records),
        )

    @cached_property
    def spans(self) -> Mapping[str, Span]:
        """The days on which everything holds on which a covered party is covered, by party."""
        spans: dict[str, Span] = {}
        for rule in (*self.rules, None):
            certain = self.lists.by_rule(rule).certain if rule else dict.fromkeys(self.lists.named.get(self.measure, ()), 0)
            found: dict[str, Span] = {}
            for party in sorted(certain, key=certain.__getitem__):
                if not certain[party]:
                    found[party] = widest_span((row.from_, row.until) for row in self.listings(party))
                    continue
                counting = [
                    s
                    for s in self.lists.stakes.by_owned[party]
                    if s.low and certain.get(s.owner, certain[party]) < certain[party]
                ]
                dates = [(record.from_, record.until) for stake in counting for record in stake.records]
                rule_span = [(rule.from_, rule.until)] if rule else []
                found[party] = common_span([*(found[stake.owner] for stake in counting), *dates, *rule_span])
            spans = found | spans
        return spans


def _entry_text(listing: Listing) -> str:
    parts = [f"entry {listing.list_entry}"] if listing.list_entry else []
    parts += [f"as {listing.name_as_listed}"] if listing.name_as_listed else []
    parts += [f"since {listing.from_}"] if listing.from_ else []
    return ", ".join(parts)


def _wholes(entity: str, records: Mapping[str, Record]) -> list[str]:
    """Return what an entity is part of, directly or through others, the nearest first."""
    found: dict[str, None] = {}
    queue = [entity]
    for iri in queue:
        record = records.get(iri)
        for whole in record.part_of if isinstance(record, Entity) else ():
            if whole not in found and whole != entity:
                found[whole] = None
                queue.append(whole)
    return list(found)


def by_party(designations: Iterable[Designation]) -> dict[str, list[Designation]]:
    """Return designations by the party that they name."""
    found: dict[str, list[Designation]] = defaultdict(list)
    for designation in designations:
        found[designation.designated].append(designation)
    return found


__all__ = ["MeasureList", "by_party"]
