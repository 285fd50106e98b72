"""Methods of Graph about versions of data: what differs between two of them, or between two days, in records and in losses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Unpack

from knockon.analysis.options import Options
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.graph.base import GraphBase, public_methods

if TYPE_CHECKING:
    from knockon.analysis.impact.impact_differences import Progress
    from knockon.analysis.records.differences import Differences, VersionDifferences
    from knockon.authoring.rejects import Journal
    from knockon.authoring.versions import Version
    from knockon.model import DataSet


class _Versions(NamedTuple):
    """Two versions, and the data sets of the store that they are compared in."""

    old: Version
    new: Version
    present: Sequence[DataSet]


@public_methods
class VersionMethods(GraphBase):
    """What differs between versions of the data."""

    def diff(
        self,
        old: str | Path | int | None = None,
        new: str | Path | int | None = None,
        *,
        as_of: date | str | None = "all",
        and_as_of: date | str | None = None,
        options: ReadOptions = DEFAULTS,
    ) -> Differences:
        """Return the differences between two versions of the data, or between two days.

        Parameters
        ----------
        old
            The number of a revision of this store folder, or a source: a store, a revision of one (``"store@2"``), a bundled
            data set, a folder or a file. None: the revision before the current one; with two days this graph.
        new
            The same; None: this graph, and with two days the same as ``old``.
        as_of
            The day of the old version: records that do not hold on it count as if they were not there. ``"all"``: dates do
            not matter.
        and_as_of
            The day of the new version; None: the same day.
        options
            How tables are read; a column that an option names need be in one of the two only.

        Returns
        -------
        Differences
            The records that differ, with their fields; those that differ in their evidence alone are counted apart.

        Raises
        ------
        NotFound
            There is no such revision or source.
        InvalidData
            A source breaks the model.
        UsageError
            The graph has no revision before the current one.

        Examples
        --------
        >>> import knockon
        >>> graph = knockon.open("chips")
        >>> graph.diff("chips").unchanged == len(list(graph.records(knockon.Record)))
        True
        >>> graph.diff(as_of="2019-01-01", and_as_of="2026-01-01").begins > 0
        True
        """
        return _record_differences(self._versions(old, new, options, two_days=and_as_of is not None), as_of, and_as_of)

    def diff_impacts(
        self,
        old: str | Path | int | None = None,
        new: str | Path | int | None = None,
        *,
        and_as_of: date | str | None = None,
        shocks: Iterable[str] = (),
        read: ReadOptions = DEFAULTS,
        progress: Progress | None = None,
        **options: Unpack[Options],
    ) -> VersionDifferences:
        """Return the differences between two versions of the data, or between two days, and the losses that differ.

        Parameters
        ----------
        old
            As in ``diff``. One data set that is compared with a store is computed in that store, in place of its earlier
            version.
        new
            The same.
        and_as_of
            The day of the new version; None: that of the old one, which ``as_of`` gives (without it the losses are those of
            today, and the dates of records do not matter).
        shocks
            The shocks whose losses are compared, by IRI, local name or label; none: every shock.
        read
            How tables are read.
        progress
            Is called after each shock with its number and that of all shocks to compute.

        Returns
        -------
        VersionDifferences
            The records that differ, and each loss that differs, by size of the difference.

        Raises
        ------
        NotFound
            There is no such revision or source, or neither version has such a shock.
        InvalidData
            A source breaks the model.
        LimitReached
            More than a million losses differ.

        Examples
        --------
        >>> import knockon
        >>> answer = knockon.open("chips").diff_impacts("chips")
        >>> answer.impacts.same_network, len(answer.impacts.changes)
        (True, 0)
        """
        from knockon.analysis.context import Context
        from knockon.analysis.impact.impact_differences import impact_differences
        from knockon.analysis.options import resolve_options
        from knockon.analysis.records.differences import VersionDifferences
        from knockon.authoring.versions import stores

        day, names = options.get("as_of"), [shocks] if isinstance(shocks, str) else list(shocks)
        second_options: Options = {**options, **({} if and_as_of is None else {"as_of": and_as_of})}
        resolved = resolve_options(**options), resolve_options(**second_options)
        versions = self._versions(old, new, read, two_days=and_as_of is not None)
        records = _record_differences(versions, "all" if day is None and and_as_of is None else day, and_as_of)
        first, second = stores(versions.old, versions.new, versions.present)
        before, after = (Context(store, each) for store, each in zip((first, second), resolved, strict=True))
        return VersionDifferences(records, impact_differences(before, after, names, progress))

    def _versions(
        self, old: str | Path | int | None, new: str | Path | int | None, options: ReadOptions, *, two_days: bool
    ) -> _Versions:
        """Return two versions to compare; with two days, one version may be named once."""
        from knockon.authoring.rejects import Journal
        from knockon.authoring.versions import is_whole

        present, journal = self.store.data_sets, Journal(options)
        if two_days and new is None:
            only = self._version(old, present, earlier=False, journal=journal)
            first, second = only, only
        elif new is None or (isinstance(new, str | Path) and is_whole(new)):
            # A file may refer to what the store declares that it is compared with.
            second = self._version(new, present, earlier=False, journal=journal)
            first = self._version(old, present or second.data_sets, earlier=True, journal=journal)
        else:
            first = self._version(old, present, earlier=True, journal=journal)
            second = self._version(new, present or (first.data_sets if first.whole else ()), earlier=False, journal=journal)
        journal.close()
        return _Versions(first, second, present)

    def _version(
        self, source: str | Path | int | None, present: Sequence[DataSet], *, earlier: bool, journal: Journal
    ) -> Version:
        """Return a version to compare: of a source, of a revision, of this graph, or of the revision before it."""
        from knockon.authoring.versions import Version, read_version
        from knockon.errors import InvalidData
        from knockon.readers.import_hint import with_import_hints

        if isinstance(source, str | Path):
            try:
                return read_version(source, present, journal)
            except InvalidData as error:
                raise with_import_hints(error, [source]) from None
        if source is None and not earlier:
            folder = self._store_folder_or_none()
            return Version(str(folder.folder if folder else "this graph"), self._present_store().data_sets, folder is not None)
        store = self._store_folder()
        number = store.previous_number() if source is None else source
        return Version(f"{store.folder}@{number}", store.at(number), True)


def _record_differences(versions: _Versions, as_of: date | str | None, and_as_of: date | str | None) -> Differences:
    from knockon.analysis.records.differences import differences
    from knockon.authoring.versions import comparable
    from knockon.model.dates import day_of

    first, second = comparable(versions.old, versions.new)
    days = day_of(as_of), day_of(as_of if and_as_of is None else and_as_of)
    as_versions = not (first.whole or second.whole)
    names = (first.name, second.name)
    return differences(first.data_sets, second.data_sets, old=names[0], new=names[1], as_versions=as_versions, days=days)


__all__ = ["VersionMethods"]
