"""Methods of Graph about its data sets: loading, removing, undoing and listing them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from knockon.authoring.files import printable_path
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import KnockonError, UsageError, failing_with
from knockon.graph.base import GraphBase, public_methods

if TYPE_CHECKING:
    from knockon.analysis.records.data_sets import DataSetSummary
    from knockon.model import DataSet
    from knockon.readers.import_report import ImportReport
    from knockon.store.changes import LoadReport, RemoveReport, UndoReport
    from knockon.store.pointer import Revision

#: A table that is loaded as the first data set of a store with at least so many records compiles the network, too, and writes
#: the texts of searches: each takes a twentieth of the time of the load, and the first question does not wait for it. Further
#: loads leave to that question what they change.
_LEAST_WITH_NETWORK = 20_000


@public_methods
class DataSetMethods(GraphBase):
    """What data sets a graph consists of."""

    def load(
        self,
        *sources: str | Path,
        name: str = "",
        replace: bool = False,
        keep: int | None = None,
        options: ReadOptions = DEFAULTS,
    ) -> LoadReport:
        """Load data sets: all of them or, on any error, none.

        Parameters
        ----------
        *sources
            Bundled names, folders, tables, YAML or RDF files, stores; each replaces an earlier data set of its name.
        name
            A name for the data set of the one source, in place of that of its file.
        replace
            Let a data set take the place of one that was loaded from another place.
        options
            How tables are read where they do not say it themselves.

        Returns
        -------
        LoadReport
            How many records were added, changed and removed, for each data set, and what to know about the sources.

        Raises
        ------
        NotFound
            There is no such source.
        InvalidData
            A source, or what the store would hold then, breaks the model.
        UsageError
            A data set of that name came from another place, or two sources have one name.

        Examples
        --------
        >>> import knockon
        >>> [str(change) for change in knockon.open("chips").load("chips").data_sets]
        ['chips: 0 added, 0 changed, 0 removed, 1,037 unchanged']
        """
        from knockon.authoring.name_notices import look_alike_notice
        from knockon.authoring.rejects import Journal
        from knockon.free_memory import return_free_memory
        from knockon.model.share_notices import shares_across
        from knockon.rdf.plain_records import PlainRecords
        from knockon.readers.import_hint import read_sources_or_hint

        if name and len(sources) != 1:
            raise UsageError("a name is for one source; load the others by themselves")
        journal = Journal(options)
        folder = self._store_folder_or_none()
        present = self.store.data_sets
        with failing_with("nothing was loaded"):
            new = read_sources_or_hint(
                sources, options, name=name, present=present, journal=journal, by_columns=folder is not None and not present
            )
        if folder:
            report = folder.load(*new, replace=replace, keep=keep)
        elif keep is not None:
            raise UsageError("only a store folder keeps earlier revisions")
        else:
            report = self.store.load(*new, replace=replace)
        # The file of rejected rows says which rows the store lacks: it is written when the others are there.
        journal.write()
        self._clear_contexts()
        loaded = {data_set.info.id for data_set in new}
        rejected = sum(data_set.rejected for data_set in new)
        is_plain = any(isinstance(data_set.records, PlainRecords) for data_set in new)
        del new  # a large file takes as much memory as what follows
        if is_plain:
            return_free_memory()
        alike = look_alike_notice(self.store.data_sets, loaded, listed=False)
        across = shares_across(self.store.data_sets, loaded)
        if is_plain and len(self.store.records) >= _LEAST_WITH_NETWORK:
            self._keep_network()
            self._keep_texts()
        return dataclasses.replace(report, notices=(*report.notices, *alike, *across), rejected=rejected)

    def _keep_network(self) -> None:
        """Compile the network of today, which the store keeps for its first question."""
        # The load is complete. What is wrong with a network is said by the question that needs it.
        with suppress(KnockonError):
            self._context().compiled()
        self._clear_contexts()

    def _keep_texts(self) -> None:
        """Write the texts that searches look through, which the store keeps for its first search."""
        from knockon.analysis.records.kept_texts import open_texts
        from knockon.store.kept_records import KeptRecords

        if isinstance(records := self.store.records, KeptRecords):
            with suppress(KnockonError):
                open_texts(self.store.kept_files, records)

    def import_files(
        self,
        *paths: str | Path,
        mapping: str | Path | None = None,
        name: str = "",
        base: str = "",
        url: str = "",
        retrieved: str = "",
        license: str = "",  # noqa: A002 - what it is in data files
        replace: bool = False,
        keep: int | None = None,
        dry_run: bool = False,
        options: ReadOptions = DEFAULTS,
        progress: Callable[[int], None] | None = None,
    ) -> ImportReport:
        r"""Import files of other formats as one data set: all of it or, on any error, nothing.

        Parameters
        ----------
        *paths
            Files, folders of files, zip archives.
        mapping
            The name of a shipped mapping or of a reader (``knockon mapping ls``), or the path of a mapping; None to
            recognise the format.
        name
            A name for the data set, in place of that of the mapping or file.
        base
            The base of the ids of its records: an address that ends in ``/`` or ``#``.
        url
            The address that the files are from, in place of that of the mapping.
        retrieved
            The day on which they were read there: ``2026-01-31``.
        license
            The licence of the files, in place of that of the mapping.
        replace
            Let it take the place of a data set that was loaded from another place.
        dry_run
            Read and check everything, and write nothing.
        options
            How tables are read, and the file for rejected rows.
        progress
            Is called with the number of rows read so far.

        Returns
        -------
        ImportReport
            How many rows were read, and how many records were made, merged, implied, left out and rejected.

        Raises
        ------
        NotFound
            There is no such file or mapping.
        UsageError
            Several mappings fit the files, an option names a column that none has, or a data set of that name came from
            another place.
        InvalidData
            No mapping fits, or a row is invalid and ``options`` name no file for rejected rows.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder, knockon.open(f"{folder}/store", write=True) as graph:
        ...     _ = pathlib.Path(folder, "chain.csv").write_text("source,target\nMine,Smelter\nSmelter,Factory\n")
        ...     report = graph.import_files(f"{folder}/chain.csv", mapping="edges")
        >>> report.rows, dict(report.records)
        (2, {'Dependency': 2, 'Document': 1, 'Entity': 3})
        """
        from knockon.readers.import_files import import_files
        from knockon.readers.import_report import NothingImported
        from knockon.readers.written_rejects import write_rejects

        present = self.store.data_sets
        facts = {"url": url, "retrieved": retrieved, "license": license}
        with failing_with("nothing was loaded"):
            try:
                imported = import_files(
                    paths, mapping, name=name, base=base, options=options, facts=facts, present=present, progress=progress
                )
            except NothingImported as error:
                if dry_run or not error.report.rejected or options.rejects is None:
                    raise
                write_rejects(error.report, options)
                with failing_with(f"nothing was loaded; the rejected rows are in {printable_path(options.rejects)}"):
                    raise
        if dry_run:
            with failing_with("nothing was loaded"):
                self._check_import(imported.data_set, replace=replace)
            return imported.report
        folder = self._store_folder_or_none()
        if folder is None and keep is not None:
            raise UsageError("only a store folder keeps earlier revisions")
        if folder is None:
            changes = self.store.load(imported.data_set, replace=replace)
        else:
            changes = folder.load(imported.data_set, replace=replace, keep=keep)
        # The file of rejected rows says which rows the store lacks: it is written when the others are there.
        write_rejects(imported.report, options)
        self._clear_contexts()
        return imported.report.with_changes(changes)

    def _check_import(self, data_set: DataSet, *, replace: bool) -> None:
        """Check that a data set could be loaded beside the others, without loading it."""
        from knockon.store.joint_checks import check_load

        check_load(self.store.data_sets, [data_set], replace=replace)

    def remove(self, *names: str, keep: int | None = None) -> RemoveReport:
        """Remove data sets from a store folder, unless records of other data sets refer to them.

        Parameters
        ----------
        *names
            Names or IRIs of data sets, as ``data_sets`` lists them.

        Returns
        -------
        RemoveReport
            How many records were removed, by class, and how many stay since another data set contains them too.

        Raises
        ------
        NotFound
            There is no data set of that name.
        InvalidData
            Other data sets refer to records that would be removed; each reference is listed.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder, knockon.open(f"{folder}/store", write=True) as graph:
        ...     _ = pathlib.Path(folder, "mine.yaml").write_text("Company: {acme: {label: Acme}}")
        ...     _ = graph.load(f"{folder}/mine.yaml")
        ...     graph.remove("mine").classes
        (('Company', 1),)
        """
        report = self._store_folder().remove(*names, keep=keep)
        self._clear_contexts()
        return report

    def undo(self, to: int | None = None, *, keep: int | None = None) -> UndoReport:
        """Revert the last change of a store folder; a second ``undo`` reverts the first.

        Parameters
        ----------
        to
            The number of a revision to go back to instead, as ``history`` lists them; 0 is the empty store.

        Returns
        -------
        UndoReport
            The changes that were reverted, and the revision that was restored.

        Raises
        ------
        UsageError
            There is no change to revert.
        NotFound
            No revision of that number is kept.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder, knockon.open(f"{folder}/store", write=True) as graph:
        ...     _ = pathlib.Path(folder, "mine.yaml").write_text("Company: {acme: {label: Acme}}")
        ...     _ = graph.load(f"{folder}/mine.yaml")
        ...     graph.undo().restored
        0
        """
        report = self._store_folder().undo(to, keep)
        self._clear_contexts()
        return report

    def history(self) -> tuple[Revision, ...]:
        """Return the current revision of a store folder and the earlier ones that it keeps.

        Returns
        -------
        tuple of Revision
            Newest first.

        Raises
        ------
        UsageError
            The graph is not a store folder.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder, knockon.open(f"{folder}/store", write=True) as graph:
        ...     _ = pathlib.Path(folder, "mine.yaml").write_text("Company: {acme: {label: Acme}}")
        ...     _ = graph.load(f"{folder}/mine.yaml")
        ...     [(revision.number, revision.action) for revision in graph.history()]
        [(1, 'load')]
        """
        return self._store_folder().history

    def data_sets(self) -> tuple[DataSetSummary, ...]:
        """Return the data sets of the graph.

        Returns
        -------
        tuple of DataSetSummary
            Each with counts, title, origin and the time at which it was loaded, by name.

        Examples
        --------
        >>> import knockon
        >>> [(data_set.name, data_set.shocks) for data_set in knockon.open("chips").data_sets()]
        [('chips', 23)]
        """
        from knockon.analysis.records.data_sets import contents

        return contents(self._present_store())


__all__ = ["DataSetMethods"]
