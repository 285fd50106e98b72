"""The labelled set: pairs of names of which it is known whether they are one entity, and how that is known."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from knockon.bundled import labelled_pairs_file
from knockon.errors import InvalidData, Problem
from knockon.identity.index import NameIndex
from knockon.identity.names import normalize
from knockon.identity.rules import Facts, RuleResult, rule_results

#: The columns of a file of labelled pairs.
COLUMNS = ("left", "right", "same", "hard", "leftCountry", "rightCountry", "leftListed", "rightListed", "source", "knownBy")
_YES_NO = {"yes": True, "no": False}


class LabelledPair(NamedTuple):
    """Two names, whether they are one entity, whether that is hard to tell, and how it is known."""

    left: str
    right: str
    same: bool
    hard: bool
    facts: Facts
    source: str
    known_by: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well candidates are found on labelled pairs.

    Attributes
    ----------
    pairs, same, hard
        How many pairs there are, how many of them are one entity, and how many are hard to tell.
    least
        The least similarity of a candidate (0..1).
    proposed
        How many pairs are candidates, of those that are the same and of those that are not.
    found
        How many of the pairs that are the same the index finds, whatever their similarity.
    precision, recall
        The share of candidates that are the same, and of the same that are candidates (0..1).
    ties
        How many names have two or more candidates of equal similarity; their names decide the order.
    rules
        What each rule accepts.
    """

    pairs: int
    same: int
    hard: int
    least: float
    proposed: tuple[int, int]
    found: int
    precision: float
    recall: float
    ties: int
    rules: tuple[RuleResult, ...]


def read_labelled_pairs(path: Path) -> tuple[LabelledPair, ...]:
    """Return the pairs of a file.

    Raises
    ------
    InvalidData
        A column is missing, or a value is not yes or no; with file and line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InvalidData([Problem(str(path), 1, f"no column {', '.join(missing)}", f"columns: {', '.join(COLUMNS)}")])
            return tuple(_pair(row, path, reader.line_num) for row in reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidData([Problem(str(path), None, f"cannot be read: {error}")]) from None


def _pair(row: dict[str, str], path: Path, line: int) -> LabelledPair:
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in ("same", "hard", "leftListed", "rightListed"):
        if values[name] not in _YES_NO:
            raise InvalidData([Problem(str(path), line, f"{name}: {values[name][:100]!r} is neither yes nor no")])
    facts = Facts(
        normalize(values["left"]),
        normalize(values["right"]),
        (_countries(values["leftCountry"]), _countries(values["rightCountry"])),
        (_YES_NO[values["leftListed"]], _YES_NO[values["rightListed"]]),
    )
    same, hard = _YES_NO[values["same"]], _YES_NO[values["hard"]]
    return LabelledPair(values["left"], values["right"], same, hard, facts, values["source"], values["knownBy"])


def _countries(text: str) -> frozenset[str]:
    return frozenset(part.strip().casefold() for part in text.split(";") if part.strip())


def evaluate(pairs: tuple[LabelledPair, ...], least: float) -> Evaluation:
    """Return how well candidates are found on labelled pairs, with all their names in one index.

    Parameters
    ----------
    pairs
        The pairs.
    least
        The least similarity of a candidate (0..1).
    """
    names = sorted({name for pair in pairs for name in (pair.left, pair.right)})
    row = {name: place for place, name in enumerate(names)}
    index = NameIndex(names)
    scores: dict[str, dict[int, float]] = {}
    for name in sorted({pair.left for pair in pairs}):
        scores[name] = {match.row: match.score for match in index.query(name, 0.0) if match.row != row[name]}
    counts: dict[tuple[bool, bool], int] = defaultdict(int)
    for pair in pairs:
        counts[pair.same, scores[pair.left].get(row[pair.right], 0.0) >= least] += 1
    same, right, wrong = counts[True, True] + counts[True, False], counts[True, True], counts[False, True]
    return Evaluation(
        pairs=len(pairs),
        same=same,
        hard=sum(pair.hard for pair in pairs),
        least=least,
        proposed=(right, wrong),
        found=sum(pair.same and row[pair.right] in scores[pair.left] for pair in pairs),
        precision=right / (right + wrong) if right + wrong else 1.0,
        recall=right / same if same else 1.0,
        ties=sum(_has_tie(found, least) for found in scores.values()),
        rules=rule_results((pair.facts, pair.same) for pair in pairs),
    )


def _has_tie(found: dict[int, float], least: float) -> bool:
    proposed = [score for score in found.values() if score >= least]
    return len(set(proposed)) < len(proposed)


@cache
def used_rules() -> tuple[RuleResult, ...]:
    """Return the rules that may accept: those without a wrong acceptance in the labelled set of the package."""
    pairs = read_labelled_pairs(labelled_pairs_file())
    return tuple(result for result in rule_results((pair.facts, pair.same) for pair in pairs) if result.used)


__all__ = ["COLUMNS", "Evaluation", "LabelledPair", "evaluate", "labelled_pairs_file", "read_labelled_pairs", "used_rules"]
