"""Types of arguments of the programs in this folder: what is wrong ends with a message, and exit code 2."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Collection
from pathlib import Path

from knockon.bundled import data_set_names


def whole_number(text: str) -> int:
    """Return a number from 1 on, which may be written ``100_000`` or ``100,000``.

    >>> whole_number("100_000"), whole_number("20,000")
    (100000, 20000)
    """
    digits = text.replace("_", "").replace(",", "")
    if not (digits.isascii() and digits.isdigit() and int(digits)):
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(digits)


def whole_numbers(text: str) -> list[int]:
    """Return the numbers between commas.

    >>> whole_numbers("10,200")
    [10, 200]
    """
    return [whole_number(part) for part in text.split(",")]


def some_of(names: Collection[str]) -> Callable[[str], list[str]]:
    """Return the type of some of these names, separated by commas.

    >>> some_of(["10k", "1M"])("1M")
    ['1M']
    """

    def parse(text: str) -> list[str]:
        if wrong := [part for part in text.split(",") if part not in names]:
            raise ArgumentTypeError(f"{wrong[0]!r} is not one of {', '.join(names)}")
        return text.split(",")

    return parse


def source(text: str) -> str:
    """Return what `knockon load` reads: the name of a bundled data set, a file or a folder."""
    if text not in data_set_names() and not Path(text).exists():
        raise ArgumentTypeError(f"{text!r} is neither bundled ({', '.join(data_set_names())}) nor a file or folder")
    return text


def existing_file(text: str) -> Path:
    """Return a file."""
    if not Path(text).is_file():
        raise ArgumentTypeError(f"{text!r} is not a file")
    return Path(text)


def source_folder(text: str) -> Path:
    """Return a folder with the source code of this project."""
    if not (Path(text) / "graph" / "knockon").is_dir():
        raise ArgumentTypeError(f"{text!r} has no graph/knockon: it is no checkout of this project")
    return Path(text)
