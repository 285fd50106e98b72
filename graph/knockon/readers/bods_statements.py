"""The statements of the Beneficial Ownership Data Standard (BODS 0.4) that files have of each record, and which is the last."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knockon.readers.bods_before_04 import EarlierStatements
from knockon.readers.bods_versions import VERSION, Order, Version, interests_of
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.json_object import JsonObject, WrongForm
from knockon.readers.json_stream import MAX_VALUE, json_values
from knockon.readers.record_drafts import Place

_RECORD = re.compile(r'"recordId"\s*:\s*"([^"\\]+)"')
#: A letter that is written as its code, as one of the name of a field might be.
_ESCAPED_LETTER = re.compile(r"\\u00[4-7]")


class Statements:
    """The last statement of each record, the versions of each relationship, and the licence of each file.

    Statements have the numbers in which they are read, from 1; those of another form are ``faulty``. Where each record has one
    statement, which a look at the text tells, nothing is read in advance.
    """

    def __init__(self, files: Sequence[ForeignFile], earlier: EarlierStatements) -> None:
        #: The number of the last statement of each record.
        self.last: dict[str, int] = {}
        self.faulty: dict[int, str] = {}
        self.versions: dict[str, list[Version]] = {}
        self.licenses: dict[str, str] = {}
        # By their numbers. There is one for each statement, and days repeat: each is kept once.
        self._days: list[tuple[str, str]] = [("", "")]
        self._equal: dict[tuple[str, str], tuple[str, str]] = {}
        licensed = licensed_if_each_once(files)
        self._each_once = licensed is not None
        number = 0
        for file in files if licensed is None else [file for file in files if file.name in licensed]:
            for place, value in json_values(file, ""):
                if self._each_once and file.name in self.licenses:
                    break
                number += 1
                self._days.append(("", ""))
                try:
                    self._note(JsonObject(earlier.upgraded(value)), number, file.name, place)
                except WrongForm as error:
                    self.faulty[number] = str(error)
        if self._each_once:
            self.faulty.clear()

    def is_last(self, statement: JsonObject, number: int, file: str, place: Place) -> bool:
        """Return whether a statement is the last one of its record.

        Raises
        ------
        WrongForm
            It is no statement of this version, or its interests have another form.
        """
        if self._each_once:
            self.versions.clear()
            self._note(statement, number, file, place)
            return True
        return self.last[statement.text("recordId")] == number

    def _note(self, statement: JsonObject, number: int, file: str, place: Place) -> None:
        record, published = statement.text("recordId"), statement.child("publicationDetails")
        days = days_of(statement, published, record)
        if not self._each_once:
            days = self._days[number] = self._equal.setdefault(days, days)
            before = self.last.get(record)
            if before is None or (self._days[before], before) < (days, number):
                self.last[record] = number
        if license_ := published.text("license"):
            self.licenses.setdefault(file, license_)
        if statement.text("recordType") == "relationship":
            interests = tuple(interests_of(statement.child("recordDetails")))
            self.versions.setdefault(record, []).append(Version(Order(*days, number), interests, file, place))


def days_of(statement: JsonObject, published: JsonObject, record: str) -> tuple[str, str]:
    """Return the days on which a statement was made and published, after a check of its version and record."""
    version = published.text("bodsVersion")
    if version and version != VERSION and version.split(".")[:2] != VERSION.split("."):
        raise WrongForm(f"is a statement of BODS {version[:20]}; this reader knows 0.1 to {VERSION}")
    if not record:
        raise WrongForm("has no recordId")
    return statement.text("statementDate"), published.text("publicationDate")


def licensed_if_each_once(files: Sequence[ForeignFile]) -> set[str] | None:
    """Return the files that may state a licence, if each line is the only statement of a record; None if that is not certain.

    Nothing is decoded: a line that does not name one record, once and in plain letters, is not certain.
    """
    seen: set[str] = set()
    licensed = set()
    for file in files:
        with file.open_text(keeps_zeros=True) as stream:
            for line in stream.lines(MAX_VALUE + 1):
                if line.isspace():
                    continue
                match = _RECORD.search(line) if line.count('"recordId"') == 1 else None
                record = match[1].strip() if match else ""
                if not record or record in seen or ("\\u00" in line and _ESCAPED_LETTER.search(line)):
                    return None
                seen.add(record)
                if '"license"' in line:
                    licensed.add(file.name)
    return licensed


__all__ = ["Statements", "licensed_if_each_once"]
