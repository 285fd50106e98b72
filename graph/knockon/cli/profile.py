"""profile: eight questions about an entity."""

from __future__ import annotations

import typer

from knockon.analysis.options import Options
from knockon.cli.messages import note_lines, working
from knockon.cli.options import Store, open_graph, question_options
from knockon.cli.options.names import EntityName
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(profile)


@writes(*ROWS)
@question_options("facts_only", "as_of", "according_to", "without", "min_confidence")
def profile(
    entity: EntityName,
    store: Store = None,
    *,
    options: Options,
    out: Writer,
) -> None:
    """Answer eight questions about an entity, each line cited."""
    from knockon.present.rows.profile import profile_markdown, profile_notes, profile_rows, profile_text

    graph = open_graph(store)
    with working("reading what has to do with it"):
        answer = graph.profile(entity, **options)
    note_lines(profile_notes(answer))
    if out.form == "json":
        out.json(answer.to_dict())
    elif not out.for_people or out.has_selection:
        out.tables(profile_rows(answer))
    elif out.form == "md":
        out.text(profile_markdown(answer))
    else:
        from knockon.text_table import wrap_lines

        out.text(wrap_lines(profile_text(answer), out.width))
