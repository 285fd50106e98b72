"""The days on which the network of a store changes."""

from __future__ import annotations

from knockon.model import Provision
from knockon.model.dates import Calendar
from knockon.model.records import Records
from knockon.network.provided import period_turns


def calendar_of(records: Records) -> Calendar:
    """Return the calendar of records: between two of its days the same records hold, and the same periods of provisions count.

    >>> from knockon.model import Provision
    >>> from knockon.model.records import ListedRecords
    >>> ns = "https://w3id.org/knockon/id/"
    >>> share = Provision(id=ns + "p", provider=ns + "asml", provided=ns + "euv", share="0.9", period="2024")
    >>> [day.isoformat() for day in calendar_of(ListedRecords([share])).turns]
    ['2024-01-01', '2024-12-31']
    """
    return Calendar(tuple(records.dated), period_turns(records.stating("period", Provision)))


__all__ = ["calendar_of"]
