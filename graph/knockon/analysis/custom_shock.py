"""A shock that a caller describes by what it hits and how hard, beside the shocks of the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knockon.analysis.labels import label_of, name_of
from knockon.errors import UsageError
from knockon.model import Dependency, Measure, Provision, Record, Shock, Statement, Supply
from knockon.model.base import digest
from knockon.vocabulary import COVERED_BY, Interval, Level, interval

#: What the IRI of a shock that a caller describes starts with; a digest of its hits follows.
GIVEN = "urn:knockon:shock:"
#: The most targets that a title names, and the most characters of each name.
_NAMED, _LETTERS = 3, 80
#: From this point of its severity on, what is hit fails; below, it loses a part.
_FAILS = 0.9


#: What a blocking list hits: the supplies and provisions whose provider is, or is part of, a party that it covers.
_LIST_QUERY = """\
SELECT DISTINCT ?target WHERE {{
  ?party ko:coveredBy <{measure}> .
  ?provider ko:partOf* ?party .
  ?target ko:provider ?provider .
  {{ ?target a ko:Supply }} UNION {{ ?target a ko:Provision }}
}}"""


def custom_shock(
    hits: Sequence[tuple[Statement, str]],
    records: Mapping[str, Record] | None = None,
    lists: Sequence[tuple[Measure, str]] = (),
) -> Shock:
    """Return a shock that hits some records, each with a severity as typed: a word, or a number in 0..1.

    Parameters
    ----------
    hits
        The targets with their severities.
    records
        Records by IRI, for the names in the title of the shock; None: those of the targets.
    lists
        Measures with severities: what their lists cover no longer supplies or provides anything. The target is a query, so it
        sees who is covered on the day and in the world of the question.

    Raises
    ------
    UsageError
        There is no hit, a record is hit twice, or a severity is neither a word of the vocabulary nor a number in 0..1.

    Examples
    --------
    >>> from knockon.model import Company
    >>> custom_shock([(Company(id="urn:x:acme", label="Acme"), "high")]).label
    'Acme loses 60–90%'
    """
    fields = [{"target": target.id, **_severity_fields(severity)} for target, severity in hits]
    fields += [
        {"targetQuery": _LIST_QUERY.format(measure=measure.id), **_severity_fields(severity)} for measure, severity in lists
    ]
    if not fields:
        raise UsageError("name a shock, or at least one thing to hit")
    text = ", ".join(f"{target.name} = {severity}" for target, severity in hits)
    text = ", ".join(filter(None, (text, *(f"{COVERED_BY}{measure.name} = {severity}" for measure, severity in lists))))
    if len({hit.get("target") or hit["targetQuery"] for hit in fields}) < len(fields):
        raise UsageError(f"the same thing is hit twice: {text}")
    # A shock of lists alone hits nothing on a day on which none of them holds, and says so.
    basis = [] if hits else [measure.id for measure, _ in lists]
    shock = Shock.model_validate({"id": f"{GIVEN}{digest(text)}", "label": "-", "hit": fields, "legalBasis": basis})
    known = {target.id: target for target, _ in hits} if records is None else records
    severities = {hit.target or hit.target_query: hit.interval for hit in shock.hit}
    titles = [hit_title([(target, severities[target.id]) for target, _ in hits], known)] if hits else []
    for measure, _ in lists:
        amount = _percent(severities[_LIST_QUERY.format(measure=measure.id)])
        titles.append(f"What {_short(label_of(known, measure.id))} covers no longer supplies ({amount})")
    return shock.model_copy(update={"label": "; ".join(titles)})


def shock_name(shock: Shock) -> str:
    """Return the name of a shock in messages: its label in quotation marks.

    Examples
    --------
    >>> from knockon.model import Company
    >>> print(shock_name(custom_shock([(Company(id="urn:x:acme", label="Acme"), "high")])))
    'Acme loses 60–90%'
    """
    return f"'{name_of({shock.id: shock}, shock.id)}'"


def hit_title(hits: Sequence[tuple[Statement, Interval]], records: Mapping[str, Record]) -> str:
    """Return the title of a shock that consists of some hits.

    Parameters
    ----------
    hits
        What is hit, and by how much (0..1).
    records
        Records by IRI, for names.

    Examples
    --------
    >>> from knockon.model import Company
    >>> acme, byte = Company(id="urn:x:acme", label="Acme"), Company(id="urn:x:byte", label="Byte")
    >>> hit_title([(acme, Interval(0.9, 1.0, 1.0)), (byte, Interval(0.9, 1.0, 1.0))], {acme.id: acme, byte.id: byte})
    'Acme and Byte fail (90–100%)'
    >>> hit_title([(acme, Interval(0.3, 0.3, 0.3)), (byte, Interval(1.0, 1.0, 1.0))], {acme.id: acme, byte.id: byte})
    'Acme loses 30%; Byte fails (100%)'
    """
    groups: dict[tuple[bool, Interval], list[str]] = {}
    for target, severity in hits[:_NAMED]:
        is_link = isinstance(target, Dependency | Supply | Provision)
        groups.setdefault((is_link, severity), []).append(_short(name_of(records, target.id)))
    phrases = [_phrase(names, severity, is_link=is_link) for (is_link, severity), names in groups.items()]
    more = len(hits) - _NAMED
    title = "; ".join([*phrases, *([f"{more} more {'is' if more == 1 else 'are'} hit"] if more > 0 else [])])
    return title[:1].upper() + title[1:] if isinstance(hits[0][0], Dependency | Supply | Provision) else title


def _phrase(names: Sequence[str], severity: Interval, *, is_link: bool) -> str:
    """Return what happens to targets that are hit alike."""
    subject = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    amount, one = _percent(severity), len(names) == 1
    if severity.high <= 0:
        return f"{subject} {'loses' if one else 'lose'} nothing"
    if is_link:
        return f"{subject} {'is' if one else 'are'} cut by {amount}"
    if severity.point >= _FAILS:
        return f"{subject} {'fails' if one else 'fail'} ({amount})"
    return f"{subject} {'loses' if one else 'lose'} {amount}"


def _percent(severity: Interval) -> str:
    """Return a severity in percent, with both ends where they differ, as pages and reports write losses."""
    low, high = f"{severity.low * 100:.3g}", f"{severity.high * 100:.3g}"
    return f"{high}%" if low == high else f"{low}–{high}%"


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1].rstrip()}…"


def severity_interval(text: str) -> Interval:
    """Return the low end, the point and the high end (0..1) of a severity as typed: a word, or a number in 0..1.

    Raises
    ------
    UsageError
        It is neither.

    Examples
    --------
    >>> severity_interval("high"), severity_interval("0.5").point
    (Interval(low=0.6, point=0.75, high=0.9), 0.5)
    """
    fields = _severity_fields(text)
    number = fields.get("severityValue")
    return interval(fields.get("severity"), None if number is None else float(number))


def _severity_fields(text: str) -> dict[str, str]:
    """Return the property of a hit that holds a severity: ``severity`` for a word, ``severityValue`` for a number."""
    for level in Level:
        if text.strip().lower() in (level.lower(), "total" if level is Level.ESSENTIAL else level.lower()):
            return {"severity": level}
    try:
        number = float(text)
    except ValueError:
        words = ", ".join(level.lower() for level in Level)
        raise UsageError(f"{text!r} is not a severity; use one of {words}, or a number in 0..1") from None
    if not 0 <= number <= 1:
        raise UsageError(f"a severity must be in 0..1, not {text}")
    return {"severityValue": text.strip()}


__all__ = ["GIVEN", "custom_shock", "hit_title", "severity_interval", "shock_name"]
