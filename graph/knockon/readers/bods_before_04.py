"""Statements of the Beneficial Ownership Data Standard before 0.4 (0.1 to 0.3), in the form of 0.4.

https://standard.openownership.org/en/0.3.0/ , https://standard.openownership.org/en/0.2.0/

There, statements name each other, and a later one says which it replaces; in 0.4 they are about records, which keep
their ids. The record of a statement is here the first statement of those that replace each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from knockon.readers.bods_versions import VERSION
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.json_object import JsonObject, WrongForm
from knockon.readers.json_stream import json_values
from knockon.readers.registry import Head

_KINDS = {
    "entityStatement": "entity", "personStatement": "person", "ownershipOrControlStatement": "relationship",
}  # fmt: skip
#: Types of interests that are named otherwise than by the same words.
_INTERESTS = {
    "settlor-of-trust": "settlor", "trustee-of-trust": "trustee", "protector-of-trust": "protector",
    "beneficiary-of-trust": "beneficiaryOfLegalArrangement", "other-influence-or-control-of-trust": "otherInfluenceOrControl",
    "influence-or-control": "otherInfluenceOrControl", "rights-to-surplus-assets": "rightsToSurplusAssetsOnDissolution",
}  # fmt: skip
#: The versions with this form, and none: 0.1 to 0.3 need not state theirs.
_VERSIONS = frozenset({"", "0.1", "0.2", "0.3"})
_PARTIES = ("describedByEntityStatement", "describedByPersonStatement")
#: The most statements of which each replaces the one before.
_LONGEST = 10_000


class EarlierStatements:
    """Statements of several files by what they replace.

    >>> earlier = EarlierStatements({"s2": ["s1"]})
    >>> statement = {"statementID": "s2", "statementType": "personStatement", "personType": "unknownPerson"}
    >>> upgraded = earlier.upgraded(statement)
    >>> upgraded["recordId"], upgraded["recordType"], upgraded["recordDetails"]["personType"]
    ('s1', 'person', 'unknownPerson')
    """

    def __init__(self, replaced: Mapping[str, Sequence[str]]) -> None:
        self._replaced = replaced

    @classmethod
    def of(cls, files: Iterable[ForeignFile]) -> EarlierStatements:
        """Read what the statements of files replace; files of 0.4 have none of these, and are not read."""
        replaced: dict[str, Sequence[str]] = {}
        for file in files:
            first = Head(file).first_json
            if isinstance(first, dict) and "statementType" in first:
                for _, value in json_values(file, ""):
                    if isinstance(value, dict) and isinstance(others := value.get("replacesStatements"), list) and others:
                        replaced[str(value.get("statementID"))] = sorted(map(str, others))
        return cls(replaced)

    def upgraded(self, value: object) -> Any:
        """Return a statement in the form of 0.4; a value that is none of an earlier version unchanged.

        Raises
        ------
        WrongForm
            A part of it has another form.
        """
        if not isinstance(value, dict) or "statementType" not in value:
            return value
        statement = JsonObject(value)
        kind = _KINDS.get(statement.text("statementType"))
        if kind is None:
            raise WrongForm(f"statementType {statement.text('statementType')[:50]!r} is not one of {', '.join(_KINDS)}")
        if not statement.text("statementID"):
            raise WrongForm("has no statementID")
        publication = dict(statement.child("publicationDetails").values)
        if statement.child("publicationDetails").text("bodsVersion")[:3] in _VERSIONS:
            publication["bodsVersion"] = VERSION  # one that is later stays, and the statement is rejected for it
        details = {"entity": _entity, "person": _person, "relationship": self._relationship}[kind](statement)
        return {
            "statementId": statement.text("statementID"), "recordId": self._record(statement.text("statementID")),
            "recordType": kind, "recordStatus": "new", "statementDate": value.get("statementDate"),
            "publicationDetails": publication, "recordDetails": details,
        }  # fmt: skip

    def _record(self, statement: str) -> str:
        """Return the first of the statements that replace each other; of a circle its least id."""
        seen = [statement]
        while (before := self._replaced.get(seen[-1])) and before[0] not in seen and len(seen) < _LONGEST:
            seen.append(before[0])
        circle = seen[seen.index(before[0]) :] if before and before[0] in seen else []
        return min(circle, default=seen[-1])

    def _relationship(self, statement: JsonObject) -> dict[str, Any]:
        components = statement.values.get("componentStatementIDs")
        return {
            "subject": self._party(statement, "subject"), "interestedParty": self._party(statement, "interestedParty"),
            "interests": [_interest(interest) for interest in statement.children("interests")],
            "componentRecords": components if isinstance(components, list) else None,
        }  # fmt: skip

    def _party(self, statement: JsonObject, end: str) -> str | dict[str, Any]:
        """Return the record of a party, or why there is none."""
        party = statement.child(end)
        if named := next(filter(None, map(party.text, _PARTIES)), ""):
            return self._record(named)
        unspecified = party.child("unspecified")
        return {"reason": unspecified.text("reason") or "unknown", "description": unspecified.text("description")}


def _entity(statement: JsonObject) -> dict[str, Any]:
    values, kind = statement.values, statement.values.get("entityType")
    return {
        **values, "entityType": kind if isinstance(kind, dict) else {"type": statement.text("entityType")},
        "jurisdiction": values.get("jurisdiction") or values.get("incorporatedInJurisdiction"),
        "unspecifiedEntityDetails": _unspecified(statement, "unspecifiedEntityDetails"),
    }  # fmt: skip


def _person(statement: JsonObject) -> dict[str, Any]:
    names = [{**name.values, "type": "legal"} if name.text("type") == "individual" else name.values
             for name in statement.children("names")]  # fmt: skip
    unspecified = _unspecified(statement, "unspecifiedPersonDetails")
    return {**statement.values, "names": names, "unspecifiedPersonDetails": unspecified}


def _unspecified(statement: JsonObject, field: str) -> Any:
    """Return why a party is not named: 0.1 and 0.2 have it as one text."""
    reason = statement.text("missingInfoReason")
    return statement.values.get(field) or ({"description": reason} if reason else None)


def _interest(interest: JsonObject) -> dict[str, Any]:
    kind = interest.text("type")
    words = kind.split("-")
    same_words = words[0] + "".join(word.capitalize() for word in words[1:])
    level = interest.text("directOrIndirect") or interest.text("interestLevel")
    return {**interest.values, "type": _INTERESTS.get(kind, same_words), "directOrIndirect": level}


__all__ = ["EarlierStatements"]
