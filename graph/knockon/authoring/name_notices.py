"""What to say of the names in a data set: which were made, merged, linked to other data sets, or look alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from knockon.authoring.dataset_yaml import Description
from knockon.authoring.known_names import KnownNames
from knockon.authoring.look_alikes import Name, look_alikes, spelling_key
from knockon.authoring.records import RecordBuilder
from knockon.bundled import data_set_names
from knockon.errors import Notice, Problem, shortened
from knockon.model import DataSet, Entity
from knockon.model.faults import did_you_mean
from knockon.vocabulary import local_name, prefixed

_SHOWN = 10
#: So many groups of names that look alike are named where they are not what was asked for.
_FEW = 3


def name_notices(builder: RecordBuilder, elsewhere: KnownNames, earlier: KnownNames) -> Iterator[Notice]:
    """The notices on the names of one data set; ``elsewhere`` are the names of all others, ``earlier`` those there before."""
    file = builder.description.file
    yield from _made(builder, file)
    yield from _merged(builder, file)
    yield from _linked(builder, elsewhere, file)
    yield from _joined(builder, earlier, file)


def missing_uses(description: Description, there: Collection[str]) -> Iterator[Problem]:
    """A problem for each data set that is used and is not there, with what to load."""
    for name in description.uses:
        if name not in there:
            near = did_you_mean(name, {*there, *data_set_names()} - {description.info.short_name, name})
            hint = (
                near
                or f"load the files of {name} first, or in one command: knockon load FILES {description.file} --store STORE"
            )
            yield Problem(description.file, description.line, f"uses {name!r}, which is not loaded", hint)


def look_alike_notice(
    data_sets: Sequence[DataSet], new: Collection[str] | None = None, *, listed: bool = True
) -> Iterator[Notice]:
    """One notice on names of different entities that look alike: all of them, or their number.

    Parameters
    ----------
    data_sets
        Those whose names are compared.
    new
        The IRIs of those that are looked at: a group of names that are all in others is passed over.
    listed
        Whether all groups are to be named, or only the first few.
    """
    names = [
        Name(text, record.id, record.rdf_class, is_label=text == record.label)
        for data_set in data_sets
        for record in data_set.records
        if isinstance(record, Entity)
        for text in (record.label, *record.alt_label)
    ]
    own = {one.id for data_set in data_sets if new is None or data_set.info.id in new for one in data_set.records}
    if groups := [group for group in look_alikes(names) if not own.isdisjoint(group.iris)]:
        file = data_sets[0].info.short_name if len(data_sets) == 1 else "names"
        count = "1 group of names looks" if len(groups) == 1 else f"{len(groups):,} groups of names look"
        message = f"{count} alike and {'is' if len(groups) == 1 else 'are'} kept apart"
        few = listed or len(groups) <= _FEW + 1
        hint = "spell names alike that mean one thing" + ("" if few else "; `knockon validate` on the store lists all")
        yield Notice(file, None, f"{message}: {'; '.join(shortened(groups, 100 if listed else _FEW))}", hint)


def _made(builder: RecordBuilder, file: str) -> Iterator[Notice]:
    """Names that nothing declares, where others are declared: one of them may be a slip."""
    if builder.made and builder.declares_entities():
        labels = {record.id: record.label for record in builder.records if isinstance(record, Entity)}
        names = sorted(labels.get(one, local_name(one)) for one in builder.made)
        became = "is not declared and became an entity" if len(names) == 1 else "are not declared and became entities"
        hint = "`strict: true` in dataset.yaml refuses names that are not declared"
        yield Notice(file, None, f"{_count(names, 'name')} {became}: {_listed(names)}", hint)


def _merged(builder: RecordBuilder, file: str) -> Iterator[Notice]:
    """Spellings that were taken as one name, with the names that look like theirs."""
    spellings = {full: list(texts) for full, texts in builder.implied.spellings.items()}
    merged = {full for full, texts in spellings.items() if len(texts) > 1}
    keys = {spelling_key(text) for full in merged for text in spellings[full]}
    alike = {full for full, texts in spellings.items() if full in merged or any(spelling_key(text) in keys for text in texts)}
    if merged:
        count = sum(len(spellings[full]) for full in alike)
        groups = [f"{local_name(full)} ({', '.join(sorted(spellings[full]))})" for full in sorted(alike)]
        where, line = min(place for full in merged for place in builder.implied.spellings[full].values())
        message = f"{count:,} spellings taken as {_count(groups, 'name')}: {_listed(groups, '; ')}"
        yield Notice(where or file, line, message, "--exact-names keeps them apart")


def _linked(builder: RecordBuilder, elsewhere: KnownNames, file: str) -> Iterator[Notice]:
    """Names that were found in the data sets that this one uses."""
    links = builder.resolver.links
    by_set: dict[str, list[str]] = defaultdict(list)
    for name, full in sorted(links.items()):
        short = next((one for one in elsewhere.data_sets_of(full) if one in builder.description.uses), "")
        by_set[short].append(prefixed(full) if name == local_name(full) else f"{name} = {prefixed(full)}")
    for short, names in sorted(by_set.items()):
        yield Notice(file, None, f"{_count(names, 'name')} found in {short}: {_listed(names)}")


def _joined(builder: RecordBuilder, elsewhere: KnownNames, file: str) -> Iterator[Notice]:
    """Names under the base of the data set that another one has too."""
    own = {record.id for record in builder.records if isinstance(record, Entity)}
    named = {iri for iri in own | builder.resolver.named if elsewhere.has_entity(iri)}
    names = [
        f"{local_name(iri)}: also in {', '.join(elsewhere.data_sets_of(iri))}"
        for iri in sorted(named)
        if iri.startswith(builder.base)
    ]
    if names:
        yield Notice(file, None, f"{_count(names, 'name')} joined other data sets: {_listed(names, '; ')}")


def _count(items: Sequence[str], noun: str) -> str:
    return f"{len(items):,} {noun}{'s' if len(items) != 1 else ''}"


def _listed(items: Sequence[str], separator: str = ", ") -> str:
    return separator.join(shortened(items, _SHOWN))
