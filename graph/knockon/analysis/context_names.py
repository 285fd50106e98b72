"""The records that names in a question mean: shocks, entities and measures by IRI, local name or label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from knockon.analysis.context_records import ContextRecords
from knockon.analysis.custom_shock import custom_shock
from knockon.errors import NotFound
from knockon.model import Measure, Shock, Statement
from knockon.model.dates import absence_text
from knockon.model.records import Records
from knockon.query.names import WrongClass, find
from knockon.rdf.fold import fold
from knockon.suggested_command import suggested
from knockon.vocabulary import COVERED_BY, local_name


class ContextNames(ContextRecords):
    """The records of a context by the names that people type."""

    def shock(self, name: str) -> Shock:
        """Return a shock by IRI, local name or label.

        Raises
        ------
        NotFound
            There is no such shock; the message has the nearest names.
        """
        shock = self._find(name, "Shock", what="shock")
        assert isinstance(shock, Shock)  # noqa: S101 - the search was limited to this class
        return shock

    def entity(self, name: str) -> Statement:
        """Return an entity or measure by IRI, local name or label.

        Raises
        ------
        NotFound
            There is no such record; the message has the nearest names, or says why the record does not hold on the day.
        """
        return self._find(name, "Entity", "Measure")

    def _find(self, name: str, *classes: str, what: str = "", parts: bool = False) -> Statement:
        """Return the record of some classes with a name; the error for one that does not hold on the day gives the reason."""
        name = self._shown_name(name)
        try:
            return find(self.statements, name, *classes, what=what, parts=parts)
        except NotFound:
            day = self.options.record_filter.as_of
            if day is None or not self.world.absent:
                raise
            record = find(self.base_statements, name, *classes, what=what, parts=True)
            reason = absence_text(record, day) or "the record that it is part of does not hold"
            hint = f"as of {day}: {reason} (name another day with as-of, or all)"
            raise NotFound(what or classes[0].lower(), name, hint=hint) from None

    def find_iri(self, name: str, nodes: Iterable[str] = ()) -> str:
        """Return the IRI of an entity or measure by any of its names, in this world or outside it.

        Parameters
        ----------
        name
            The IRI, local name or label.
        nodes
            Further IRIs that may have the name, such as the nodes of a network.

        Raises
        ------
        NotFound
            Nothing has the name; the message has the nearest names.
        """
        name = self._shown_name(name)
        try:
            return find(self._whole_records, name, "Entity", "Measure").id
        except NotFound:
            matches = sorted(iri for iri in nodes if name in (iri, local_name(iri)))
            if not matches:
                raise
            return matches[0]

    @cached_property
    def _whole_records(self) -> Records:
        """The records of all worlds and days, with what is the same in this world as one."""
        return fold(self.whole.records, self.same)

    def shock_from(self, hits: Sequence[tuple[str, str]]) -> Shock:
        """Return a shock made of the names of targets and severities (a word, or a number in 0..1), as typed.

        ``covered-by:NAME`` is what the list of a measure covers, by name or by ownership: the supplies and provisions of its
        parties.

        Raises
        ------
        NotFound
            There is no such target or measure.
        UsageError
            There is no hit, a target is hit twice, or a severity is neither a word of the vocabulary nor a number in 0..1.
        """
        classes = ("Entity", "Measure", "Dependency", "Supply", "Provision")
        named = [(name, severity) for name, severity in hits if not name.startswith(COVERED_BY)]
        targets = [(self._find(name, *classes, what="entity", parts=True), severity) for name, severity in named]
        lists = [
            (self.measure(name.removeprefix(COVERED_BY)), severity) for name, severity in hits if (name, severity) not in named
        ]
        return custom_shock(targets, self.base_records, lists)

    def measure(self, name: str) -> Measure:
        """Return a measure by IRI, local name or label, whether it holds on the day or not.

        Raises
        ------
        NotFound
            There is no such measure; the message has the nearest names, or says what else has the name.
        """
        try:
            record = find(self.base_statements, name, "Measure", what="measure")
        except WrongClass:
            raise
        except NotFound as error:
            raise NotFound("measure", name, error.nearest, f"({suggested('covered')} lists them)") from None
        assert isinstance(record, Measure)  # noqa: S101 - the search was limited to this class
        return record


__all__ = ["ContextNames"]
