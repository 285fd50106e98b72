"""Load money flows into DuckDB: firms by number, each flow once, and what each firm sells and buys.

The tables that the models find in the session:

``firm``
    ``firm``, ``id``, ``sector``, ``final_demand``, ``costs``, ``equity`` (null: not given), ``sales``, ``purchases``.
``flow``
    ``supplier``, ``customer``, ``value``: each pair once, without flows of 0, by supplier and customer.
``essentiality``
    ``supplier_sector``, ``customer_sector``, ``essentiality``, for pairs that are not 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.tables import FlowFiles, NetworkTables
from knockon.network.tables.columns import batches, open_parquet
from knockon.network.tables.flow_files import SELF_FLOWS_HINT, ColumnFile
from knockon.network.tables.plain_columns import WHOLE_NUMBER
from knockon.propagation.engines.duckdb_session import Session

#: Costs that are this much below the inputs, relatively, are the inputs: sums are rounded, and tables may have 32 bits.
ROUNDING = 1e-6
#: The same of files of a user, as in memory.
_ROUNDING_OF_FILES = 1e-9
_NAMED = 5
#: The greatest whole number of 64 bits with a sign.
_MAX_ID = 2**63 - 1


def load_flows(session: Session, source: NetworkTables | FlowFiles, *, self_flows: bool = False) -> None:
    """Load the tables of money flows.

    Parameters
    ----------
    session
        The session to load them into.
    source
        Tables, or the files of a user, whose firms are numbered in the order of their ids.
    self_flows
        Keep what a firm sells to itself; else it is an error in files of a user.

    Raises
    ------
    InvalidData
        A firm sells to itself, has two sectors or no sector, is listed twice, or has costs below its inputs.
    """
    if isinstance(source, FlowFiles):
        _number_firms(session, source, self_flows=self_flows)
    else:
        _read_tables(session, source)
    session.run("CREATE TEMP TABLE sold AS SELECT supplier AS firm, fsum(value) AS sales FROM flow GROUP BY supplier")
    session.run("CREATE TEMP TABLE bought AS SELECT customer AS firm, fsum(value) AS purchases FROM flow GROUP BY customer")
    session.run("""
        CREATE TEMP TABLE firm AS
        SELECT firm, id, sector, final_demand, equity, coalesce(sales, 0.0) AS sales, coalesce(purchases, 0.0) AS purchases,
               greatest(coalesce(costs, 0.0), coalesce(purchases, 0.0)) AS costs, coalesce(costs, purchases) AS stated_costs
        FROM listed LEFT JOIN sold USING (firm) LEFT JOIN bought USING (firm) ORDER BY firm
    """)
    for table in ("sold", "bought", "listed"):
        session.run(f"DROP TABLE {table}")
    _check_costs(session, source)


def sums(session: Session) -> tuple[float, bool]:
    """Return the final demand of all firms, and whether any spends more than it buys in the table."""
    demand, other_costs = session.rows(f"""
        SELECT coalesce(fsum(final_demand), 0.0), coalesce(bool_or(costs > purchases * (1 + {ROUNDING})), false) FROM firm
    """)[0]
    return float(demand), bool(other_costs)


def reader(path: Any, columns: list[str]) -> Any:
    """Return a reader of Arrow batches of some columns of a Parquet file."""
    import pyarrow as pa

    schema = pa.schema([open_parquet(path).schema_arrow.field(name) for name in columns])
    return pa.RecordBatchReader.from_batches(schema, _in_order(batches(path, tuple(columns)), columns))


def _in_order(pieces: Iterator[Any], columns: list[str]) -> Iterator[Any]:
    for piece in pieces:
        yield piece.select(columns)


def _read_tables(session: Session, tables: NetworkTables) -> None:
    """Read tables, which are in order and whose firms have numbers."""
    columns = ["firm", "id", "sector", "final_demand", "costs", *(["equity"] if tables.equity else [])]
    equity = "equity::DOUBLE" if tables.equity else "NULL::DOUBLE"
    session.stream(
        f"""CREATE TEMP TABLE listed AS SELECT firm::INTEGER AS firm, id, sector::INTEGER AS sector,
            final_demand::DOUBLE AS final_demand, costs::DOUBLE AS costs, {equity} AS equity FROM given""",
        reader(tables.path("firms"), columns),
    )
    session.stream(
        """CREATE TEMP TABLE flow AS SELECT supplier::INTEGER AS supplier, customer::INTEGER AS customer,
           value::DOUBLE AS value FROM given WHERE value > 0""",
        reader(tables.path("flows"), ["supplier", "customer", "value"]),
    )
    session.stream(
        """CREATE TEMP TABLE essentiality AS SELECT supplier_sector::INTEGER AS supplier_sector,
           customer_sector::INTEGER AS customer_sector, essentiality::INTEGER AS essentiality FROM given""",
        reader(tables.path("essentiality"), ["supplier_sector", "customer_sector", "essentiality"]),
    )


def _number_firms(session: Session, files: FlowFiles, *, self_flows: bool) -> None:
    """Read the files of a user, and number firms and sectors in the order of their ids."""
    _load_file(session, "raw_flow", files.flows)
    parts = ["SELECT supplier AS id FROM raw_flow", "SELECT customer FROM raw_flow"]
    if files.firms:
        _load_file(session, "raw_firm", files.firms)
        _check_listed_once(session, files.firms)
        _check_some_firm_has_flows(session, files.firms)
        parts.append("SELECT firm FROM raw_firm")
    kind = _kind_of(session, (("raw_flow", "supplier"), ("raw_flow", "customer"), ("raw_firm", "firm"))[: len(parts)])
    united = " UNION ".join(f"SELECT id::{kind} AS id FROM ({part}) AS part(id)" for part in parts)
    session.run(f"CREATE TEMP TABLE known AS SELECT (row_number() OVER (ORDER BY id) - 1)::INTEGER AS firm, id FROM ({united})")
    value = "value" if files.valued else "1.0::DOUBLE"
    if not self_flows:
        _check_self_flows(session, files.flows)
    session.run(f"""
        CREATE TEMP TABLE flow AS
        SELECT s.firm AS supplier, c.firm AS customer, fsum({value}) AS value
        FROM raw_flow JOIN known s ON s.id = supplier::{kind} JOIN known c ON c.id = customer::{kind}
        WHERE {value} > 0 GROUP BY ALL ORDER BY supplier, customer
    """)
    _number_sectors(session, files, kind)


def _kind_of(session: Session, columns: Sequence[tuple[str, str]]) -> str:
    """Return the type that names of some columns of tables are ordered as, which is that of names in memory.

    Numbers are numbers, so that 10 comes after 9, and so are texts that are all whole numbers. Beside other texts they are
    texts, as all are where one is too large for 64 bits with a sign.
    """
    for table, column in columns:
        statement = "SELECT data_type FROM duckdb_columns() WHERE table_name = ? AND column_name = ?"
        stored = session.number(statement, (table, column))
        if stored == "UBIGINT" and (session.number(f"SELECT max({column}) FROM {table}") or 0) > _MAX_ID:
            return "VARCHAR"
        others = f"SELECT 1 FROM {table} WHERE NOT regexp_full_match({column}, ?) LIMIT 1"
        if stored == "VARCHAR" and session.rows(others, (WHOLE_NUMBER,)):
            return "VARCHAR"
    return "BIGINT"


def _load_file(session: Session, table: str, file: ColumnFile) -> None:
    """Load a file of a user, its columns under their usual names; ids as texts or whole numbers, amounts as numbers."""
    session.stream(f"CREATE TEMP TABLE {table} AS SELECT * FROM given", file.reader())


def _number_sectors(session: Session, files: FlowFiles, kind: str) -> None:
    """Create ``listed`` (a row for each firm) and ``essentiality`` with sectors by number."""
    columns = [
        (table, firm, sector)
        for table, firm, sector, file in (
            ("raw_flow", "supplier", "supplier_sector", files.flows),
            ("raw_flow", "customer", "customer_sector", files.flows),
            ("raw_firm", "firm", "sector", files.firms),
        )
        if file is not None and sector in file.columns
    ]
    if columns:
        stated = [f"SELECT {firm}::{kind} AS id, {sector}::VARCHAR AS sector FROM {table}" for table, firm, sector in columns]
        # Each once, also where one column alone states them.
        session.run(f"CREATE TEMP TABLE stated AS SELECT DISTINCT * FROM ({' UNION ALL '.join(stated)})")
        _check_sectors(session, files)
    else:
        session.run("CREATE TEMP TABLE stated AS SELECT id, '0' AS sector FROM known")
        if files.essentiality:
            raise UsageError("essentiality needs sectors: give every firm one, in the table of firms or in that of flows")
    order = _kind_of(session, [(table, sector) for table, _, sector in columns])
    session.run(f"""
        CREATE TEMP TABLE sector_number AS
        SELECT (row_number() OVER (ORDER BY sector::{order}) - 1)::INTEGER AS number, sector
        FROM (SELECT DISTINCT sector FROM stated)
    """)
    about = set(files.firms.columns) if files.firms else set()
    amounts = ", ".join(f"{f'raw_firm.{name}' if name in about else 'NULL::DOUBLE'} AS {name}" for name in ("costs", "equity"))
    demand = "coalesce(raw_firm.final_demand, 0.0)" if "final_demand" in about else "0.0::DOUBLE"
    join = f"LEFT JOIN raw_firm ON raw_firm.firm::{kind} = known.id" if files.firms else ""
    session.run(f"""
        CREATE TEMP TABLE listed AS
        SELECT known.firm AS firm, known.id AS id, number AS sector, {demand} AS final_demand, {amounts}
        FROM known JOIN stated ON stated.id = known.id JOIN sector_number ON sector_number.sector = stated.sector {join}
    """)
    if files.essentiality:
        _load_file(session, "raw_essentiality", files.essentiality)
        _check_essentiality(session, files.essentiality)
        session.run("""
            CREATE TEMP TABLE essentiality AS
            SELECT s.number AS supplier_sector, c.number AS customer_sector, min(essentiality) AS essentiality
            FROM raw_essentiality JOIN sector_number s ON s.sector = supplier_sector::VARCHAR
            JOIN sector_number c ON c.sector = customer_sector::VARCHAR
            GROUP BY ALL HAVING min(essentiality) <> 1
        """)
    else:
        session.run("CREATE TEMP TABLE essentiality (supplier_sector INTEGER, customer_sector INTEGER, essentiality INTEGER)")
    for table in ("raw_flow", "known", "stated", "sector_number"):
        session.run(f"DROP TABLE {table}")


def _check_listed_once(session: Session, firms: ColumnFile) -> None:
    _refuse(
        session, "SELECT firm::VARCHAR FROM raw_firm GROUP BY firm HAVING count(*) > 1", firms,
        "column {column!r}: {id!r} occurs several times", "firm", "one row for each firm",
    )  # fmt: skip


def _check_some_firm_has_flows(session: Session, firms: ColumnFile) -> None:
    """Raise InvalidData where firms are listed and no flow names one of them: they are spelt otherwise, or are others."""
    named = "SELECT supplier::VARCHAR FROM raw_flow UNION ALL SELECT customer::VARCHAR FROM raw_flow"
    counts = f"SELECT count(*), count(*) FILTER (firm::VARCHAR IN ({named})) FROM raw_firm"
    listed, with_flows = session.rows(counts)[0]
    if listed and not with_flows:
        hint = "the table of firms spells their names as the table of flows does"
        raise InvalidData([Problem(str(firms.path), None, "no flow names any of its firms", hint)], "nothing was computed")


def _check_essentiality(session: Session, essentiality: ColumnFile) -> None:
    """Raise InvalidData where a pair of sectors has several levels, or no row is about sectors that firms are in."""
    pair = "supplier_sector::VARCHAR || ' to ' || customer_sector::VARCHAR"
    _refuse(
        session, f"SELECT {pair} FROM raw_essentiality GROUP BY ALL HAVING count(DISTINCT essentiality) > 1", essentiality,
        "column {column!r}: {id!r} has several levels", "essentiality", "one row for each pair",
    )  # fmt: skip
    known = "SELECT sector FROM sector_number"
    both = f"supplier_sector::VARCHAR IN ({known}) AND customer_sector::VARCHAR IN ({known})"
    counts = f"SELECT count(*), count(*) FILTER ({both}) FROM raw_essentiality"
    rows, about_firms = session.rows(counts)[0]
    if rows and not about_firms:
        what = "names no pair of sectors that the firms are in"
        raise InvalidData([Problem(str(essentiality.path), None, what)], "nothing was computed")


def _check_self_flows(session: Session, flows: ColumnFile) -> None:
    _refuse(
        session, "SELECT DISTINCT supplier::VARCHAR FROM raw_flow WHERE supplier::VARCHAR = customer::VARCHAR", flows,
        "column {column!r}: {id!r} is its own customer", "supplier", SELF_FLOWS_HINT,
    )  # fmt: skip


def _check_sectors(session: Session, files: FlowFiles) -> None:
    """Raise InvalidData where a firm has two sectors, or none."""
    _refuse(
        session, "SELECT id::VARCHAR FROM stated GROUP BY id HAVING count(*) > 1", files.flows,
        "{id!r} has several sectors", "supplier", "one sector for each firm",
    )  # fmt: skip
    _refuse(
        session, "SELECT id::VARCHAR FROM known WHERE id NOT IN (SELECT id FROM stated)", files.firms or files.flows,
        "{id!r} has no sector", "firm", "give every firm one, or none",
    )  # fmt: skip


def _check_costs(session: Session, source: NetworkTables | FlowFiles) -> None:
    """Raise InvalidData where costs are below the inputs by more than rounding."""
    firms = source.firms if isinstance(source, FlowFiles) else ColumnFile(source.path("firms"), 0, {"costs": "costs"})
    if firms is not None and "costs" in firms.columns:
        rounding = _ROUNDING_OF_FILES if isinstance(source, FlowFiles) else ROUNDING
        below = f"SELECT id::VARCHAR FROM firm WHERE stated_costs < purchases * {1 - rounding}"
        what = "column {column!r}: those of {id!r} are below what it buys in the table"
        if isinstance(source, NetworkTables):
            # Costs of 0 are those of a firm of which nobody states any.
            below += " AND stated_costs > 0"
        _refuse(session, below, firms, what, "costs", "costs are all that a firm spends")


def _refuse(session: Session, query: str, file: ColumnFile, message: str, column: str, hint: str) -> None:
    """Raise InvalidData where a query finds ids: a problem for each of the first few, and how many there are."""
    ids = [row[0] for row in session.rows(f"{query} ORDER BY 1 LIMIT {_NAMED}")]
    if not ids:
        return
    name = file.columns.get(column, column)
    problems = [Problem(str(file.path), None, message.format(id=one, column=name), hint) for one in ids]
    count = session.number(f"SELECT count(*) FROM ({query})")
    if count > len(ids):
        problems.append(Problem(str(file.path), None, f"{count:,} of this kind in all"))
    raise InvalidData(problems, "nothing was computed")


__all__ = ["load_flows", "reader", "sums"]
