"""A network as tables: a folder of Parquet files that engines outside this process read (DuckDB, Spark).

Two kinds. Of a *graph*:

``nodes.parquet``
    ``node``, ``id``, ``entity``, ``part``: a row for each entity, then one for each hidden node; ``entity`` is the visible
    node that a node stands for, ``part`` the slot that a hidden node is a part of its entity by (-1: none).
``slots.parquet``
    ``slot``, ``owner``, ``need`` (-1: none), ``mode`` (:class:`knockon.network.Mode`), ``at_least``, ``weight_low``,
    ``weight``, ``weight_high``, ``hit_with`` (the first of the slots whose records dispute one need, else the slot itself).
``supplies.parquet``
    ``supply``, ``slot``, ``provider``, ``share``, ``unstated`` (whether nobody states the share).

Of *money flows*:

``firms.parquet``
    ``firm``, ``id``, ``sector``, ``final_demand``, ``costs``, and optionally ``equity``, empty where it is not known.
``flows.parquet``
    ``supplier``, ``customer``, ``value``: each pair once, by supplier and customer.
``essentiality.parquet``
    ``supplier_sector``, ``customer_sector``, ``essentiality`` (0, 1, 2), a row for each pair that is not 1.

Row numbers (``node``, ``slot``, ``supply``, ``firm``) count from 0 in the order of the file. Ids are texts or whole numbers.
No other column has gaps. ``tables.json`` states the kind, the rows and the SHA-256 of each file, and of what the network was
made.
"""

from knockon.network.tables.flow_files import FlowFiles, open_flow_files
from knockon.network.tables.opened import NetworkTables, is_tables, open_tables
from knockon.network.tables.read import read_tables
from knockon.network.tables.write import TableWriter, write_tables

__all__ = [
    "FlowFiles",
    "NetworkTables",
    "TableWriter",
    "is_tables",
    "open_flow_files",
    "open_tables",
    "read_tables",
    "write_tables",
]
