"""Make tables of a user's own Parquet files of money flows, whose firms are known by ids, with DuckDB."""

from __future__ import annotations

from pathlib import Path

from knockon.network.tables import FlowFiles, NetworkTables, TableWriter, open_tables
from knockon.propagation.engines.duckdb_flows import load_flows
from knockon.propagation.engines.duckdb_session import Session
from knockon.propagation.engines.settings import EngineSettings


def number_flows(files: FlowFiles, folder: Path, settings: EngineSettings, *, self_flows: bool = False) -> NetworkTables:
    """Number the firms and sectors of files in the order of their ids, add up flows that occur several times, and write tables.

    Ids are ordered as they are in memory: as numbers where all are whole numbers, also as texts, else as texts.

    Parameters
    ----------
    files
        The files, as :func:`knockon.network.tables.open_flow_files` has checked them.
    folder
        The folder to write; it must not exist, or be a network as tables.
    settings
        How much memory, disk and processor this may take.
    self_flows
        Keep what a firm sells to itself; else it is an error.

    Returns
    -------
    NetworkTables
        The tables, opened.

    Raises
    ------
    InvalidData
        A firm sells to itself, has two sectors or none, is listed twice, or has costs below its inputs.
    """
    with Session(settings) as session:
        load_flows(session, files, self_flows=self_flows)
        count = int(session.number("SELECT count(*) FROM firm"))
        has_equity = files.firms is not None and "equity" in files.firms.columns
        equity = ", equity" if has_equity else ""
        columns = f"firm, id, sector, final_demand, coalesce(stated_costs, 0.0) AS costs{equity}"
        queries = {
            "firms": f"SELECT {columns} FROM firm ORDER BY firm",
            "flows": "SELECT supplier, customer, value FROM flow ORDER BY supplier, customer",
            "essentiality": "SELECT * FROM essentiality ORDER BY ALL",
        }
        with TableWriter(folder, "flows", {"firms": count}) as writer:
            for name, query in queries.items():
                for batch in session.batches(query):
                    ids = {"id": batch.column("id")} if name == "firms" else {}
                    names = [column for column in batch.schema.names if column != "id"]
                    # What is not known is not a number.
                    numbers = {column: batch.column(column).to_numpy(zero_copy_only=False) for column in names}
                    writer.write(name, {**numbers, **ids})
            writer.finish(count)
    return open_tables(folder)


__all__ = ["number_flows"]
