"""What is killed on Spark: ``python spark_run.py TABLES MASTER SPILL`` starts it, and runs a model for each line of its input.

A line is JSON: ``model``, ``output`` (a new folder for the table of the result) and ``options``. A line of output says that
Spark has started, and for each run one says that it begins and one, as JSON, what came out.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from knockon.errors import KnockonError
from knockon.network.tables import NetworkTables, open_tables
from knockon.propagation.engines import engine
from knockon.propagation.engines.spark_options import SparkOptions
from knockon.propagation.engines.spark_session import spark_session

STARTED, BEGUN = "started", "begun"


def main(tables: str, master: str, spill: str) -> None:
    """Answer each line of standard input, until it ends."""
    network = open_tables(tables)
    with spark_session(SparkOptions(master, spill=spill)):
        print(STARTED, flush=True)
        for line in sys.stdin:
            print(BEGUN, flush=True)
            print(json.dumps(_answer(network, **json.loads(line))), flush=True)


def _answer(network: NetworkTables, model: str, output: str, options: dict[str, Any]) -> dict[str, Any]:
    """Run a model on the shock of the first firm: its rounds and a number for each firm, or an error of Knock-on."""
    try:
        result = engine("spark").run(model, network, [0], output=output, losses=True, **options)
    except KnockonError as error:
        return {"error": f"{type(error).__name__}: {error}"}
    numbers = result.step if model == "reach" else result.loss
    return {"rounds": int(result.iterations[0]), "numbers": numbers[0].tolist()}


if __name__ == "__main__":
    main(*sys.argv[1:])
