"""The base of Graph: an open store, and the contexts in which questions are asked of it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, Unpack

from knockon.analysis.argument_types import checks_types
from knockon.analysis.options import Options, checks_options, resolve_options
from knockon.errors import UsageError
from knockon.graph.shared_docs import complete
from knockon.model.dates import Calendar
from knockon.store.base import ElsewhereStore, Store
from knockon.store.oxigraph import MemoryStore

if TYPE_CHECKING:
    from knockon.analysis.context import Context
    from knockon.analysis.records.record_index import RecordIndex
    from knockon.analysis.resolved_options import ResolvedOptions
    from knockon.model import Shock
    from knockon.store.folder import FolderStore

C = TypeVar("C", bound="type[GraphBase]")
#: The most contexts that are kept, and the most records in all of them: a server is asked with ever new options.
_MOST_CONTEXTS, _MOST_RECORDS = 100, 500_000
#: How hard something is hit: a word of the scale, or a number (0..1).
Severity = str | float


class GraphBase:
    """An open store with the contexts that were made of its records.

    Parameters
    ----------
    store
        The store that the questions are asked of.

    Raises
    ------
    UsageError
        It is not a store.
    """

    def __init__(self, store: Store) -> None:
        if not isinstance(store, Store):
            raise UsageError(f"a graph is made of a store, not of {type(store).__name__}; knockon.open(...) opens one")
        self.store = store
        self._contexts: dict[ResolvedOptions, Context] = {}
        self._calendar: Calendar | None = None
        self._index: RecordIndex | None = None
        self._of_network: GraphBase | None = None

    def _present_store(self) -> Store:
        """Return the store; an error where the folder of a store is gone."""
        folder = self._store_folder_or_none()
        if folder is None:
            return self.store
        from knockon.store.folder import require

        return require(folder)

    def _store_folder_or_none(self) -> FolderStore | None:
        """Return the store if it is a folder; what such a store needs is not imported for one in memory."""
        if isinstance(self.store, MemoryStore):
            return None
        from knockon.store.folder import FolderStore

        return self.store if isinstance(self.store, FolderStore) else None

    def _store_folder(self) -> FolderStore:
        """Return the store if it is a folder, which alone has a history."""
        if folder := self._store_folder_or_none():
            return folder
        raise UsageError("bundled data and files have no history; load them into a store: knockon load DATA --store FOLDER")

    def _network_base(self) -> GraphBase:
        """Return what a network is compiled from: this graph, or the records of an endpoint that matter for a network."""
        store = self._present_store()
        if not isinstance(store, ElsewhereStore):
            return self
        if self._of_network is None:
            self._of_network = GraphBase(store.network_records)
        return self._of_network

    def _clear_contexts(self) -> None:
        """Drop what was computed from the records before a change."""
        self._contexts.clear()
        self._calendar = None
        self._index = None

    def _record_index(self) -> RecordIndex:
        """Return the index of the records, which is made for the first question about single ones."""
        store = self._present_store()
        if self._index is None or self._index.store is not store:
            from knockon.analysis.records.found_records import record_index

            self._index = record_index(store)
        return self._index

    def _context(
        self,
        *names: str | None,
        what_if: Mapping[str, str] | None = None,
        given: Sequence[str] = (),
        **options: Unpack[Options],
    ) -> Context:
        """Return the records that the options select, with what was already computed from them.

        Of entities that are the same, those that the question names are shown by that name. Dependencies are changed as
        ``what_if`` supposes, and probabilities are those given that some entities have failed.
        """
        from knockon.analysis.context import Context

        resolved = resolve_options(**options)
        if what_if:
            from knockon.analysis.what_if import parse_what_if

            resolved = dataclasses.replace(resolved, what_if=parse_what_if(what_if))
        if given:
            resolved = dataclasses.replace(resolved, given=tuple(dict.fromkeys(given)))
        store, record_filter = self._present_store(), resolved.record_filter
        if record_filter.as_of is not None and self._calendar is None:
            from knockon.network.calendar import calendar_of

            self._calendar = calendar_of(store.records)
        # One context serves all days between two dates in the data.
        day = self._calendar.interval(record_filter.as_of) if self._calendar else record_filter.as_of
        key = dataclasses.replace(resolved, record_filter=dataclasses.replace(record_filter, as_of=day))
        context = self._contexts.pop(key, None)
        if context is None:
            context = Context(store, resolved, self._calendar)
        elif context.options != resolved:
            context = context.with_options(resolved)
        self._contexts[key] = context
        self._drop_contexts(store)
        return context.naming(*names, *given)

    def _drop_contexts(self, store: Store) -> None:
        """Drop the contexts that were not used for the longest time, but for two."""
        if len(self._contexts) > 2:
            most = max(2, min(_MOST_CONTEXTS, _MOST_RECORDS // max(1, len(store.records))))
            for key in list(self._contexts)[: max(0, len(self._contexts) - most)]:
                del self._contexts[key]


def shock_of(context: Context, shock: str | None, hit: Mapping[str, Severity] | None) -> Shock:
    """Return a shock of the graph by its name, or a new shock from what it hits.

    Raises
    ------
    UsageError
        Both are given, or neither, or one is of another type.
    NotFound
        There is no such shock or entity.
    """
    if (shock is None) == (hit is None):
        raise UsageError("name a shock, or give what is hit as hit={'NAME': 'high'}: one of the two")
    for name, value, kind in (("shock", shock, str), ("hit", hit, Mapping)):
        if value is not None and not isinstance(value, kind):
            ways = "a shock is given by its name, and what is hit as hit={'NAME': 'high'} or hit={'NAME': 0.4}"
            raise UsageError(f"{name}={value!r}: {ways}")
    if shock is not None:
        return context.shock(shock)
    return context.shock_from([(str(name), str(severity)) for name, severity in (hit or {}).items()])


def names_in(hit: Mapping[str, Severity] | None) -> tuple[str, ...]:
    """Return the entities that a hit names; none where it is no mapping, which ``shock_of`` refuses."""
    return tuple(map(str, hit)) if isinstance(hit, Mapping) else ()


def names_given(given: Iterable[str]) -> tuple[str, ...]:
    """Return the entities that are given to have failed.

    Raises
    ------
    UsageError
        It is a single text, whose letters would count as names.
    """
    if isinstance(given, str):
        raise UsageError(f"given is a list of names: given=[{given!r}]")
    return tuple(given)


def public_methods(cls: C) -> C:
    """Return a class whose public methods check their arguments and have complete docstrings.

    Arguments must be of the types of the signature, and ``**options`` must be known. What a docstring does not say of
    shared parameters is added to it.
    """
    for name, method in list(vars(cls).items()):
        if not name.startswith("_") and inspect.isfunction(method):
            parameters = inspect.signature(method).parameters.values()
            takes_options = any(p.name == "options" and p.kind is p.VAR_KEYWORD for p in parameters)
            checked = checks_types(checks_options(method) if takes_options else method)
            checked.__doc__ = complete(method)
            setattr(cls, name, checked)
    return cls


__all__ = ["GraphBase", "Severity", "names_given", "names_in", "public_methods", "shock_of"]
