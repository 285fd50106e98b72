"""Notices about the names in a data set: which were created, merged, linked to other data sets, or look alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

from knockon.authoring.dataset_yaml import Description
from knockon.authoring.known_names import KnownNames
from knockon.authoring.look_alikes import ListedNames, LookAlikes, Name, look_alikes, look_alikes_of
from knockon.authoring.records import RecordBuilder
from knockon.bundled import data_set_names
from knockon.errors import Notice, Problem, shortened
from knockon.model import DataSet, Entity, Judgement, Statement
from knockon.model.look_alike_keys import spelling_key
from knockon.model.validation_errors import did_you_mean
from knockon.rdf.plain_records import PlainRecords, record_objects
from knockon.rdf.sameness import Sameness
from knockon.store.kept_labels import Labelled
from knockon.store.kept_records import KeptDataSet
from knockon.vocabulary import Verdict, local_name, prefixed

_MAX_LISTED = 10
#: The number of look-alike groups that are listed where not all of them are asked for.
_MAX_UNLISTED = 3


def name_notices(builder: RecordBuilder, elsewhere: KnownNames, earlier: KnownNames) -> Iterator[Notice]:
    """Yield the notices on the names of one data set, given the names of all others and of those loaded before."""
    file = builder.description.file
    yield from _created_notice(builder, file)
    yield from _merged_notice(builder, file)
    yield from _linked_notice(builder, elsewhere, file)
    yield from _joined_notice(builder, earlier, file)


def missing_uses(description: Description, loaded: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each data set that is used but not loaded, with what to load."""
    for name in description.uses:
        if name not in loaded:
            suggestion = did_you_mean(name, {*loaded, *data_set_names()} - {description.info.short_name, name})
            hint = (
                suggestion
                or f"load the files of {name} first, or in one command: knockon load FILES {description.file} --store STORE"
            )
            yield Problem(description.file, description.line, f"uses {name!r}, which is not loaded", hint)


def look_alike_notice(
    data_sets: Sequence[DataSet], new: Collection[str] | None = None, *, listed: bool = True
) -> Iterator[Notice]:
    """Yield at most one notice on names of different entities that look alike.

    Parameters
    ----------
    data_sets
        The data sets whose names are compared.
    new
        The IRIs of the data sets to check: groups of names that are all in other data sets are skipped.
    listed
        Whether to list all groups, or only the first few.
    """
    if new is None or all(data_set.info.id in new for data_set in data_sets):
        alike = look_alikes(_names_to_compare(data_sets))
    else:
        chosen = [data_set for data_set in data_sets if data_set.info.id in new]
        alike = look_alikes_of(
            _StoredNames(data_sets), {name.iri for data_set in chosen for name in _names_of(data_set.records)}
        )
    if groups := _undecided(alike, data_sets):
        file = data_sets[0].info.short_name if len(data_sets) == 1 else "names"
        count = "1 group of names looks" if len(groups) == 1 else f"{len(groups):,} groups of names look"
        message = f"{count} alike and {'is' if len(groups) == 1 else 'are'} kept apart"
        complete = listed or len(groups) <= _MAX_UNLISTED + 1
        hint = "spell names that mean the same thing identically" + (
            "" if complete else "; `knockon validate` on the store lists all"
        )
        yield Notice(file, None, f"{message}: {'; '.join(shortened(groups, 100 if listed else _MAX_UNLISTED))}", hint)


def _names_of(records: Sequence[Statement]) -> Iterator[Name]:
    """Yield the names of all entities among records."""
    if isinstance(records, KeptDataSet):
        yield from _names_in(records.labels(Entity))
        return
    for plain in records.entities if isinstance(records, PlainRecords) else ():
        yield from (Name(text, plain.id, plain.cls, is_label=text == plain.label) for text in (plain.label, *plain.other_names))
    for record in record_objects(records):
        if isinstance(record, Entity):
            for text in (record.label, *record.alt_label):
                yield Name(text, record.id, record.rdf_class, is_label=text == record.label)


def _names_to_compare(data_sets: Sequence[DataSet]) -> Iterator[Name]:
    """Yield the names of the entities in data sets; of all that a store keeps those alone that share a key with another."""
    kept = [data_set.records for data_set in data_sets if isinstance(data_set.records, KeptDataSet)]
    if kept and len(kept) == len(data_sets) and {each.number for each in kept} == {*kept[0].store.data_set_numbers.values()}:
        iris = kept[0].store.iris_sharing_keys()
        for records in kept:
            yield from _names_in(records.labels_of(iris, Entity))
        return
    for data_set in data_sets:
        yield from _names_of(data_set.records)


def _names_in(labels: Iterable[Labelled]) -> Iterator[Name]:
    for named in labels:
        for text in (named.label, *named.other_names):
            yield Name(text, named.iri, named.cls, is_label=text == named.label)


class _StoredNames:
    """The names in some data sets, of which those that a store keeps are found by their keys.

    Parameters
    ----------
    data_sets
        The data sets.
    """

    def __init__(self, data_sets: Iterable[DataSet]) -> None:
        records = [data_set.records for data_set in data_sets]
        self._kept = [each for each in records if isinstance(each, KeptDataSet)]
        others = (each for each in records if not isinstance(each, KeptDataSet))
        self._listed = ListedNames(name for each in others for name in _names_of(each))

    def of(self, iris: Collection[str]) -> Iterator[Name]:
        """See Names."""
        yield from self._listed.of(iris)
        for records in self._kept:
            yield from _names_in(records.labels_of(iris, Entity))

    def sharing(self, keys: Collection[str]) -> Iterator[Name]:
        """See Names."""
        yield from self._listed.sharing(keys)
        for records in self._kept:
            # One table has the keys of all data sets of a store.
            iris = records.store.iris_alike(keys)
            yield from _names_in(records.labels_of(iris, Entity))


def _undecided(groups: Sequence[LookAlikes], data_sets: Iterable[DataSet]) -> list[LookAlikes]:
    """Return the groups with a pair of entities of which neither a judgement nor an identifier says whether they are one."""
    if not groups:
        return []
    records = [record for data_set in data_sets for record in _telling(data_set.records)]
    same = Sameness.of(records)
    different = {record.entity for record in records if isinstance(record, Judgement) and record.verdict is Verdict.DIFFERENT}

    def is_decided(pair: tuple[str, ...]) -> bool:
        return same.shown(pair[0]) == same.shown(pair[1]) or pair in different

    return [group for group in groups if not all(map(is_decided, combinations(sorted(group.iris), 2)))]


def _telling(records: Sequence[Statement]) -> Sequence[Statement]:
    """Return the records that may say whether entities are the same: plain records do not."""
    return records.telling_same if isinstance(records, KeptDataSet) else record_objects(records)


def _created_notice(builder: RecordBuilder, file: str) -> Iterator[Notice]:
    """Report undeclared names in a data set that declares others: one of them may be a mistake."""
    if builder.created and builder.declares_entities():
        labels = builder.entity_labels()
        names = sorted(labels.get(iri, local_name(iri)) for iri in builder.created)
        became = "is not declared and became an entity" if len(names) == 1 else "are not declared and became entities"
        hint = "`strict: true` in dataset.yaml refuses names that are not declared"
        yield Notice(file, None, f"{_count_noun(names, 'name')} {became}: {_listed(names)}", hint)


def _merged_notice(builder: RecordBuilder, file: str) -> Iterator[Notice]:
    """Report spellings that were read as one name, together with similar names."""
    merged = set(builder.implied.merged())
    spellings = {full: list(texts) for full, texts in builder.implied.spellings()} if merged else {}
    keys = {spelling_key(text) for full in merged for text in spellings[full]}
    alike = {full for full, texts in spellings.items() if full in merged or any(spelling_key(text) in keys for text in texts)}
    if merged:
        count = sum(len(spellings[full]) for full in alike)
        groups = [f"{local_name(full)} ({', '.join(sorted(spellings[full]))})" for full in sorted(alike)]
        where, line = min(map(builder.implied.first_place, merged))
        message = f"{count:,} spellings taken as {_count_noun(groups, 'name')}: {_listed(groups, '; ')}"
        yield Notice(where or file, line, message, "--exact-names keeps them apart")


def _linked_notice(builder: RecordBuilder, elsewhere: KnownNames, file: str) -> Iterator[Notice]:
    """Report names that were found in the data sets that this one uses."""
    links = builder.resolver.links
    by_set: dict[str, list[str]] = defaultdict(list)
    for name, full in sorted(links.items()):
        short = next((name for name in elsewhere.data_sets_of(full) if name in builder.description.uses), "")
        by_set[short].append(prefixed(full) if name == local_name(full) else f"{name} = {prefixed(full)}")
    for short, names in sorted(by_set.items()):
        yield Notice(file, None, f"{_count_noun(names, 'name')} found in {short}: {_listed(names)}")


def _joined_notice(builder: RecordBuilder, elsewhere: KnownNames, file: str) -> Iterator[Notice]:
    """Report names under the base of the data set that other data sets contain too."""
    named = {iri for iri in builder.entity_labels().keys() | builder.resolver.named if elsewhere.has_entity(iri)}
    names = [
        f"{local_name(iri)}: also in {', '.join(elsewhere.data_sets_of(iri))}"
        for iri in sorted(named)
        if iri.startswith(builder.base)
    ]
    if names:
        yield Notice(file, None, f"{_count_noun(names, 'name')} joined other data sets: {_listed(names, '; ')}")


def _count_noun(items: Sequence[str], noun: str) -> str:
    return f"{len(items):,} {noun}{'s' if len(items) != 1 else ''}"


def _listed(items: Sequence[str], separator: str = ", ") -> str:
    return separator.join(shortened(items, _MAX_LISTED))
