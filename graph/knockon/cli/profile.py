"""profile: one entity in eight questions."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from knockon.cli import completion
from knockon.cli.messages import note
from knockon.cli.options import Store, graph
from knockon.cli.output import ROWS, Writer, writes
from knockon.cli.worlds import Given, world_options


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(profile)


@writes(*ROWS)
@world_options("facts_only", "as_of", "according_to", "without")
def profile(
    entity: Annotated[str, typer.Argument(help="An entity by id, label or IRI.", autocompletion=completion.entities)],
    store: Store = None,
    *,
    given: Given,
    out: Writer,
) -> None:
    """Eight questions about an entity, each line cited."""
    from knockon.analysis.records.profile import QUESTIONS
    from knockon.model.dates import as_of_text
    from knockon.text_table import wrap_lines

    answer = graph(store).profile(entity, **given)
    note(as_of_text(answer["parameters"]["as_of"], answer["not_holding"]))
    if out.form == "json":
        out.json(answer)
    elif not out.for_people or out.shaped:
        rows = [{"question": key, **line, "sources": _sources(line)} for key in QUESTIONS for line in answer[key]]
        out.rows(rows, ["question", "text", "stance", "inferred", "record", "sources"])
    elif out.form == "md":
        out.text(_markdown(answer, QUESTIONS))
    else:
        out.text(wrap_lines(_text(answer, QUESTIONS), out.width))


def _text(answer: dict[str, Any], questions: dict[str, str]) -> str:
    from knockon.text import plain

    lines = [plain(_title(answer))]
    for key, question in questions.items():
        lines += ["", question, *(f"- {plain(line)}" for line in _lines(answer[key]))]
    return "\n".join(lines)


def _markdown(answer: dict[str, Any], questions: dict[str, str]) -> str:
    from knockon.markdown import bullets, document, heading

    parts = [part for key, question in questions.items() for part in (heading(2, question), bullets(_lines(answer[key])))]
    return document(heading(1, _title(answer)), *parts)


def _title(answer: dict[str, Any]) -> str:
    return f"{answer['label']} ({answer['class']})"


def _lines(lines: list[dict[str, Any]]) -> list[str]:
    """The answer to one question, a line of text for each thing that is known."""
    told = [f"{line['text']}{_marks(line)} [{_sources(line) or 'no source'}]" for line in lines]
    return told or ["Nothing is known."]


def _marks(line: dict[str, Any]) -> str:
    from knockon.present.caveats import rests_on

    said = ["inferred"] if line["inferred"] else []
    said += [f"computed; {rests_on(line['support'])}"] if line.get("computed") else []
    said += [str(line["stance"]).lower()] if line["stance"] not in (None, "Asserts") else []
    said += [f"judged: {', '.join(line['judged'])}"] if line["judged"] else []
    return f" ({'; '.join(said)})" if said else ""


def _sources(line: dict[str, Any]) -> str:
    from knockon.vocabulary import local_name

    return "; ".join(f"{local_name(e['document'])} {e['start']}-{e['end']}" for e in line["evidence"])
