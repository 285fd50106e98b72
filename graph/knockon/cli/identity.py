"""resolve: which entities may be one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.cli.messages import note, note_lines, working
from knockon.cli.options import Store, open_graph
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import NotFound, UsageError

if TYPE_CHECKING:
    from knockon.analysis.records.identity_candidates import IdentityCandidates
    from knockon.identity.judgement_file import Judged, JudgementFile

Least = Annotated[float, typer.Option("--least", metavar="SIMILARITY", help="The least similarity of two names (0..1).")]
Most = Annotated[int, typer.Option("--most", min=1, help="The most candidates of one entity.")]
Between = Annotated[bool, typer.Option("--between", help="Compare only entities of different data sets.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(resolve)


@writes(*ROWS)
def resolve(
    store: Store = None,
    least: Least = 0.65,
    most: Most = 10,
    between: Between = False,
    unsure: Annotated[bool, typer.Option("--unsure", help="List pairs that are judged unsure as well.")] = False,
    judgements: Annotated[
        Path | None,
        typer.Option("--judgements", metavar="FILE", help="Write a judgement on each pair to this YAML file, for review."),
    ] = None,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="In that file, accept pairs by the rules for which the labelled set has no error."),
    ] = False,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Say how well names are matched on labelled pairs, and what each rule accepts.")
    ] = False,
    pairs: Annotated[
        Path | None, typer.Option("--pairs", metavar="CSV", help="Labelled pairs of one's own, for --evaluate.")
    ] = None,
    *,
    out: Writer,
) -> None:
    """List pairs of entities that may be one, the most similar names first; identifiers and judgements decide before names.

    Nothing is joined by it: `--judgements FILE` writes a judgement on each pair, which `knockon review --identity FILE` or an
    editor completes, and `knockon load` reads.
    """
    if evaluate:
        _evaluate(pairs, least, out)
        return
    if pairs is not None:
        raise UsageError("--pairs goes with --evaluate")
    if accept and judgements is None:
        raise UsageError("--accept writes judgements: name the file with --judgements FILE")
    from knockon.present.rows.identity import candidate_notes, candidates_table

    with working("comparing names"):
        answer = open_graph(store).resolve(least=least, most=most, between=between, unsure=unsure)
    if judgements is not None:
        _write_judgements(answer, judgements, accept=accept)
    if out.form == "json":
        out.json(answer.to_dict())
    else:
        out.tables(candidates_table(answer))
    note_lines(candidate_notes(answer))


def _evaluate(pairs: Path | None, least: float, out: Writer) -> None:
    from knockon.bundled import labelled_pairs_file
    from knockon.identity.labelled_pairs import evaluate, read_labelled_pairs
    from knockon.present.rows.identity import evaluation_notes, evaluation_table, evaluation_to_dict

    file = pairs or labelled_pairs_file()
    if not file.exists():
        raise NotFound("file of labelled pairs", str(file))
    answer = evaluate(read_labelled_pairs(file), least)
    if out.form == "json":
        out.json(evaluation_to_dict(answer))
    else:
        out.tables(evaluation_table(answer))
    note_lines(evaluation_notes(answer))


def _write_judgements(answer: IdentityCandidates, path: Path, *, accept: bool) -> None:
    """Add a judgement on each pair to a file; what it says already stays."""
    from knockon.identity.judgement_file import JudgementFile
    from knockon.model.dates import today
    from knockon.vocabulary import Verdict

    file = JudgementFile.read(path)
    added = [each for each in answer.judgements(today(), accept=accept) if _is_new(file, each)]
    for judged in added:
        file.add(judged)
    if not file.judged:
        note(f"no pair to judge: {path} is not written")
        return
    file.write()
    same = sum(judged.verdict is Verdict.SAME for judged in added)
    note(f"wrote {path}: {len(added):,} added, {same:,} of them accepted as the same; {len(file.judged):,} in all")


def _is_new(file: JudgementFile, judged: Judged) -> bool:
    """Whether a file has no judgement on a pair; one that says Unsure gives way to one that is accepted."""
    from knockon.vocabulary import Verdict

    known = file.verdict_on(*judged.entities)
    return known is None or (known is Verdict.UNSURE and judged.verdict is Verdict.SAME)


__all__ = ["Between", "Least", "Most", "register"]
