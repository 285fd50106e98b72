"""Whether a network is what was known before a day: each record by the day of its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from knockon.analysis.backtest.case import CASE, NETWORK, BacktestCase
from knockon.errors import InvalidData, Problem
from knockon.model import Document, Record, Shock
from knockon.vocabulary import DatePrecision, local_name


class KnownBefore(NamedTuple):
    """How many records of a network rest on evidence of before the day, on later accounts, and on an inference alone."""

    before: int
    later_accounts: int
    inferred: int


def check_evidence_dates(case: BacktestCase, records: Iterable[Record]) -> KnownBefore:
    """Check that each record with evidence was known on the day before the shock.

    A document counts by its day of issue (the last one that it may be), else by the day on which it was read. One of a later
    day, or without a day, is refused unless the case names it as a later account of what was so before.

    Raises
    ------
    InvalidData
        Records rest on undated or later evidence, or a later account is not a document; each is named.
    """
    records = tuple(records)
    documents = {record.id: record for record in records if isinstance(record, Document)}
    accounts = {iri for iri in documents if local_name(iri) in case.later_accounts}
    problems = [
        Problem(str(case.folder / CASE), None, f"later_accounts: no document {name[:60]!r} in the network")
        for name in case.later_accounts
        if name not in {local_name(iri) for iri in accounts}
    ]
    before = later = inferred = 0
    for record in records:
        # The shock is what happened, and a document is not evidence for itself.
        if isinstance(record, Document | Shock):
            continue
        cited = [documents[evidence.document] for evidence in getattr(record, "evidence", ()) if evidence.document in documents]
        late = [document for document in cited if document.id not in accounts and not _known_before(document, case.day)]
        if late:
            name, days = local_name(late[0].id), _day_of(late[0])
            fault = f"{local_name(record.id)} rests on {name}, {'which has no date' if days is None else f'of {days}'}"
            hint = f"it must be of before {case.day}; or name it in later_accounts, if it tells what was so before"
            problems.append(Problem(str(case.folder / NETWORK), None, fault, hint))
        elif not cited and not getattr(record, "inferred", False):
            if hasattr(record, "evidence") and _states_something(record):
                fault = f"{local_name(record.id)} has no evidence with a date"
                problems.append(Problem(str(case.folder / NETWORK), None, fault, "cite a document, or mark it as inferred"))
        elif not cited:
            inferred += 1
        elif any(document.id in accounts for document in cited):
            later += 1
        else:
            before += 1
    if problems:
        raise InvalidData(problems, "nothing was computed")
    return KnownBefore(before, later, inferred)


def _states_something(record: Record) -> bool:
    """Return whether a record is more than the description of the data set."""
    return type(record).__name__ != "DataSetInfo"


#: The months of a period whose first day is the date of a document.
_MONTHS = {DatePrecision.MONTH: 1, DatePrecision.SEASON: 3, DatePrecision.YEAR: 12}


def _day_of(document: Document) -> date | None:
    """Return the day of a document; where only a period is known, its last day."""
    first, months = document.issued, _MONTHS.get(document.date_precision or DatePrecision.DAY)
    if first is None or months is None:
        return first or document.retrieved
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1) - timedelta(days=1)


def _known_before(document: Document, day: date) -> bool:
    known = _day_of(document)
    return known is not None and known < day


__all__ = ["KnownBefore", "check_evidence_dates"]
