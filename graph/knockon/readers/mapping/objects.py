"""Read files of objects: JSON, JSON Lines and YAML."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple, NoReturn

from knockon.errors import Problem
from knockon.readers.foreign_file import ZERO_BYTE, ForeignFile
from knockon.readers.json_names import (
    ObjectHook,
    RepeatedName,
    RepeatedObject,
    as_written,
    lines_of_objects,
    named_once,
    repeated_in,
)
from knockon.readers.mapping.paths import PARENT
from knockon.readers.mapping.row_paths import ROW_NAME, RowStep, row_steps
from knockon.readers.mapping.row_places import RowColumns, list_of_rows
from knockon.readers.mapping.wrapped_objects import escaped, text_of_element, unwrapped

#: The largest JSON or YAML file that is read into memory, in bytes; JSON Lines have no limit.
_MAX_WHOLE = 500_000_000
#: The most characters that are kept of text that is no object.
_LONGEST_KEPT = 10_000


class ObjectRow(NamedTuple):
    """An object: its place as evidence names it, its line for messages, its values; or why it cannot be read, and its text."""

    selector: str
    line: int | None
    values: dict[str, Any]
    fault: str = ""
    text: str = ""


def read_json_lines(file: ForeignFile, encoding: str = "", columns: Collection[str] = frozenset()) -> Iterator[ObjectRow]:
    """Yield the object in each line, or the one inside it that has the columns; a line that holds none is a fault."""
    with file.open_text(encoding, keeps_zeros=True) as stream:
        for number, line in enumerate(stream.lines(), 1):
            if not line.strip():
                continue
            try:
                value, fault = _parse(line)
            except RepeatedName as error:
                value, fault = None, str(error)
            if not fault and not isinstance(value, dict):
                fault = "is not an object"
            elif not fault and columns and len(value) == 1:
                _, value = unwrapped("", value, columns)
            yield ObjectRow(f"line:{number}", number, *((value, "", "") if not fault else ({}, fault, _beginning(line))))


def _beginning(text: str) -> str:
    """Return text that is no object, as the file of rejected rows keeps it; never empty."""
    text = text.strip()
    return f"{text[:_LONGEST_KEPT]}..." if len(text) > _LONGEST_KEPT else text or '""'


def _parse(text: str, decoder: json.JSONDecoder | None = None) -> tuple[Any, str]:
    """Return the value of JSON, or why it is not valid; numbers stay as they are written.

    Raises
    ------
    RepeatedName
        An object has a name twice.
    """
    try:
        # A byte order mark within a file is an error that only this function names.
        return (json.loads if text[:1] == "\ufeff" else (decoder or _DECODER).decode)(text), ""
    except RecursionError:
        return None, "has too many levels of nesting"
    except RepeatedName:
        raise
    except ValueError as error:
        return None, ZERO_BYTE if "\0" in text else f"is not valid JSON: {error}"


def _with_words(pairs: list[tuple[str, Any]]) -> Any:
    """Return an object of JSON with true and false as words, as a table would have them; each name once.

    An element of XML that was converted to JSON is its text: ``{"@xml:lang": "en", "$": "Acme"}``.

    >>> _with_words([("@xml:lang", "en"), ("$", "Acme")]), _with_words([("a", True)])
    ('Acme', {'a': 'true'})
    """
    values: dict[str, Any] = named_once(pairs)
    if (text := text_of_element(values)) is not None:
        return text
    for name, value in values.items():
        if isinstance(value, bool):
            values[name] = "true" if value else "false"
        elif isinstance(value, list) and any(isinstance(item, bool) for item in value):
            values[name] = [("true" if item else "false") if isinstance(item, bool) else item for item in value]
    return values


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")


def _decoder(hook: Callable[[list[tuple[str, Any]]], Any]) -> json.JSONDecoder:
    return json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse, object_pairs_hook=hook)


#: One for all lines: to make one takes as long as to read a line.
_DECODER = _decoder(_with_words)


def read_json(file: ForeignFile, path: str | None, encoding: str, columns: RowColumns) -> Iterator[ObjectRow]:
    """Yield the objects that a path leads to in a JSON file; without a path those of its list, or of the file itself.

    Of several lists in an object it is the only one that has any of the columns. A row in which an object has a name twice is
    a fault.

    Raises
    ------
    InvalidData
        It is not JSON, nothing is at the path, or without a path several lists may hold the rows; or an object that is in no
        row has a name twice.
    """
    text = _whole_text(file, encoding)
    try:
        value, fault = _parse(text)
    except RepeatedName:
        yield from _rows_with_repeated(file, text, path, columns)
        return
    if fault:
        raise file.fail(None, fault)
    yield from _rows(file, value, path, columns)


def _rows_with_repeated(file: ForeignFile, text: str, path: str | None, columns: RowColumns) -> Iterator[ObjectRow]:
    """Yield the rows of a JSON file in which an object has a name twice."""
    hook = ObjectHook(_with_words)
    value, fault = _parse(text, _decoder(hook))
    if fault:
        raise file.fail(None, fault)
    lines = lines_of_objects(text, {found.number for found in hook.repeated})
    in_rows: set[int] = set()
    for row in _rows(file, value, path, columns):
        # The objects around a row are no part of it.
        written = row.values
        if not isinstance(written, RepeatedObject):
            written = {name: inner for name, inner in written.items() if name not in (PARENT, ROW_NAME)}
        if found := repeated_in(written):
            in_rows |= {one.number for one in found}
            first = found[0]
            yield ObjectRow(row.selector, lines[first.number], {}, first.fault, _beginning(as_written(written)))
        else:
            yield row
    for one in hook.repeated:
        if one.number not in in_rows:
            raise file.fail(lines[one.number], one.fault)


def read_yaml(file: ForeignFile, path: str | None, encoding: str, columns: RowColumns) -> Iterator[ObjectRow]:
    """Yield the objects that a path leads to in a YAML file; see ``read_json``."""
    lines: dict[tuple[int | str, ...], int] = {}
    value = yaml_value(file, encoding, lines)
    for row in _rows(file, value, path, columns):
        yield row._replace(line=lines.get(_route(row.selector)))


def yaml_value(file: ForeignFile, encoding: str, lines: dict[tuple[int | str, ...], int] | None = None) -> Any:
    """Return the value of a YAML file; ``lines`` takes the line of each value in it, by the way to it.

    Raises
    ------
    InvalidData
        It is not YAML, or an object has a name twice.
    """
    from knockon.authoring.yaml_tree import parse, to_python
    from knockon.errors import InvalidData

    problems: list[Problem] = []
    node = parse(_whole_text(file, encoding), file.name, problems)
    value = None if node is None else to_python(node, (), {} if lines is None else lines, file.name, problems)
    if problems:
        raise InvalidData(problems)
    return value


def _route(selector: str) -> tuple[int | str, ...]:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in selector.removeprefix("pointer:").split("/")[1:]]
    return tuple(int(part) if part.isdigit() else part for part in parts)


def _whole_text(file: ForeignFile, encoding: str) -> str:
    with file.open_text(encoding) as stream:
        text = stream.read(_MAX_WHOLE + 1)
    if len(text) > _MAX_WHOLE:
        raise file.fail(None, f"is larger than {_MAX_WHOLE // 1_000_000} MB", "convert it to JSON Lines, or split it")
    return text


def _rows(file: ForeignFile, value: Any, path: str | None, columns: RowColumns) -> Iterator[ObjectRow]:
    """Yield the objects at a path, each with the object that it is part of under ``^``."""
    found = False
    for pointer, item in _objects(file, value, path, columns):
        if isinstance(item, _OwnName):
            message = (
                f"the object at {pointer} has a value {ROW_NAME} of its own, which is the column of its name {item.name!r}"
            )
            raise file.fail(None, message, "name the value otherwise in the file")
        found = True
        selector = f"pointer:{pointer}" if pointer else ""
        if isinstance(item, dict):
            yield ObjectRow(selector, None, item)
        else:
            yield ObjectRow(selector, None, {}, "is not an object", _beginning(json.dumps(item, ensure_ascii=False)))
    if not found and path:
        raise file.fail(None, f"has nothing at {path}", "correct rows in the mapping")


def _objects(file: ForeignFile, value: Any, path: str | None, columns: RowColumns) -> Iterator[tuple[str, Any]]:
    if path is None:
        found = list_of_rows(file, value, columns)
        if found is None:
            yield unwrapped("", value, columns.known) if columns.known else ("", value)
        else:
            prefix, items = found
            yield from (unwrapped(f"{prefix}/{index}", item, columns.known) for index, item in enumerate(items))
        return
    steps = row_steps(path)
    # A path into a file that is a list is followed from each of its objects.
    starts = ((f"/{i}", item) for i, item in enumerate(value)) if isinstance(value, list) else [("", value)]
    for pointer, item in starts:
        yield from _descend(pointer, item, steps)


class _OwnName(NamedTuple):
    """What stands for a row that has its own value in the column of the name under which it is."""

    name: str


def _descend(pointer: str, value: Any, steps: list[RowStep], added: frozenset[str] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Yield what steps lead to from a value, each with its place, and objects with the object around them and their name.

    ``added`` are the names in the value that are not of the file.
    """
    if not steps:
        yield pointer, value
        return
    step, *rest = steps
    inner = value if not step.name else value.get(step.name) if isinstance(value, dict) else None
    if inner is None:
        return
    if step.name:
        pointer = f"{pointer}/{escaped(step.name)}"
    own: dict[str, Any] = {PARENT: value} if step.name else {}
    for place, item, name in _members(pointer, inner, step, frozenset() if step.name else added):
        if name and isinstance(item, dict) and ROW_NAME in item:
            yield place, _OwnName(name[ROW_NAME][:100])
            return
        child = _with_around(item, own | name) if isinstance(item, dict) else item
        if rest:
            yield from _descend(place, child, rest, frozenset((*own, *name)))
        else:
            yield place, child


def _with_around(item: dict[str, Any], around: dict[str, Any]) -> dict[str, Any]:
    """Return an object with what is around it: the object that it is part of, and its name there."""
    if isinstance(item, RepeatedObject):
        return item.with_values(around)
    return {**around, **item}


def _members(pointer: str, inner: Any, step: RowStep, added: frozenset[str]) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """Yield the items of a list, the values of an object with rows by name (but those added), or else the value itself."""
    if isinstance(inner, list):
        yield from ((f"{pointer}/{i}", item, {}) for i, item in enumerate(inner))
    elif step.keyed and isinstance(inner, dict):
        names = (name for name in inner if name not in added)
        yield from ((f"{pointer}/{escaped(name)}", inner[name], {ROW_NAME: name}) for name in names)
    else:
        yield pointer, inner, {}


__all__ = [
    "ObjectRow",
    "read_json",
    "read_json_lines",
    "read_yaml",
    "yaml_value",
]
