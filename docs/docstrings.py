"""Docstrings as Markdown: griffe parses their sections, and every reference page renders them alike."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import griffe

#: The names of the sections of a docstring that the pages show as lists, in the order of the pages.
_LISTS = ("parameters", "attributes", "returns", "yields", "raises")
#: The longest signature on one line.
_WIDTH = 110


@dataclass(frozen=True)
class Item:
    """One entry of a section: a parameter, an attribute, a returned value or an error.

    Attributes
    ----------
    name
        What is described.
    text
        What is said of it, as Markdown on one line.
    group
        All names that the text is about, where it is about several: ``low, high``.
    """

    name: str
    text: str
    group: str = ""


@dataclass(frozen=True)
class Parsed:
    """The sections of one docstring.

    Attributes
    ----------
    summary
        Its first paragraph, on one line.
    body
        The other paragraphs, as Markdown.
    sections
        The entries of each section by the name of the section: parameters, attributes, returns, yields, raises.
    references
        What the section References says, as Markdown.
    examples
        Paragraphs and console blocks, as Markdown.
    """

    summary: str
    body: str
    sections: Mapping[str, tuple[Item, ...]]
    references: str
    examples: str


def parse(thing: Any) -> Parsed:
    """Parse the docstring of a class, function, property or module (numpydoc)."""
    return parse_text(inspect.getdoc(thing) or "")


@cache
def parse_text(text: str) -> Parsed:
    """Parse the text of a docstring (numpydoc).

    An entry of several names, ``low, high``, becomes one for each of them.
    """
    paragraphs, examples, references = [], [], ""
    sections: dict[str, tuple[Item, ...]] = {}
    for section in griffe.Docstring(text).parse("numpy", warnings=False):
        kind = section.kind.value
        if kind == "text":
            paragraphs.append(section.value)
        elif kind == "examples":
            examples += [part for _, part in section.value]
        elif kind in _LISTS:
            sections[kind] = tuple(_items(section.value))
        elif (section.title or "").lower() == "references" or getattr(section.value, "kind", "") == "references":
            references = markdown(section.value.contents)
        else:
            raise ValueError(f"a docstring has a section that the reference pages do not show: {section.title or kind}")
    blocks = list(_blocks("\n\n".join(paragraphs)))
    prose = [block for block in blocks if not block.startswith(">>>")]
    examples = [block for block in blocks if block.startswith(">>>")] + examples
    return Parsed(
        summary=markdown(prose[0]).replace("\n", " ") if prose else "",
        body=markdown("\n\n".join(prose[1:])),
        sections=sections,
        references=references,
        examples=markdown("\n\n".join(examples)),
    )


def _items(entries: Iterable[Any]) -> Iterator[Item]:
    for entry in entries:
        if str(getattr(entry, "annotation", "")).startswith(">>>"):
            raise ValueError(f"a docstring has an example outside of a section Examples: {entry.annotation}")
        # What is raised or returned is named by its type; a parameter or attribute has a name of its own.
        names = getattr(entry, "name", "") or str(entry.annotation or "")
        for name in names.split(", "):
            text = markdown(entry.description.strip()).replace("\n", " ")
            yield Item(name, text, names if "," in names else "")


def _blocks(text: str) -> Iterator[str]:
    """Yield the paragraphs of a text."""
    return (block for block in re.split(r"\n\s*\n", text) if block.strip())


def markdown(text: str) -> str:
    """Return reStructuredText of docstrings as Markdown: literals, roles, equations and console sessions.

    >>> markdown("As ``loss`` of :func:`knockon.propagation.reach`.")
    'As `loss` of `knockon.propagation.reach`.'
    """
    blocks: list[str] = []
    for block in _blocks(inspect.cleandoc(text)):
        if block.startswith(">>>"):
            blocks.append(f"```pycon\n{block}\n```")
        elif block.startswith(".. math::"):
            blocks.append(f"```math\n{inspect.cleandoc(block.removeprefix('.. math::')).strip()}\n```")
        elif block.startswith("   ") and blocks and blocks[-1].startswith("```math"):
            # A blank line within an equation ends a line of it.
            before = blocks[-1].removeprefix("```math").removesuffix("```").strip()
            blocks[-1] = "```math\n" + (f"{before} \\\\\n" if before else "") + f"{inspect.cleandoc(block)}\n```"
        else:
            blocks.append(_inline(block))
    merged = "\n\n".join(blocks).replace("\n```\n\n```pycon\n", "\n\n")
    return re.sub(r"```math\n(.*?)\n```", _aligned, merged, flags=re.DOTALL)


def _aligned(block: re.Match[str]) -> str:
    """Return an equation of several lines in an environment that aligns them."""
    text = block[1]
    return f"```math\n\\begin{{aligned}}\n{text}\n\\end{{aligned}}\n```" if "&" in text else f"```math\n{text}\n```"


def _inline(text: str) -> str:
    text = re.sub(r":math:`([^`]*)`", r"$`\1`$", text)
    text = re.sub(r":[a-z]+:`~?([^`]*)`", r"`\1`", text)
    return re.sub(r"``([^`]+)``", r"`\1`", text)


class _Code(str):
    """Code that is shown as it is, without the quotation marks of a string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _shown(parameter: inspect.Parameter) -> inspect.Parameter:
    """Return a parameter with its annotation, and a default that is an object, as the source has them."""
    default = parameter.default
    if dataclasses.is_dataclass(default) and not isinstance(default, type):
        whole = default == type(default)()
        parameter = parameter.replace(default=_Code(f"{type(default).__name__}({'' if whole else '...'})"))
    elif type(default) is object:
        parameter = parameter.replace(default=_Code("..."))
    return parameter.replace(
        annotation=_Code(parameter.annotation) if isinstance(parameter.annotation, str) else parameter.annotation
    )


def signature(name: str, function: Any) -> str:
    """Return the signature of a function as a block of code, without ``self``; a long one has a line for each parameter."""
    described = inspect.signature(function)
    parameters = [_shown(parameter) for parameter in described.parameters.values()]
    if parameters and parameters[0].name in {"self", "cls"}:
        del parameters[0]
    returned = described.return_annotation
    end = "" if returned is inspect.Signature.empty else f" -> {returned}"
    text = f"{name}{inspect.Signature(parameters)}{end}"
    if len(text) > _WIDTH:
        lines: list[str] = []
        for parameter in parameters:
            if parameter.kind is parameter.KEYWORD_ONLY and not any(line.startswith("*") for line in lines):
                lines.append("*")
            lines.append(str(parameter))
        text = f"{name}(\n" + "".join(f"    {line},\n" for line in lines) + f"){end}"
    return f"```text\n{text}\n```"


def lists(parsed: Parsed, *, but: str = "") -> list[str]:
    """Return the lines of the sections of a docstring: each a heading in bold and a list; then the references.

    The section ``but`` is left out.
    """
    lines: list[str] = []
    for kind in _LISTS:
        if kind in parsed.sections and kind != but:
            lines += [f"**{kind.capitalize()}**", ""]
            # Names that share a text stand on one line.
            entries = dict.fromkeys((item.group or item.name, item.text) for item in parsed.sections[kind])
            for names, text in entries:
                shown = ", ".join(f"`{name}`" for name in names.split(", "))
                lines.append(f"- {shown}: {text}" if text else f"- {shown}")
            lines.append("")
    if parsed.references:
        lines += ["**References**", "", parsed.references, ""]
    return lines


def examples(parsed: Parsed) -> list[str]:
    """Return the lines of the examples of a docstring."""
    return ["**Example**", "", parsed.examples, ""] if parsed.examples else []
