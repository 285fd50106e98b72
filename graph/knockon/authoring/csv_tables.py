"""Read tables: one row for each record, columns named like the fields; several rows of one need make its supplies.

The class of a table is determined by its columns (``dependant`` and ``need`` make
dependencies, ``provider`` and ``provided`` provisions, ``owner`` and ``owned`` ownerships, ``subject`` and ``object``
relations, ``shock`` and ``target`` shocks), by a column ``class``, or by its
name (``companies.csv``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from knockon.authoring.cell_checks import HIT
from knockon.authoring.columns import (
    FLOW_SYNONYMS,
    SYNONYMS,
    MatchedColumns,
    left_out_notice,
    match_columns,
    normalize_column,
    rename_hint,
    suggest_column,
    unknown_columns_problem,
)
from knockon.authoring.csv_form import Form, class_by_name, original_form, quote_list, read_form
from knockon.authoring.languages import base_of, is_text
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.provisions import CLASS_COLUMNS as PROVISION_CLASS_COLUMNS
from knockon.authoring.raw import Sheet, Table
from knockon.authoring.shock_tables import SHOCK_FIELDS as SHOCK_COLUMNS
from knockon.authoring.source import Source
from knockon.authoring.supplies import CLASS_COLUMNS, SUPPLY_COLUMNS
from knockon.authoring.table_rows import TableRows
from knockon.errors import Notice, Problem
from knockon.model import STATEMENTS
from knockon.rdf.fields import by_alias

_BY_COLUMNS = {
    ("dependant", "need"): "Dependency",
    ("provider", "provided"): "Provision",
    ("owner", "owned"): "Ownership",
    ("subject", "object"): "Relation",
    ("measure", "designated"): "Designation",
    ("extends", "threshold"): "OwnershipRule",
    ("shock", "target"): HIT,
}
#: Columns of tables that another command reads, what such a table is, and which command reads it.
_OTHER_COMMANDS = (
    ({"supplier", "customer", "value"}, "a table of flows", "knockon rank {file} closes each firm of it in turn"),
    (
        {"suppliersector", "customersector", "essentiality"},
        "a table of essential inputs",
        "it goes beside flows: knockon rank FLOWS --essentiality {file}",
    ),
    ({"firm", "finaldemand"}, "a table of firms", "it goes beside flows: knockon rank FLOWS --firms {file}"),
    ({"firm", "equity"}, "a table of firms", "it goes beside flows: knockon rank FLOWS --firms {file}"),
)


def read_tables(
    source: Source, options: ReadOptions = DEFAULTS, without: Mapping[str, Collection[int]] | None = None
) -> list[Sheet]:
    """Read the records and problems of each table in a file; ``without`` are the lines to skip, by file."""
    if source.ending == ".xlsx":
        from knockon.authoring.workbooks import read_workbook

        forms, sheets = read_workbook(source, options)
    else:
        forms, sheets = [read_form(source, options)], []
    tables = (original_form(form, options) for form in forms)
    return [*sheets, *(read_table(form, options, (without or {}).get(form.file, ())) for form in tables)]


def read_table(form: Form, options: ReadOptions = DEFAULTS, without: Collection[int] = ()) -> Sheet:
    """Read the records and problems of one table; the lines in ``without`` are skipped."""
    problems = [problem for problem in form.problems if problem.line is None or problem.line not in without]
    # The original lines are needed only to write the file of rejected rows.
    written = form.written if options.keeps_rejects else {}
    sheet = Sheet(problems=problems, whole=form.whole, table=Table(form.file, form.header, written, form.origins))
    if form.columns and (reader := _rows_reader(sheet, form, options, without)):
        reader.read()
    elif form.columns:
        for _ in form.rows(sheet.problems, without):
            pass
        sheet.whole = False
    else:
        sheet.whole = False
    return sheet


def _rows_reader(sheet: Sheet, form: Form, options: ReadOptions, without: Collection[int]) -> TableRows | None:
    """Create the reader of the rows of a table; None, with a problem, if its columns do not tell what the rows are."""
    columns = {normalize_column(column) for column in form.columns}
    cls = table_class(form.stem, columns)
    if cls is None and "class" not in columns:
        sheet.problems.append(_unknown_class_problem(form, columns))
        return None
    known = _known_columns(cls, mixed="class" in columns)
    known |= _columns_with_language(form.columns, cls, known)
    matched = match_columns(form.columns, known, form.file, form.line, options)
    sheet.problems += matched.problems
    if matched.problems:
        # Without these columns the rows would mean something else, and their problems would be misleading.
        return None
    if matched.unknown and options.ignore_unknown:
        sheet.notices.append(left_out_notice(matched.unknown, matched.names.values(), known, form.file, form.line))
    if cls == "Dependency" and (problem := _missing_provider(form, matched)):
        sheet.problems.append(problem)
        return None
    if not form.written and form.whole:
        sheet.notices.append(Notice(form.file, None, "0 records: it has a header and no rows"))
    percent, in_days = (_named_columns(form, matched, names) for names in (options.percent, options.days))
    return TableRows(sheet, form, matched.names, cls, percent, in_days, options, without)


def _columns_with_language(columns: Iterable[str], cls: str | None, known: Iterable[str]) -> set[str]:
    """Return the names of columns that are texts in a stated language, such as ``label@zh``."""
    classes = [cls] if cls and cls != HIT else ["Shock"] if cls else list(STATEMENTS)
    texts = {alias for name in classes for alias, field in by_alias(STATEMENTS[name]).items() if is_text(field)}
    proper = {normalize_column(name): name for name in known if name in texts}
    named = ((base_of(column), column.partition("@")[2].strip()) for column in columns if "@" in column)
    return {f"{proper[key]}@{language}" for base, language in named if (key := normalize_column(base)) in proper}


def _named_columns(form: Form, matched: MatchedColumns, names: Iterable[str]) -> set[str]:
    """Return the canonical names of the columns that an option names, in any spelling."""
    wanted = {normalize_column(name) for name in names}
    return {
        matched.names[column]
        for column, written in zip(form.columns, form.header, strict=True)
        if column in matched.names
        and {normalize_column(column), normalize_column(written), normalize_column(matched.names[column])} & wanted
    }


def table_class(stem: str, present: Collection[str]) -> str | None:
    """Determine the class of the rows of a table without a column class."""
    for required, cls in _BY_COLUMNS.items():
        if set(required) <= set(present):
            return cls
    word = normalize_column(stem)
    candidates = (word, word.removesuffix("s"), word.removesuffix("ies") + "y")
    return next((name for candidate in candidates if (name := class_by_name(candidate))), None)


def _unknown_class_problem(form: Form, columns: Collection[str]) -> Problem:
    """Return the problem with a table of unknown class: suggestions for its columns, or which command reads it."""
    flows = {FLOW_SYNONYMS.get(column, column) for column in columns}
    for required, kind, hint in _OTHER_COMMANDS:
        if required <= flows:
            return Problem(form.file, form.line, f"is {kind}", hint.format(file=form.file))
    if "provider" in columns and "need" in columns:
        hint = "name the column of what is provided to everyone provided (--rename need=provided), or add a column dependant"
        return Problem(form.file, form.line, f"cannot tell what these rows are: columns {quote_list(form.columns)}", hint)
    by_synonym = {normalize_column(SYNONYMS.get(column, column)) for column in columns}
    if (cls := table_class("", by_synonym)) is not None:
        proper = {normalize_column(name): name for name in _known_columns(cls, mixed=False)}
        unknown = [column for column in form.columns if column and normalize_column(column) not in proper]
        return unknown_columns_problem(unknown, proper, form.file, form.line, optional=False)
    hint = (
        "name the columns dependant and need, or read them by those names: --rename NAME=dependant --rename NAME=need; or add "
        "a column class, or name the file after a class (companies.csv)"
    )
    return Problem(form.file, form.line, f"cannot tell what these rows are: columns {quote_list(form.columns)}", hint)


def _missing_provider(form: Form, matched: MatchedColumns) -> Problem | None:
    """Return a problem if a column states something about suppliers but no column names them."""
    supplier_columns = sorted((SUPPLY_COLUMNS - {"provider"}) & set(matched.names.values()))
    if not supplier_columns or "provider" in matched.names.values():
        return None
    filled = any(matched.names.get(column) in supplier_columns for row in form.rows([]) for column in row.cells)
    if not filled:
        return None
    hint = "name the column of suppliers provider"
    if matched.unknown:
        guess = next((c for c in matched.unknown if suggest_column(c, {"provider": "provider"})), matched.unknown[0])
        hint = rename_hint({guess: "provider"})
    return Problem(form.file, form.line, f"{' and '.join(supplier_columns)} without a column provider", hint)


def _known_columns(cls: str | None, *, mixed: bool) -> set[str]:
    if cls == HIT:
        return set(SHOCK_COLUMNS)
    classes = list(STATEMENTS) if mixed or cls is None else [cls]
    known = {"id", *(alias for name in classes for alias in by_alias(STATEMENTS[name]))}
    known |= {"class"} if mixed else set()
    known |= PROVISION_CLASS_COLUMNS if "Provision" in classes else set()
    # A supply has no column of its own: the columns provider, share and delay of a row state it.
    return known - {"supply"} | (SUPPLY_COLUMNS | CLASS_COLUMNS if "Dependency" in classes else set())
