"""Change files as their formats are built: values of JSON, cells of tables. Bytes changed at random seldom stay JSON."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

#: Values that readers have to expect in any place.
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 0.1, 1e308, 10**30, "", " ", "-", "a", "a b", "2020-02-30", "0000-00-00", "2020", "50%", "1,5",
    "<5", "25-50", "x" * 3000, "\u0000", "\ud83d", "\u202e", "<script>", "=1+1", "--", "/", "urn:x:a", "https://x", "id:nvidia",
    [], {}, [[]], [{}], {"id": "a"}, ["a", 1, None], {"a": {"a": {}}}, "NaN", "Infinity", "1e999", "٣",
)  # fmt: skip


def mutate_structure(data: bytes, most: int, seed: int) -> bytes | None:
    """Return a file of JSON, or a table, with some of its values changed, moved or dropped; None if it is neither.

    Parameters
    ----------
    data
        The file.
    most
        The most bytes that may be returned.
    seed
        What decides the changes.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    try:
        text = data.decode()
        changed = _changed_json(text, chance) if text.lstrip()[:1] in ("{", "[") else _changed_table(text, chance)
    except (ValueError, RecursionError):
        return None
    content = changed.encode("utf-8", "surrogatepass")
    return content if len(content) <= most else None


def _changed_json(text: str, chance: random.Random) -> str:
    try:
        values, is_lines = [json.loads(text)], False
    except json.JSONDecodeError:
        values, is_lines = [json.loads(line) for line in text.splitlines() if line.strip()], True
    for _ in range(chance.randint(1, 4)):
        _change(values, chance)
    lines = [json.dumps(value, ensure_ascii=chance.random() < 0.5) for value in values]
    return "\n".join(lines) + "\n" if is_lines or len(lines) != 1 else lines[0]


def _change(values: list[Any], chance: random.Random) -> None:
    """Change one value in place: another one, that of another place, or none."""
    places = list(_places(values))
    if not places:
        return
    holder, key = chance.choice(places)
    other_holder, other_key = chance.choice(places)
    action = chance.randrange(5)
    if action == 0:
        holder[key] = copy.deepcopy(chance.choice(VALUES))
    elif action == 1:
        holder[key] = copy.deepcopy(other_holder[other_key])
    elif action == 2:
        del holder[key]
    elif action == 3:
        holder[key] = [holder[key]] if chance.random() < 0.5 else {"id": holder[key]}
    elif isinstance(holder, list):
        holder.insert(chance.randint(0, len(holder)), copy.deepcopy(holder[key]))
    elif isinstance(other_key, str):
        holder[other_key] = holder.pop(key)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the places of all values: what holds each, and its key or index."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            yield holder, key
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])


def _changed_table(text: str, chance: random.Random) -> str:
    """Return a table with another cell, a row twice, or a row less."""
    rows = [line.split(",") for line in text.splitlines()]
    if not rows:
        raise ValueError("no rows")
    row = chance.choice(rows)
    action = chance.randrange(4)
    if action == 0:
        row[chance.randrange(len(row))] = str(chance.choice(VALUES))
    elif action == 1:
        row[chance.randrange(len(row))] = chance.choice(chance.choice(rows))
    elif action == 2:
        rows.insert(chance.randint(0, len(rows)), list(row))
    else:
        rows.remove(row)
    return "\n".join(map(",".join, rows)) + "\n"
