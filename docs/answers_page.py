"""The page of answers: every public question of Graph, and every key of what it returns, from the docstrings."""

from __future__ import annotations

import ast
import dataclasses
import enum
import importlib
import inspect
import re
import sys
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import knockon
from docstrings import Parsed, examples, lists, parse, parse_text, signature
from knockon.analysis.answer_keys import AnswerKey, annotation_of, answer_keys
from knockon.analysis.backtest.run import Backtest
from knockon.analysis.options import Options, RoundOptions, RunOptions, WorldOptions
from knockon.analysis.rank.firm_shocks import FirmShocks
from knockon.analysis.records.library import LibraryAnswer
from knockon.analysis.records.quotations import Quotation
from knockon.analysis.report.shock_report import ShockReport
from knockon.analysis.run_info import FromRun, RunAnswer, RunInfo
from knockon.analysis.sector_answers import SectorAnswer, SectorShocks
from knockon.analysis.survival import SurvivalAnswer
from knockon.synthetic import Country

_PLAIN = {
    "str": "string", "int": "integer", "float": "number", "bool": "boolean", "None": "null", "date": "string (date)",
    "Path": "string", "JsonValue": "any value", "JsonObject": "object",
}  # fmt: skip
_LISTS = {"tuple", "list", "Sequence", "Iterator", "Iterable", "frozenset"}
#: Words of a meaning that state its unit or range, and what the column has for them.
_UNITS = (
    (r"\ba share, 0 or more\b", "0 or more"), (r"\bof the recovery times\b", "as the recovery times"),
    (r"\b0\.\.1\b", "0..1"), (r"\bIRIs?\b", "IRI"), (r"\bcode points?\b", "code points"), (r"\bloss-days\b", "loss-days"),
    (r"\bin days\b|\bdays\b", "days"), (r"\bbytes\b", "bytes"), (r"\bSHA-256\b|\bdigest\b", "hash"), (r"\bUTC\b", "UTC"),
    (r"\ba factor\b", "factor"), (r"\bin places\b", "places"), (r"\bnumber of suppliers\b", "suppliers"),
    (r"\b[Ii]ts amount\b|\bsum of (the )?amounts\b|unit of the portfolio", "amount"),
)  # fmt: skip
#: JSON of what changes a store, which lies in a layer below that of Answer: keys that are no field, or that mean another thing.
_OF_STORES = {
    "DataSetChange": {"id": ("string", "Its local name."), "iri": ("string", "Its IRI.")},
    "StoredDataSet": {"id": ("string", "Its local name."), "iri": ("string", "Its IRI.")},
    "RemoveReport": {"classes": ("object of integer", "How many records of each class went.")},
}
_PROPERTIES_OF_STORES = {"StoredDataSet": ("name",), "Revision": ("change", "records")}
#: The classes of options that the page describes.
_OPTIONS = {"WorldOptions", "RoundOptions", "RunOptions", "Options"}
#: Answers that no method of Graph returns: of commands, of the HTML page of ``Graph.report``, and of every answer about a run.
_OTHERS = (
    Quotation, LibraryAnswer, ShockReport, RunInfo, Country, Backtest, SectorAnswer, SectorShocks, SurvivalAnswer, FirmShocks,
)  # fmt: skip


@dataclass(frozen=True)
class Key:
    """One key of an answer in JSON.

    Attributes
    ----------
    name
        The key. Ends in ``*`` for keys that a mapping of the answer adds, named in the meaning.
    attribute
        The attribute of Python, dotted where it is one of a part.
    type
        The type in JSON, with links to the answers in it.
    unit
        The unit or range; empty where there is none.
    meaning
        What it means.
    parts
        The answers in its value.
    """

    name: str
    attribute: str
    type: str
    unit: str
    meaning: str
    parts: tuple[type, ...] = ()

    def row(self) -> str:
        """Return the row of the table of keys."""
        return _row(f"`{self.name}`", f"`{self.attribute}`", self.type, self.unit, self.meaning)

    def python_row(self) -> str:
        """Return the row of the table of attributes that JSON does not have."""
        return _row(f"`{self.attribute}`", self.type, self.unit, self.meaning)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


@cache
def keys(cls: type) -> tuple[Key, ...]:
    """Return the keys of an answer in the order of JSON."""
    return tuple(_keys(cls))


def _keys(cls: type) -> Iterator[Key]:
    documented = _attributes(cls)
    for each in (*answer_keys(cls), *(property_key(cls, name) for name in _PROPERTIES_OF_STORES.get(cls.__name__, ()))):
        shown, parts = _type(ast.parse(each.annotation, mode="eval").body, each.owner.__module__)
        meaning = documented.get(each.attribute, "")
        if not each.spread:
            shown, meaning = _OF_STORES.get(cls.__name__, {}).get(each.key, (shown, meaning))
            yield Key(each.key, each.attribute, shown, _unit(shown, meaning), meaning, parts)
        elif parts:
            for inner in keys(parts[0]):
                yield dataclasses.replace(inner, attribute=f"{each.attribute}.{inner.attribute}")
        else:
            yield Key(f"{each.attribute}.*", each.attribute, shown.removeprefix("object of "), _unit(shown, meaning), meaning)
    for name in ("iri",) if "iri" in _OF_STORES.get(cls.__name__, {}) else ():
        yield Key(name, "id", *_OF_STORES[cls.__name__][name][:1], "IRI", _OF_STORES[cls.__name__][name][1])


def property_key(cls: type, name: str) -> AnswerKey:
    """Return the key in JSON of a property that ``fields`` does not have."""
    return AnswerKey(name, name, *annotation_of(cls, name), spread=False, optional=False)


@cache
def python_only(cls: type) -> tuple[Key, ...]:
    """Return the fields and properties of an answer that its JSON does not have, with their types in Python."""
    return tuple(_python_only(cls))


def _python_only(cls: type) -> Iterator[Key]:
    documented = _attributes(cls)
    in_json = {key.attribute.split(".")[0] for key in keys(cls)}
    for name in dict.fromkeys((*(field.name for field in dataclasses.fields(cls)), *_properties(cls))):
        if name not in in_json:
            owner, annotation = annotation_of(cls, name)
            parts = _answers_in(annotation, owner.__module__)
            meaning = documented.get(name, "")
            yield Key("", name, _linked(annotation, parts), _unit("number", meaning), meaning, parts)


def _properties(cls: type) -> Iterator[str]:
    """Yield the public properties of an answer itself, and of its base classes but those of all answers about a run."""
    for base in cls.__mro__:
        if base is not RunAnswer:
            names = (name for name, value in vars(base).items() if isinstance(value, property | cached_property))
            yield from (name for name in names if not name.startswith("_"))


def _unit(shown: str, meaning: str) -> str:
    span = re.search(r"\((-?[\d ]+\.\.[\d ]*)\)", meaning)
    if span and "number" in shown:
        return span[1]
    if "integer" in shown and re.search(r"[Hh]ow many|umber of", meaning):
        return "count"
    units = [unit for words, unit in _UNITS if re.search(words, meaning)]
    if units and units[0] == "IRI" and "string" not in shown:
        units = units[1:]
    return units[0] if units and shown != "boolean" and "](#" not in shown else ""


@cache
def _attributes(cls: type) -> Mapping[str, str]:
    """Return what docstrings say of the attributes of a class: the nearest class first, then properties."""
    documented: dict[str, str] = {}
    for base in cls.__mro__:
        for item in parse_own(base).sections.get("attributes", ()):
            names = ", ".join(f"`{name}`" for name in item.group.split(", "))
            documented.setdefault(item.name, f"{names}: {item.text}" if item.group else item.text)
        for name, value in vars(base).items():
            if isinstance(value, property | cached_property):
                documented.setdefault(name, parse(value).summary)
            elif isinstance(value, FromRun):
                documented.setdefault(name, _attributes(RunInfo)[name])
    return documented


@cache
def parse_own(cls: type) -> Parsed:
    """Parse the docstring of a class itself, none that it inherits."""
    return parse_text(inspect.cleandoc(vars(cls).get("__doc__") or "") if cls.__module__.startswith("knockon") else "")


def _type(node: ast.expr, module: str) -> tuple[str, tuple[type, ...]]:
    """Return an annotation as a type of JSON, with links to answers, and the answers in it."""
    if isinstance(node, ast.Constant):
        return ("null", ()) if node.value is None else _type(ast.parse(str(node.value), mode="eval").body, module)
    if isinstance(node, ast.BinOp):
        left, right = _type(node.left, module), _type(node.right, module)
        return f"{left[0]} or {right[0]}", left[1] + right[1]
    if isinstance(node, ast.Subscript):
        return _container(ast.unparse(node.value), node.slice, module)
    return _named(ast.unparse(node), module)


def _container(name: str, inner: ast.expr, module: str) -> tuple[str, tuple[type, ...]]:
    """Return a type with parameters, such as ``tuple[Impact, ...]``, as a type of JSON."""
    nodes = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
    if name in _LISTS:
        items = [_type(one, module) for one in nodes if ast.unparse(one) != "..."]
        text = ", ".join(shown for shown, _ in items)
        brackets = " or " in text or ", " in text
        return f"list of {f'({text})' if brackets else text}", tuple(part for _, parts in items for part in parts)
    if name in {"Mapping", "dict"}:
        shown, parts = _type(nodes[1], module)
        return f"object of {shown}", parts
    if name == "Literal":
        return "string", ()
    raise ValueError(f"{module}: the reference has no type of JSON for {name}[...]")


def _named(name: str, module: str) -> tuple[str, tuple[type, ...]]:
    """Return a type by its name in a module as a type of JSON."""
    if name in _PLAIN:
        return _PLAIN[name], ()
    value = resolve(name, module)
    if isinstance(value, type) and issubclass(value, enum.Enum):
        return "string", ()
    if isinstance(value, type) and dataclasses.is_dataclass(value):
        # What is annotated with a class may be one of its subclasses, which has more keys.
        classes = (value, *value.__subclasses__())
        return " or ".join(map(_link, classes)), classes
    if not isinstance(value, type) and typing.get_args(value):
        # An alias of another type.
        return _type(ast.parse(_spelled(value), mode="eval").body, module)
    raise ValueError(f"{module}: the reference has no type of JSON for {name}")


def _spelled(annotation: Any) -> str:
    """Return a type as it is written in annotations."""
    if annotation is type(None):
        return "None"
    text = annotation.__name__ if isinstance(annotation, type) and not typing.get_args(annotation) else str(annotation)
    return re.sub(r"\b(?:\w+\.)+", "", text)


def resolve(name: str, module: str) -> Any:
    """Return what a name stands for in a module, also where only type checkers import it."""
    found = vars(sys.modules[module]).get(name)
    if found is not None:
        return found
    if name not in _imported_names(module):
        raise LookupError(f"{module} knows no {name}")
    place, its_name = _imported_names(module)[name]
    return getattr(importlib.import_module(place), its_name)


@cache
def _imported_names(module: str) -> Mapping[str, tuple[str, str]]:
    """Return the modules and names of all that a module imports from others, by the name that it has there."""
    names: dict[str, tuple[str, str]] = {}
    for node in ast.walk(ast.parse(inspect.getsource(sys.modules[module]))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names.setdefault(alias.asname or alias.name, (node.module, alias.name))
    return names


def heading(cls: type) -> str:
    """Return the heading of an answer: its name, with its module's where two have the same."""
    return _HEADINGS.setdefault(f"{cls.__module__}.{cls.__name__}", _new_heading(cls))


_HEADINGS: dict[str, str] = {}


def _new_heading(cls: type) -> str:
    return cls.__name__ if cls.__name__ not in _HEADINGS.values() else f"{cls.__name__} ({cls.__module__.rpartition('.')[2]})"


def anchor(text: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def questions() -> dict[str, Any]:
    """Return the public methods of Graph by name, in the order of its bases and of their methods."""
    members = {name: value for cls in reversed(knockon.Graph.__mro__[:-1]) for name, value in vars(cls).items()}
    return {name: value for name, value in members.items() if not name.startswith("_") and callable(value)}


def answers_of(function: Any) -> tuple[type, ...]:
    """Return the answers that a question returns: none where it returns text, records or what another library has."""
    return _answers_in(str(inspect.signature(function).return_annotation), inspect.unwrap(function).__module__)


def _answers_in(annotation: str, module: str) -> tuple[type, ...]:
    """Return the answers that an annotation in a module names."""
    node = ast.parse(annotation.strip("'"), mode="eval").body
    classes = []
    for name in dict.fromkeys(part.id for part in ast.walk(node) if isinstance(part, ast.Name)):
        try:
            value = resolve(name, module)
        except LookupError:
            continue
        if isinstance(value, type) and dataclasses.is_dataclass(value) and hasattr(value, "to_dict"):
            classes.append(value)
    return tuple(classes)


def with_parts(classes: tuple[type, ...]) -> Iterator[type]:
    """Yield answers, each followed by its parts, and each once."""
    waiting, done = list(classes), set()
    while waiting:
        cls = waiting.pop(0)
        if cls not in done:
            done.add(cls)
            yield cls
            waiting[:0] = [part for key in (*keys(cls), *python_only(cls)) for part in key.parts]


def page() -> str:
    """Return the page as Markdown."""
    asked = questions()
    answers = {name: answers_of(function) for name, function in asked.items()}
    returned = [cls for classes in answers.values() for cls in classes]
    documented = list(with_parts((*dict.fromkeys(returned), *_OTHERS)))
    lines = [
        "# Questions and answers", "",
        "Written by `make docs` from signatures and docstrings. First every public method of `knockon.Graph`, then each answer",
        "with the keys that it has in JSON (`to_dict()`, `--format json`), in their order.", "",
        "A key has the name of its attribute in Python, except where the column Attribute shows another; `part.name` is an",
        "attribute of a part whose keys are among those of the whole. A key with `.*` stands for the keys of a mapping.", "",
        "# Questions", "",
    ]  # fmt: skip
    for name, function in asked.items():
        parsed = parse(function)
        lines += [f"## Graph.{name}", "", signature(name, function), "", parsed.summary, ""]
        lines += [parsed.body, ""] if parsed.body else []
        lines += [re.sub(r"`knockon\.(\w*Options)`", _option_link, line) for line in lists(parsed, but="returns")]
        lines += ["**Returns**", "", _returned(function, answers[name], parsed), ""]
        lines += examples(parsed)
    for cls, base in ((WorldOptions, None), (RoundOptions, WorldOptions), (RunOptions, RoundOptions), (Options, RunOptions)):
        lines += options(cls, base)
    lines += ["# Answers", ""]
    for cls in documented:
        lines += answer(cls)
    return "\n".join(lines)


def options(cls: Any, base: Any) -> list[str]:
    """Return the lines of a TypedDict of options: those that it adds to the ones of its base."""
    parsed = parse_own(cls)
    lines = [f"## {cls.__name__}", "", parsed.summary, *(["", parsed.body] if parsed.body else []), ""]
    lines += [f"All of [{base.__name__}](#{anchor(base.__name__)}), and:", ""] if base else []
    types = inspect.get_annotations(cls)
    for item in parsed.sections["attributes"]:
        if base and item.name in inspect.get_annotations(base):
            continue
        lines.append(f"- `{item.name}` (`{types[item.name].__forward_arg__}`): {item.text}")
    return [*lines, ""]


def answer(cls: type) -> list[str]:
    """Return the lines of one answer: what it is, and the table of its keys."""
    parsed = parse_own(cls)
    lines = [f"## {heading(cls)}", "", f"`{cls.__module__}.{cls.__name__}`", "", parsed.summary, ""]
    lines += [parsed.body, ""] if parsed.body else []
    lines += ["| Key | Attribute | Type | Unit | Meaning |", "|---|---|---|---|---|"]
    lines += [*(key.row() for key in keys(cls)), ""]
    others = [key.python_row() for key in python_only(cls)]
    return [
        *lines,
        *(
            ["In Python alone:", "", "| Attribute | Type | Unit | Meaning |", "|---|---|---|---|", *others, ""]
            if others
            else []
        ),
    ]


def _returned(function: Any, answers: tuple[type, ...], parsed: Parsed) -> str:
    """Return what a question returns: its annotation with links to the answers in it, and what the docstring adds."""
    text = _linked(str(inspect.signature(function).return_annotation), answers)
    added = " ".join(item.text for item in parsed.sections.get("returns", ()))
    return f"{text}: {added}" if added else text


def _linked(annotation: str, answers: tuple[type, ...]) -> str:
    """Return an annotation as code, with links to the answers in it."""
    links = {cls.__name__: _link(cls) for cls in answers}
    pieces = re.split(r"\b(" + "|".join(links) + r")\b", annotation) if links else [annotation]
    return "".join(links.get(piece) or (f"`{piece}`" if piece.strip() else piece) for piece in pieces)


def _option_link(name: re.Match[str]) -> str:
    return f"[{name[1]}](#{anchor(name[1])})" if name[1] in _OPTIONS else name[0]


def _link(cls: type) -> str:
    return f"[{heading(cls)}](#{anchor(heading(cls))})"


__all__ = ["Key", "keys", "page"]
