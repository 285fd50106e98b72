"""Judge pairs of entities at a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from knockon.cli.configuration import default_store
from knockon.cli.messages import note, note_lines, working, write_message
from knockon.cli.options import open_graph
from knockon.cli.unloaded import note_unloaded
from knockon.errors import NotFound

if TYPE_CHECKING:
    from knockon.analysis.records.identity_candidates import IdentityCandidate
    from knockon.graph import Graph
    from knockon.identity.review import Review


def review_identity(file: Path, store: str | None, by: str, least: float, most: int, *, between: bool) -> None:
    """Judge the candidates of a store, or those that a file has as Unsure, and load the judgements into a store."""
    from getpass import getuser

    from knockon.identity.judgement_file import JudgementFile
    from knockon.identity.review import Review, ReviewItem, conflict_check
    from knockon.model.dates import today
    from knockon.vocabulary import Verdict

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
    elif graph is not None:
        note_unloaded(graph, file, default_store(store))


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


__all__ = ["review_identity"]
