"""Methods of Graph that write it for other programs and libraries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from knockon.graph.base import GraphBase, public_methods

if TYPE_CHECKING:
    import networkx as nx
    import rdflib
    from pyvis.network import Network as PyvisNetwork

    from knockon.present.exports.export import ExportReport
    from knockon.store.backup import BackupReport
    from knockon.store.parts_manifest import QuadParts


@public_methods
class ExportMethods(GraphBase):
    """Files of other formats, and objects of other libraries."""

    def export(self, path: str | Path, form: str | None = None) -> ExportReport:
        """Write the whole graph as a file, in RDF or in the format of another program; the same bytes for the same content.

        RDF has everything. What another format has no words for is left out and counted; what each of them has, and which
        of them are read back, is in docs/formats.md.

        Parameters
        ----------
        path
            The file; its ending names the format, such as ``.ttl``, ``.nq``, ``.graphml``, ``.csv`` or ``.parquet``.
        form
            ``ftm`` (FollowTheMoney), ``bods`` (BODS 0.4), ``graphml``, ``opengraph`` (BloodHound), ``csv`` or ``parquet`` (a
            table of nodes and links); None: by the ending.

        Returns
        -------
        ExportReport
            How many items were written and how many records left out; of RDF all quads are written.

        Raises
        ------
        UsageError
            The ending does not name a format of RDF, there is no such form, or the file cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = pathlib.Path(folder, "mine.yaml").write_text("Company: {acme: {label: Acme}}")
        ...     graph = knockon.open(f"{folder}/mine.yaml")
        ...     _ = graph.export(f"{folder}/mine.nq")
        ...     knockon.open(f"{folder}/mine.nq").entity("acme").label
        ...     dict(graph.export(f"{folder}/mine.jsonl", "ftm").written)
        'Acme'
        {'Company': 1}
        """
        from knockon.present.exports.export import FORMS, ExportReport, export
        from knockon.store.atomic_write import write_bytes
        from knockon.store.files import format_of, to_bytes

        file = Path(path)
        ending = file.suffix.lower().removeprefix(".")
        if form is None and ending in FORMS:
            form = ending
        if form is None:
            from knockon.store.sorted_export import export_sorted, is_sorted_outside

            store, rdf = self._present_store(), format_of(file)
            if is_sorted_outside(store):
                return ExportReport(ending, (("quads", export_sorted(store, file, rdf)),))
            quads = list(store.quads())
            content, report = to_bytes(quads, rdf), ExportReport(ending, (("quads", len(quads)),))
        else:
            content, report = export(self._present_store().records, form)
        write_bytes(file, content)
        return report

    def export_parts(
        self,
        folder: str | Path,
        *,
        most_quads: int = 5_000_000,
        most_bytes: int = 2**30,
        compress: bool = False,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> QuadParts:
        """Write all quads as sorted N-Quads in several files of one folder, for the bulk loaders of other stores.

        The quads are sorted outside of memory, so that a graph of any size takes about 250 MB. The folder appears whole or not
        at all, with a manifest, ``knockon-quads.json``; the same content gives the same bytes. ``load`` and ``knockon.open``
        take such a folder, after comparing each file with the manifest.

        Parameters
        ----------
        folder
            A folder that does not exist, or an earlier export, which is replaced.
        most_quads
            The most quads of a file.
        most_bytes
            The most bytes of the text of a file, before it is compressed.
        compress
            Compress each file with gzip.
        progress
            Called with what is done (``reading``, ``writing``), the quads so far, and the quads in all (0: not known yet).

        Returns
        -------
        QuadParts
            What the manifest says.

        Raises
        ------
        LimitReached
            The disk is full.
        UsageError
            A limit is not positive, something else is at that path, or it cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = pathlib.Path(folder, "mine.yaml").write_text("Company: {acme: {label: Acme}}")
        ...     manifest = knockon.open(f"{folder}/mine.yaml").export_parts(f"{folder}/parts", most_quads=5_000)
        ...     knockon.open(f"{folder}/parts").entity("acme").label
        'Acme'
        >>> manifest.quads == sum(part.quads for part in manifest.parts)
        True
        """
        from knockon.store.quad_parts import write_parts

        return write_parts(
            self._present_store(),
            Path(folder),
            most_quads=most_quads,
            most_bytes=most_bytes,
            compress=compress,
            progress=progress,
        )

    def back_up(
        self, folder: str | Path, *, replace: bool = False, progress: Callable[[int, int], None] | None = None
    ) -> BackupReport:
        """Copy a store folder as it is at one moment, while other processes may read and change it.

        The copy is a store: open it, or copy it back. It has the earlier revisions too, and each file was compared with its
        checksum. It appears whole or not at all.

        Parameters
        ----------
        folder
            A folder that does not exist, or an empty one.
        replace
            Also replace a store that is there; it stays complete until then.
        progress
            Called with the bytes that are copied, and the bytes in all.

        Returns
        -------
        BackupReport
            The revision that was copied, and how many files.

        Raises
        ------
        InvalidStore
            A file of the store is damaged or missing; nothing is written.
        LimitReached
            The disk is full.
        UsageError
            The graph is not a store folder, something else is at that path, or it cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder, knockon.open(f"{folder}/store", write=True) as graph:
        ...     _ = pathlib.Path(folder, "mine.yaml").write_text("Company: {acme: {label: Acme}}")
        ...     _ = graph.load(f"{folder}/mine.yaml")
        ...     report = graph.back_up(f"{folder}/copy")
        ...     (report.revision, knockon.open(f"{folder}/copy").entity("acme").label)
        (1, 'Acme')
        """
        from knockon.store.backup import back_up

        return back_up(self._store_folder(), Path(folder), replace=replace, progress=progress)

    def to_rdflib(self) -> rdflib.Dataset:
        """Return a copy for rdflib.

        Returns
        -------
        rdflib.Dataset
            All quads of the graph.

        Examples
        --------
        >>> import pathlib, tempfile, knockon
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = pathlib.Path(folder, "mine.yaml").write_text("Company: {acme: {label: Acme}}")
        ...     copy = knockon.open(f"{folder}/mine.yaml").to_rdflib()
        >>> len(copy) > 0
        True
        """
        from knockon.rdf.rdflib_export import to_rdflib

        return to_rdflib(self._present_store().quads())

    def to_networkx(self) -> nx.MultiDiGraph:
        """Return the dependencies for networkx.

        Returns
        -------
        networkx.MultiDiGraph
            Edges lead from dependant to need and provider.

        Examples
        --------
        >>> import knockon
        >>> knockon.open("chips").to_networkx().is_directed()
        True
        """
        from knockon.present.network_export import to_networkx

        return to_networkx(self._present_store().records)

    def to_pyvis(self) -> PyvisNetwork:
        """Return the dependencies for pyvis.

        Returns
        -------
        pyvis.network.Network
            With the positions of the entities.

        Examples
        --------
        >>> import knockon
        >>> type(knockon.open("chips").to_pyvis()).__name__
        'Network'
        """
        from knockon.present.network_export import to_pyvis

        return to_pyvis(self._present_store().records)


__all__ = ["ExportMethods"]
