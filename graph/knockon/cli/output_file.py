"""The forms of output, and the file that it goes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from knockon.cli.messages import note
from knockon.errors import UsageError

#: The forms of rows.
ROWS = ("table", "json", "jsonl", "csv", "md", "parquet", "xlsx")
#: The forms that are not text.
BINARY = ("parquet", "xlsx")
#: The form of each ending of a file name that is not itself the name of a form.
ENDINGS: Mapping[str, str] = {
    "txt": "table", "markdown": "md", "ndjson": "jsonl", "htm": "html", "turtle": "ttl", "pq": "parquet",
    # In RDF, and only there:
    "json": "jsonld", "xml": "rdf", "owl": "rdf",
}  # fmt: skip


def known_form(form: str, forms: Sequence[str]) -> str:
    """Return a form that a command knows.

    Raises
    ------
    UsageError
        It is not in ``forms``.
    """
    if form not in forms:
        raise UsageError(f"{form!r} is not a format of this command; use one of {', '.join(forms)}")
    return form


def form_by_ending(path: Path, forms: Sequence[str]) -> str:
    """Return the form of the ending of a file name.

    Raises
    ------
    UsageError
        The name has no ending, or its form is not in ``forms``.

    Examples
    --------
    >>> form_by_ending(Path("losses.CSV"), ROWS), form_by_ending(Path("notes.txt"), ROWS)
    ('csv', 'table')
    """
    ending = path.suffix.lower().removeprefix(".")
    form = next((name for name in (ending, ENDINGS.get(ending)) if name in forms), None)
    if form is None:
        problem = (
            f"the ending .{ending} is not a format of this command" if ending else "the name has no ending that names a format"
        )
        known = ", ".join(f".{'txt' if name == 'table' else name}" for name in forms)
        raise UsageError(f"{path}: {problem}; use one of {known}, or give --format")
    return form


def requested_form(form: str | None, path: Path | None, forms: Sequence[str]) -> str | None:
    """Return the form that the call names, by its option or by the ending of the file; None if it names none.

    Raises
    ------
    UsageError
        The form is not in ``forms``.
    """
    if form is not None:
        return known_form(form, forms)
    if path is not None and (path.is_file() or not path.exists()):
        # The ending of the name of a pipe or a device means nothing.
        return form_by_ending(path, forms)
    return None


def output_path(path: Path | None) -> Path | None:
    """Return the file to write, None for ``-``, which is standard output.

    Raises
    ------
    UsageError
        It is a folder, or its folder does not exist.
    """
    if path is None or str(path) == "-":
        return None
    from knockon.store.output_paths import check_output_file

    check_output_file(path)
    return path


def default_target(path: Path) -> Path:
    """Return the file that is written if none is named, after creating its folder with a message.

    Raises
    ------
    UsageError
        The folder cannot be created.
    """
    folder = path.parent
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    if not folder.exists():
        try:
            folder.mkdir()
        except OSError as error:
            from knockon.store.write_errors import is_full, write_error

            if is_full(error.errno):
                raise write_error(folder, error) from None
            raise UsageError(f"cannot create the folder {folder}: {error.strerror}; name a file with -o FILE") from None
        note(f"created the folder {folder}")
    return path
