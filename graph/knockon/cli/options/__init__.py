"""The options that several commands share: the store, the records and model of a question, a hit, rules, how files are read."""

from __future__ import annotations

from knockon.cli.options.engine import engine_options
from knockon.cli.options.fail_on import BROKEN, CAPPED, FailOn, exit_code, losses_by_entity, parse_rules, resolve_rules
from knockon.cli.options.hit import Hits, hit_options
from knockon.cli.options.question import (
    RUN,
    STOP,
    WORLD,
    AccordingTo,
    Cap,
    Eps,
    MinConfidence,
    MinLoss,
    Without,
    question_options,
)
from knockon.cli.options.reading import FLOWS, add_file_options, reading_options
from knockon.cli.options.store import Store, open_graph, open_store_folder

__all__ = [
    "BROKEN",
    "CAPPED",
    "FLOWS",
    "RUN",
    "STOP",
    "WORLD",
    "AccordingTo",
    "Cap",
    "Eps",
    "FailOn",
    "Hits",
    "MinConfidence",
    "MinLoss",
    "Store",
    "Without",
    "add_file_options",
    "engine_options",
    "exit_code",
    "hit_options",
    "losses_by_entity",
    "open_graph",
    "open_store_folder",
    "parse_rules",
    "question_options",
    "reading_options",
    "resolve_rules",
]
