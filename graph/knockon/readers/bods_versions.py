"""The versions of records in the Beneficial Ownership Data Standard (BODS 0.4), and when each interest was held."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from knockon.readers.json_object import JsonObject, WrongForm
from knockon.readers.record_drafts import Place

#: Statements of versions before 0.4 have other fields; those of later ones may have.
VERSION = "0.4"
#: The kind of each interest; None: the source does not say what is held, so that it may be a shareholding.
INTERESTS: dict[str, str | None] = {
    "": None, "unknownInterest": None, "unpublishedInterest": None,
    "shareholding": "Shareholding", "votingRights": "VotingRights", "appointmentOfBoard": "BoardControl",
    **dict.fromkeys((
        "otherInfluenceOrControl", "seniorManagingOfficial", "settlor", "trustee", "protector",
        "beneficiaryOfLegalArrangement", "rightsToSurplusAssetsOnDissolution", "rightsToProfitOrIncome",
        "rightsGrantedByContract", "conditionalRightsGrantedByContract", "controlViaCompanyRulesOrArticles",
        "controlByLegalFramework", "enjoymentAndUseOfAssets", "rightToProfitOrIncomeFromAssets", "nominee", "nominator",
    ), "OtherControl"),
}  # fmt: skip
#: A seat on a board is not the right to appoint it: a relation, not an interest.
SEATS = {"boardMember": "member of the board", "boardChair": "chair of the board"}


class Interest(NamedTuple):
    """What one party holds of another; ``name`` tells it from the others of its relationship."""

    name: str
    type: str
    direct: bool | None
    share: tuple[tuple[str, Decimal], ...]
    start: str | None
    end: str | None
    comment: str


class Order(NamedTuple):
    """What decides which statement of a record is the last."""

    stated: str
    published: str
    number: int


class Version(NamedTuple):
    """One statement of a relationship, and where it is written: the file and the place."""

    order: Order
    interests: tuple[Interest, ...]
    file: str
    place: Place


class Holding(NamedTuple):
    """An interest with one share, its first and last day, and the statement that gave it; ``current`` if none replaced it."""

    interest: Interest
    start: str | None
    end: str | None
    stated: Version
    current: bool


def interests_of(details: JsonObject) -> Iterator[Interest]:
    """Yield the interests of a relationship; one without any is of an unknown kind."""
    count: dict[str, int] = {}
    indirect = bool(details.values.get("componentRecords"))
    for item in details.children("interests") or [JsonObject({})]:
        kind, how, share = item.text("type"), item.text("directOrIndirect"), item.child("share")
        if kind not in INTERESTS and kind not in SEATS:
            raise WrongForm(f"{item.path}: {kind[:50]!r} is not a type of interest of BODS {VERSION}")
        direct = {"direct": True, "indirect": False}.get(how, False if indirect and not how else None)
        name = (kind or "unknownInterest") + ("-indirect" if direct is False else "")
        count[name] = count.get(name, 0) + 1
        owner = "beneficial ownership or control" if item.flag("beneficialOwnershipOrControl") else ""
        yield Interest(
            name if count[name] == 1 else f"{name}-{count[name]}", kind, direct, _share(share),
            day_of(item, "startDate"), day_of(item, "endDate"), "; ".join(filter(None, (item.text("details"), owner))),
        )  # fmt: skip


#: The field of each end of a range; of two numbers the first.
_BOUNDS = {"minimum": "shareLow", "exclusiveMinimum": "shareLow", "maximum": "shareHigh", "exclusiveMaximum": "shareHigh"}


def _share(share: JsonObject) -> tuple[tuple[str, Decimal], ...]:
    """Return the share, or its range, in 0..1; of a bound that is exclusive, the number."""
    if not share.values:
        return ()
    exact = share.number("exact")
    if exact is not None:
        return (("share", _hundredth(str(exact))),)
    bounds: dict[str, Decimal] = {}
    for name, field in _BOUNDS.items():
        if not isinstance(share.values.get(name), bool) and (number := share.number(name)) is not None:
            bounds.setdefault(field, _hundredth(str(number)))
    return tuple(bounds.items())


@lru_cache(maxsize=10_000)
def _hundredth(number: str) -> Decimal:
    return Decimal(number) / 100


def holdings(versions: Sequence[Version], *, closed: bool) -> Iterator[Holding]:
    """Yield the interests of a relationship, each share with the days on which it was held.

    Parameters
    ----------
    versions
        The statements of the relationship, the last one at the end.
    closed
        Whether that one ends the relationship.
    """
    if len(versions) == 1 and not closed:  # Nearly always.
        for only in versions[0].interests:
            last = _day_before(only.end, only.start) if only.end else None
            yield Holding(only, only.start, last, versions[0], current=True)
        return
    for name in dict.fromkeys(interest.name for version in versions for interest in version.interests):
        held: Interest | None = None
        source, since = versions[0], None
        for version in versions:
            stated = next((interest for interest in version.interests if interest.name == name), None)
            day = version.order.stated[:10]
            if held is not None and (stated is None or stated.share != held.share) and day:
                end = min(_day_before(held.end or day, since), _day_before(day, since))
                if since is None or since <= end:
                    yield Holding(held, since, end, source, current=False)
                since = day
            elif held is None and stated is not None:
                since = stated.start
            held, source = stated, version
        if held is not None:
            end_day = held.end or (source.order.stated[:10] if closed else None)
            start = max(filter(None, (since, held.start)), default=None)
            yield Holding(held, start, _day_before(end_day, start) if end_day else None, source, current=True)


def _day_before(day: str, since: str | None) -> str:
    """Return the day before one on which something is no longer held, but not before it began."""
    try:
        before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return day
    return max(before, since) if since and len(since) == len(before) else before


def day_of(item: JsonObject, name: str) -> str | None:
    """Return a date without its time of day; days repeat, and each is kept once."""
    if name not in item.values:
        return None
    day = item.text(name).partition("T")[0]
    return sys.intern(day) if day else None
