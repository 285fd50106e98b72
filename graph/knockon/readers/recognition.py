"""Recognise the format of files: which mapping or reader imports them, or what comes nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from shlex import quote

from knockon.authoring.columns import normalize_column
from knockon.authoring.csv_tables import table_class
from knockon.authoring.files import printable_path
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.rejects import check_named_columns
from knockon.errors import InvalidData, Problem, UsageError
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.recognise import TableHead, fitness_of_mapping, nearest_mapping, read_head, tells_enough
from knockon.readers.mapping.rejects_file import read_rejects
from knockon.readers.mapping.shipped import shipped, shipped_names
from knockon.readers.other_forms import other_forms
from knockon.readers.registry import READERS, Head

#: A reader, which knows what a format is made of, recognises it as surely as a mapping that knows this many columns.
_READER_FITNESS = 10
#: What to do about a file of JSON that cannot be looked at.
_FAULT_HINT = "correct the file; if only its format cannot be told, name it with --mapping"


def recognise(files: Sequence[ForeignFile], options: ReadOptions = DEFAULTS) -> str:
    """Return the mapping or reader that recognises the most of the files, and all of those that are named.

    Of several the one counts that knows the most of their columns.

    Raises
    ------
    UsageError
        Several recognise them equally well.
    InvalidData
        None recognises them.
    """
    heads = {file: Head(file) for file in files}
    fits: dict[str, dict[ForeignFile, int]] = {}
    for name, reader in READERS.items():
        fits[name] = dict.fromkeys(reader.fitting(heads), _READER_FITNESS)
    tables = {file: read_head(file, options) for file in files}
    for name in shipped_names():
        scored = ((file, fitness_of_mapping(shipped(name), file, head)) for file, head in tables.items())
        fits[name] = {file: score for file, score in scored if score}
    named = [file for file in files if file.named]
    scores = {name: (len(found), sum(found.values())) for name, found in fits.items() if found and found.keys() >= set(named)}
    best = [name for name, score in scores.items() if score == max(scores.values())]
    telling = [name for name in best if name in READERS or any(tells_enough(shipped(name), *each) for each in tables.items())]
    if len(telling) == 1:
        return telling[0]
    if best and not telling:
        message = f"{files[0].name} has the few columns that {' and '.join(best)} asks for, which many tables have"
        raise UsageError(
            f"{message}: if it is of this format, say --mapping {best[0]}; else `knockon mapping suggest` drafts one"
        )
    if best:
        raise UsageError(f"several mappings fit {files[0].name}: {', '.join(best)}; name one with --mapping")
    _check_renames(files, options)
    empty = [Problem(file.name, None, "is empty") for file in named if heads[file].is_empty]
    others = other_forms({file: heads[file] for file in named if not any(file in found for found in fits.values())})
    raise InvalidData(
        empty
        or others
        or _own_folders(files)
        or _not_recognised(files, {file: [n for n in fits if file in fits[n]] for file in files}, tables)
    )


def _own_folders(files: Sequence[ForeignFile]) -> list[Problem]:
    """Return the problem with each folder that is a data set of our own format."""
    message = "belongs to a data set of Knock-on's own format"
    return [
        Problem(file.name, None, message, f"`knockon load {quote(printable_path(file.path.parent))} --store STORE` reads it")
        for file in files
        if file.path.name == "dataset.yaml" and not file.member
    ]


def _check_renames(files: Sequence[ForeignFile], options: ReadOptions) -> None:
    """Check that columns to be renamed are there: a name that is not may be why nothing recognises the files."""
    if options.rename:
        heads = [read_head(file, replace(options, rename=())) for file in files]
        cells = [name for head in heads for rows in (*head.sheets, head.objects) for row in rows for name in row]
        check_named_columns(replace(options, percent=()), {normalize_column(name): name for name in reversed(cells) if name})


def _not_recognised(
    files: Sequence[ForeignFile], names: Mapping[ForeignFile, Sequence[str]], heads: Mapping[ForeignFile, TableHead]
) -> list[Problem]:
    """Return which files nothing recognises; else, that they are of different formats, by the names of what does."""
    unknown = [file for file in files if not names[file]]
    if unknown:
        message = "no mapping or reader recognises its format"
        of_graphs = [file for file in files if "neo4j" in names[file]]
        return [
            Problem(file.name, None, fault, _FAULT_HINT)
            if (fault := Head(file).json_fault)
            else Problem(file.name, None, message, _header_hint(file, of_graphs) or _nearest_hint(file, heads[file]))
            for file in unknown
        ]
    hint = "import files of different formats one after the other"
    return [
        Problem(file.name, None, f"is of the format {' or '.join(names[file])}, and others are not", hint) for file in files
    ]


def _header_hint(file: ForeignFile, of_graphs: Sequence[ForeignFile]) -> str:
    """Return how a file is read whose header may be a file of its own, as Neo4j allows; empty for others."""
    if file.ending not in READERS["neo4j"].endings:
        return ""
    from knockon.readers.neo4j_csv import header_beside

    if of_graphs:
        return READERS["neo4j"].part_hint
    beside = header_beside(file)
    return f"its header seems to be {beside}: name that too, before it" if beside else ""


def _nearest_hint(file: ForeignFile, head: TableHead) -> str:
    """Return what to do about a file that nothing recognises: the mapping that lacks few of its columns comes first."""
    if read_rejects(file) is not None:
        return (
            "it holds rejected rows: name their mapping (--mapping); those of a reader are corrected in the files they are from"
        )
    if any(table_class("", set(map(normalize_column, rows[0]))) for rows in head.sheets if rows):
        return f"it is a table of Knock-on's own format: `knockon load {quote(file.name)} --store STORE` reads it"
    hint = "`knockon mapping ls` lists those that are known, `knockon mapping suggest FILE` drafts a new one"
    near = nearest_mapping({name: shipped(name) for name in shipped_names()}, file, head)
    if near is None or not near.lacks:
        return hint
    lacks = ", ".join(map(repr, near.lacks))
    return (
        f"{near.mapping} would read it, but it lacks {lacks}: --rename OLD={near.lacks[0]} reads another column as it; {hint}"
    )


__all__ = ["recognise"]
