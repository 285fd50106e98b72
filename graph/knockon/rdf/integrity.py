"""Check records against each other: unique ids, references to existing records of the right class, sums of shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from knockon.model import Document, Entity, Judgement, Shock, Statement
from knockon.model.validation_errors import Fault
from knockon.rdf.fold import fold
from knockon.rdf.ontology import known_iris, known_names
from knockon.rdf.references import (
    Draft,
    Reference,
    ReferenceChecker,
    SoundReferences,
    Violation,
    drafts_of,
    has_parts,
    parts_without_evidence,
    with_parts,
)
from knockon.rdf.sameness import MOST_SAME, Sameness, conflicts
from knockon.rdf.weight_rules import excess_holdings, excess_weights
from knockon.sparql.known_terms import unknown_terms
from knockon.sparql.projection import selected_variables
from knockon.sparql.size import TARGET
from knockon.sparql.validation import query_fault
from knockon.vocabulary import local_name, prefixed

#: The most target queries that are planned, which takes up to a twentieth of a second each; unknown functions in others are
#: reported when the query runs.
_MAX_PLANNED = 100
#: The most members of a cycle that a message names.
_MAX_LISTED = 10


def check(
    records: Sequence[Statement],
    known: Mapping[str, str] | None = None,
    *,
    complete: bool = True,
    drafts: Sequence[Draft] = (),
    one_data_set: bool = True,
) -> list[Violation]:
    """Return every violation between records.

    Parameters
    ----------
    records
        The records.
    known
        The IRIs of other existing records with the names of their classes, which
        are empty if they are not known.
    complete
        False if some records could not be read: then a reference to a missing
        record is not a fault.
    drafts
        Invalid records: references to them are valid, and their own references are checked.
    one_data_set
        False if the records are of several data sets, whose weights may add up to more than 1.

    Examples
    --------
    >>> from knockon.model import Company
    >>> acme = Company(id="urn:x:acme", label="Acme", partOf="urn:x:nobody")
    >>> [violation.fault.message for violation in check([acme])]
    ['partOf names nobody, which does not exist']
    """
    own = {draft.id: draft.cls for draft in drafts}
    different = len(own)
    for record in records:
        own[record.id] = record.rdf_class
        if has_parts(type(record)):
            for part in parts_without_evidence(record):
                own[part.id] = part.rdf_class
                different += 1
    different += len(records)
    # To ask whether there are any others may take reading all of them.
    others: Mapping[str, str] = {} if known is None else known
    sound = SoundReferences(own, known)
    doubtful = [record for record in records if not sound.include(record)]
    classes = own
    if doubtful or drafts:
        # That something is evidence is a reason to refuse it, too.
        evidence = {each.id: each.rdf_class for record in records for each in record.all_evidence()}
        classes = {**evidence, **others, **own}
    broken = {draft.id for draft in drafts} | {iri for iri, cls in classes.items() if not cls}
    checker = ReferenceChecker(classes, broken, complete)
    joint = chain(
        excess_holdings(records),
        excess_weights(records) if one_data_set else (),
        _cycles(records),
        _contradictions(records),
        _joined_entities(records),
    )
    return [
        # Mostly there are none: then each id has an entry of its own.
        *(_duplicates(records) if len(own) < different else ()),
        *checker.violations(chain(drafts_of(doubtful), drafts)),
        # Evidence was looked at with the references: seldom does any name a key.
        *(_keys_without_column(records) if sound.names_keys or doubtful else ()),
        *(violation._replace(joint=True) for violation in joint),
        *_invalid_queries(records),
    ]


def check_suspects(records: Sequence[Statement], doubtful: Sequence[Statement], classes: Mapping[str, str]) -> list[Violation]:
    """Return the violations that ``check`` finds in records of several data sets, given those of them that can have any.

    Parameters
    ----------
    records
        Every record that can have a violation, or is part of one, in the order of all: see ``Suspects``.
    doubtful
        Those of them whose references may not be sound.
    classes
        The classes of what these refer to, and of every record and part that may be suggested in place of a missing one.
    """
    return [
        *_duplicates(records),
        *ReferenceChecker(classes, (), complete=True).violations(drafts_of(doubtful)),
        *_keys_without_column(records),
        *(violation._replace(joint=True) for violation in _joint_violations(records)),
        *_invalid_queries(records),
    ]


def is_sound(records: Sequence[Statement], others: Mapping[str, str]) -> bool:
    """Return whether ``check`` finds nothing wrong with records among others; what is wrong is not looked for.

    Parameters
    ----------
    records
        The records.
    others
        The classes of other existing records, and of their parts, by IRI.
    """
    own = {part.id: part.rdf_class for record in records for part in (record, *parts_without_evidence(record))}
    sound = SoundReferences(own, others)
    if not all(map(sound.include, records)):
        return False
    keys = _keys_without_column(records) if sound.names_keys else ()
    found = chain(_duplicates(records), keys, _joint_violations(records), _invalid_queries(records))
    return next(found, None) is None


def _joint_violations(records: Sequence[Statement]) -> Iterator[Violation]:
    """Yield what is wrong with several records together, but for weights of one data set."""
    return chain(excess_holdings(records), _cycles(records), _contradictions(records), _joined_entities(records))


def _duplicates(records: Sequence[Statement]) -> Iterator[Violation]:
    """Yield duplicate ids of records, and of parts of different records."""
    ids = Counter(record.id for record in records)
    for iri, count in ids.items():
        if count > 1:
            yield Violation(iri, Fault((), f"{local_name(iri)} occurs {count} times", "each record needs an id of its own"))
    records_by_part: dict[str, str] = {}
    for record in records:
        for part in parts_without_evidence(record):
            other = part.id if part.id in ids else records_by_part.setdefault(part.id, record.id)
            if other != record.id:
                message = f"its part {local_name(part.id)} has the same name as {_owner_text(part.id, other)}"
                yield Violation(record.id, Fault((), message, "give one of the two records another id"))


def _owner_text(part: str, other: str) -> str:
    """Describe what has the id of a part already: a record (``other`` is the same id), or a part of the record ``other``."""
    return "a record" if part == other else f"a part of {local_name(other)}"


def _keys_without_column(records: Iterable[Statement]) -> Iterator[Violation]:
    """Yield the records whose evidence names a row by a key, in a document that does not state the column of keys."""
    documents = {record.id for record in records if isinstance(record, Document) and record.key_column is None}
    hint = "add keyColumn to the document: the column whose values are keys; or write row:5"
    for record in records if documents else ():
        # Most evidence is that of the record itself.
        for evidence in record.all_evidence() if has_parts(type(record)) else record.evidence:
            if evidence.key is not None and evidence.document in documents:
                message = (
                    f"evidence names key {evidence.key[:100]!r} of {local_name(evidence.document)}, which has no keyColumn"
                )
                yield Violation(record.id, Fault(("evidence",), message, hint), evidence.document)
                break


def _cycles(records: Iterable[Statement]) -> Iterator[Violation]:
    """Yield an entity of each cycle of ``partOf``."""
    # What is part of nothing closes no cycle.
    parents = {record.id: record.part_of for record in records if isinstance(record, Entity) and record.part_of}
    done: set[str] = set()
    for start, first in parents.items():
        # A depth-first search without recursion: an entity that is on the current path already closes a cycle.
        path, remaining = ([start], [iter(first)]) if start not in done else ([], [])
        positions = {iri: position for position, iri in enumerate(path)}
        while path:
            parent = next(remaining[-1], None)
            if parent is None:
                remaining.pop()
                del positions[path[-1]]
                done.add(path.pop())
            elif parent in positions:
                yield _cycle_violation(path[positions[parent] : positions[parent] + _MAX_LISTED])
            elif parent in parents and parent not in done:
                positions[parent] = len(path)
                path.append(parent)
                remaining.append(iter(parents[parent]))


def _cycle_violation(cycle: Sequence[str]) -> Violation:
    through = ", ".join(local_name(iri) for iri in cycle[1:])
    message = f"{local_name(cycle[0])} is part of itself" + (f", through {through}" if through else "")
    return Violation(cycle[0], Fault(("partOf",), message))


def _contradictions(records: Iterable[Statement]) -> Iterator[Violation]:
    """Yield the judgements that two entities are different although others, or identifiers, make them the same."""
    for conflict in conflicts(records):
        hint = "correct one of these judgements or identifiers; `Different` for two entities beats their identifiers"
        yield Violation(conflict.judgement, Fault(("verdict",), conflict.message, hint))


def _joined_entities(records: Sequence[Statement]) -> Iterator[Violation]:
    """Yield entities with too many IRIs, and the cycles of ``partOf`` that exist only because entities are the same."""
    same = Sameness.of(records)
    for group in same.groups:
        if len(group) > MOST_SAME:
            message = f"is the same as {len(group) - 1:,} other IRIs; at most {MOST_SAME} may be one entity"
            hint = "look for an identifier or a list entry that many records state, or for judgements that join too much"
            yield _of_group(group, records, Fault((), message, hint))
    if not same or any(_cycles(records)):
        return
    for record, fault, *_ in _cycles(fold([record for record in records if isinstance(record, Entity)], same)):
        message = f"{fault.message}, where {_same_text(same)}"
        group = next((group for group in same.groups if record in group), (record,))
        yield _of_group(group, records, Fault(fault.path, message, "correct a judgement, an identifier or partOf"))


def _of_group(group: Sequence[str], records: Iterable[Statement], fault: Fault) -> Violation:
    """Return the violation of an entity that has several IRIs: of one that is declared here, else of what joins them here."""
    members = set(group)
    own = [record for record in records if record.id in members]
    if own:
        return Violation(min(record.id for record in own), fault)
    joining = (record for record in records if isinstance(record, Judgement) and not members.isdisjoint(record.entity))
    judgement = min(joining, key=lambda record: record.id)
    return Violation(judgement.id, Fault((), f"{local_name(group[0])} {fault.message}", fault.hint))


def _same_text(same: Sameness) -> str:
    """Say which entities are the same."""
    groups = [" and ".join(map(prefixed, group[:_MAX_LISTED])) for group in same.groups[:_MAX_LISTED]]
    return f"{'; '.join(groups)}{' ...' if len(same.groups) > _MAX_LISTED else ''} are the same"


def _invalid_queries(records: Iterable[Statement]) -> Iterator[Violation]:
    """Yield the target queries that are invalid."""
    faults: dict[str, str] = {}
    for record in records:
        for hit in record.hit if isinstance(record, Shock) else ():
            query = hit.target_query
            if query is None:
                continue
            if query not in faults:
                faults[query] = _target_query_fault(query, parsed_only=len(faults) >= _MAX_PLANNED)
            if faults[query]:
                yield Violation(record.id, Fault(("hit", "targetQuery"), f"targetQuery: {faults[query]}"), query)


def _target_query_fault(text: str, *, parsed_only: bool) -> str:
    fault = query_fault(text, limits=TARGET, parsed_only=parsed_only)
    # Unlike a query that somebody types, a policy in data is refused: nobody would read a hint each time that it runs.
    if fault := fault or next(unknown_terms(text, known_iris().__contains__, known_names), ""):
        return fault
    return "" if "target" in selected_variables(text) else "must be a SELECT with a variable ?target"


__all__ = ["Draft", "Reference", "Violation", "check", "check_suspects", "is_sound", "with_parts"]
