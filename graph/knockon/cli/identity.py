"""resolve, review: which entities are one, and the place to decide it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.cli.configuration import default_store
from knockon.cli.messages import note, note_lines, working, write_message
from knockon.cli.options import Store, open_graph
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import NotFound, UsageError

if TYPE_CHECKING:
    from knockon.analysis.records.identity_candidates import IdentityCandidate, IdentityCandidates
    from knockon.graph import Graph
    from knockon.identity.judgement_file import Judged, JudgementFile
    from knockon.identity.review import Review

Least = Annotated[float, typer.Option("--least", metavar="SIMILARITY", help="The least similarity of two names (0..1).")]
Most = Annotated[int, typer.Option("--most", min=1, help="The most candidates of one entity.")]
Between = Annotated[bool, typer.Option("--between", help="Compare only entities of different data sets.")]
#: The file of judgements of a review that names none.
JUDGEMENTS = Path("judgements.yaml")


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(resolve)
    app.command()(review)


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


def review(
    file: Annotated[Path, typer.Argument(help="The YAML file of judgements; it is written after each decision.")] = JUDGEMENTS,
    identity: Annotated[bool, typer.Option("--identity", help="Judge whether entities are one.")] = False,
    store: Store = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who judges.")] = "",
    least: Least = 0.65,
    most: Most = 10,
    between: Between = False,
) -> None:
    """Judge pairs of entities with one key each: s same, d different, u unsure, k skip, z undo, q quit.

    With a store, the pairs are its candidates, and the judgements are loaded into it at the end; without one, the pairs are
    those that the file has as Unsure.
    """
    from getpass import getuser

    from knockon.identity.judgement_file import JudgementFile
    from knockon.identity.review import Review, ReviewItem, conflict_check
    from knockon.model.dates import today
    from knockon.vocabulary import Verdict

    if not identity:
        raise UsageError("say what to review: knockon review --identity")
    judgements = JudgementFile.read(file)
    graph: Graph | None = None
    if default_store(store) is None:
        if not file.exists():
            raise NotFound(
                "file of judgements", str(file), hint="(knockon resolve --judgements FILE writes one; or name --store)"
            )
        unsure = [judged for judged in judgements.judged.values() if judged.verdict is Verdict.UNSURE]
        items = [ReviewItem.of_judgement(judged) for judged in unsure]
        check = conflict_check(())
    else:
        graph = open_graph(store)
        with working("comparing names"):
            answer = graph.resolve(least=least, most=most, between=between, unsure=True)
        described = {i: text for row in answer.candidates for i, text in _descriptions(row)}
        open_pairs = [pair for pair in answer.pairs if judgements.verdict_on(pair.first, pair.second) in (None, Verdict.UNSURE)]
        items = [ReviewItem.of_candidate(pair, described.__getitem__) for pair in open_pairs]
        check = conflict_check(graph.store.records)
    session = Review(judgements, tuple(items), by or getuser(), today(), check)
    _judge(session)
    note(f"{session.decided:,} judged, {len(session.items) - session.decided:,} left; {file} has {len(judgements.judged):,}")
    if graph is not None and session.decided:
        _load(graph, file)


def _descriptions(row: IdentityCandidate) -> list[tuple[str, str]]:
    """Return what the two entities of a pair are, by IRI."""
    from knockon.vocabulary import prefixed

    ends = ((row.first, row.first_class, row.first_data_sets), (row.second, row.second_class, row.second_data_sets))
    return [(iri, f"{cls}, {prefixed(iri)}, in {', '.join(sets)}") for iri, cls, sets in ends]


def _judge(session: Review) -> None:
    """Show one pair after another, and take a key for each."""
    from knockon.cli.keys import read_keys
    from knockon.vocabulary import Verdict

    verdicts = {"s": Verdict.SAME, "d": Verdict.DIFFERENT, "u": Verdict.UNSURE}
    if session.current is None:
        return
    _show(session)
    for key in read_keys():
        if key == "q":
            return
        if key in verdicts:
            if fault := session.decide(verdicts[key]):
                write_message(f"not judged: {fault}")
        elif key == "k":
            session.skip()
        elif key == "z":
            if not session.undo():
                write_message("nothing to take back")
        else:
            write_message("s same, d different, u unsure, k skip, z undo, q quit")
            continue
        _show(session)


def _show(session: Review) -> None:
    item = session.current
    if item is None:
        write_message("no pair left: z takes the last judgement back, q ends")
        return
    for line in (f"{session.place + 1} of {len(session.items)}", *item.lines, "same? s d u k z q"):
        write_message(line)


def _load(graph: Graph, file: Path) -> None:
    """Load the judgements into a store folder; for other data say how."""
    if graph._store_folder_or_none() is None:
        note(f"load them with the data: knockon load DATA {file} --store FOLDER")
        return
    from knockon.present.rows.changes import change_notes

    note_lines(change_notes(graph.load(str(file), replace=True)))


__all__ = ["JUDGEMENTS", "register"]
