"""Networks, shocks and what the engine in Python computes for them, as tests/js/engine-parity.js reads them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knockon.network.compile import Compiled
from knockon.network.hits import Hits
from knockon.network.network import NONE, Network
from knockon.propagation.leontief import leontief

SCRIPTS = Path(__file__).resolve().parents[1] / "js"
KINDS = ("node", "slot", "supply")

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to run the page's engine")


def source_of(network: Network) -> dict[str, Any]:
    """A network as the engine of the page takes it."""
    together = network.hit_with.tolist() if len(network.hit_with) else []
    return {
        "entities": network.entities,
        "hidden": network.hidden_entity.tolist(),
        "own": [int(slot == NONE) for slot in network.hidden_slot.tolist()],
        "slots": {
            "owner": network.slot_owner.tolist(),
            "need": network.slot_need.tolist(),
            **dict(zip(("low", "point", "high"), network.weights.tolist(), strict=True)),
            "mode": network.mode.tolist(),
            "atLeast": network.at_least.tolist(),
            "width": np.diff(network.supply_start).tolist(),
            "dispute": together,
        },
        "supplies": {
            "provider": network.supply_provider.tolist(),
            "share": network.supply_share.tolist(),
            "unstated": network.unstated.astype(int).tolist(),
        },
    }


def hits_of_shock(hits: Hits, shock: int) -> list[dict[str, Any]]:
    """The hits of one shock."""
    return [
        {"kind": KINDS[hits.kind[row]], "index": int(hits.index[row]), "severity": hits.severity[:, row].tolist()}
        for row in hits.of_shock(shock).tolist()
    ]


def case(name: str, network: Network, hits: Hits) -> dict[str, Any]:
    """A network with its shocks, and the result of each."""
    result = leontief(network, hits)
    nodes = result.all_nodes
    assert result.error is not None
    shocks = [
        {
            "hits": hits_of_shock(hits, shock),
            "expected": {
                **{field: getattr(nodes, field)[shock].tolist() for field in nodes._fields},
                "shortage": result.shortage[shock].tolist(),
                "error": float(result.error[shock]),
                "iterations": int(result.iterations[shock]),
                "residual": float(result.residual[shock]),
                "stoppedBy": result.stopped_by[shock],
            },
        }
        for shock in range(hits.count)
    ]
    return {"name": name, "network": source_of(network), "shocks": shocks}


def terms_of(compiled: Compiled) -> list[dict[str, Any] | None]:
    """What the records of each slot state of its suppliers."""
    return [
        plan.terms
        and {
            "combination": -1 if plan.terms.combination is None else int(plan.terms.combination),
            "atLeast": plan.terms.at_least,
            "stated": list(plan.terms.stated),
            "passing": list(plan.terms.passing),
        }
        for plan in compiled.plans
    ]


def run_node(script: str, cases: Iterable[Any], *arguments: str) -> tuple[list[str], str]:
    """What a script of tests/js writes for cases, a line each, and its last message; one process reads them all."""
    lines = "\n".join(json.dumps(one, allow_nan=False) for one in cases)
    command: Sequence[str] = ["node", str(SCRIPTS / script), *arguments]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), done.stderr.strip()
