"""Decide on proposals: at a terminal with one key each, or by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from getpass import getuser
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from knockon.cli.configuration import default_store
from knockon.cli.keys import Keys
from knockon.cli.messages import note, note_lines, working, write_message
from knockon.cli.options import open_graph
from knockon.cli.unloaded import note_unloaded
from knockon.cli.writer import Writer
from knockon.errors import KnockonError, UsageError

if TYPE_CHECKING:
    from knockon.graph import Graph
    from knockon.proposals.proposal import Proposal
    from knockon.proposals.review import ProposalReview

KEYS = "a accept, e amend and accept, r reject, k skip, z undo, q quit"


class Call(NamedTuple):
    """What ``review --proposals`` is called with."""

    queue: Path
    documents: Path | None
    data: Path | None
    store: str | None
    by: str
    reason: str
    names: Mapping[str, Sequence[str]]
    amended: Sequence[str]
    show: str | None
    listed: bool
    impacts: bool


def review_proposals(call: Call, out: Writer) -> None:
    """List proposals, show one, decide on some by their names, or ask at the terminal."""
    from knockon.analysis.records.proposals import summaries
    from knockon.present.rows.proposals import proposals_note, proposals_table
    from knockon.proposals.review import ProposalReview

    decides = any(call.names.values())
    if call.amended and not call.names["accept"]:
        raise UsageError("--set amends what is accepted: name it with --accept ID")
    with open_graph(call.store) as graph:
        session = ProposalReview(call.queue, graph.store, call.data, call.documents)
        if call.show is not None:
            _write_review(session, call, out)
            return
        if decides:
            _decide_by_name(session, call)
        elif not call.listed:
            _ask(session, call)
        if call.listed or (decides and out.explicit):
            rows = summaries(session)
            if out.form == "json":
                out.json([row.to_dict() for row in rows])
            else:
                out.tables(proposals_table(rows))
        note(proposals_note(summaries(session), call.queue))
        _load(graph, session, default_store(call.store))


def _write_review(session: ProposalReview, call: Call, out: Writer) -> None:
    from knockon.analysis.records.proposals import review_proposal
    from knockon.present.rows.proposals import review_lines
    from knockon.proposals.review import amendments

    with working("every shock"):
        answer = review_proposal(session, call.show or "", amendments(call.amended), impacts=call.impacts)
    if out.explicit and out.form != "json":
        raise UsageError("--show has one form: json")
    if out.explicit:
        out.json(answer.to_dict())
    else:
        for line in review_lines(answer):
            write_message(line)


def _decide_by_name(session: ProposalReview, call: Call) -> None:
    """Decide on proposals by their names: all of them or, on any error, none."""
    from knockon.model.dates import today
    from knockon.proposals.decisions import Verdict
    from knockon.proposals.review import amendments

    by, day, fields = call.by or getuser(), today().isoformat(), amendments(call.amended)
    named = [name for names in call.names.values() for name in names]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise UsageError(f"{twice[0]} is named twice; decide once")
    for name in named:
        session.find(name)
    accepted = [
        session.decided(name, Verdict.ACCEPTED, by, day, fields=fields, reason=call.reason) for name in call.names["accept"]
    ]
    rejected = [session.decided(name, Verdict.REJECTED, by, day, reason=call.reason) for name in call.names["reject"]]
    session.decide(*accepted, *rejected, without=call.names["reopen"])


def _ask(session: ProposalReview, call: Call) -> None:
    """Show one open proposal after another, and take a key for each."""
    waiting, place = list(session.open), 0
    done: list[tuple[int, str]] = []
    keys = Keys()
    _show(session, waiting, place, call)
    for key in keys if waiting else ():
        if key == "q":
            return
        if key == "z" and done:
            place, name = done.pop()
            session.decide(without=[name])
        elif key == "z":
            write_message("nothing to take back")
        elif key in "aer" and place < len(waiting):
            if not _decide(session, waiting[place], key, call, keys):
                continue
            done.append((place, waiting[place].id))
            place += 1
        elif key == "k":
            place = min(place + 1, len(waiting))
        else:
            write_message(KEYS)
            continue
        _show(session, waiting, place, call)


def _decide(session: ProposalReview, proposal: Proposal, key: str, call: Call, keys: Keys) -> bool:
    """Decide on a proposal, and return whether that was possible; if not, the message says why."""
    from knockon.model.dates import today
    from knockon.proposals.decisions import Verdict
    from knockon.proposals.review import amendments

    by, day = call.by or getuser(), today().isoformat()
    try:
        fields: dict[str, object] = {}
        if key == "e":
            write_message(f"FIELD=VALUE, several with ; between them ({', '.join(proposal.fields)})")
            fields = amendments(keys.line().split(";"))
        verdict = Verdict.REJECTED if key == "r" else Verdict.ACCEPTED
        session.decide(session.decided(proposal.id, verdict, by, day, fields=fields, reason=call.reason))
    except KnockonError as error:
        write_message(f"not decided: {error}")
        return False
    return True


def _show(session: ProposalReview, waiting: Sequence[Proposal], place: int, call: Call) -> None:
    from knockon.analysis.records.proposals import review_proposal
    from knockon.present.rows.proposals import review_lines

    if not waiting:
        write_message("no proposal is open")
    elif place == len(waiting):
        write_message("no proposal is left: z takes the last decision back, q ends")
    else:
        with working("every shock"):
            answer = review_proposal(session, waiting[place].id, impacts=call.impacts)
        for line in (f"{place + 1} of {len(waiting)}", *review_lines(answer), "accept? a e r k z q"):
            write_message(line)


def _load(graph: Graph, session: ProposalReview, store: str | None) -> None:
    """Load the accepted records into a store folder; for other data say how."""
    if not session.changed:
        note_unloaded(graph, session.file, store, ", --reopen ID asks again")
        return
    folder, file = graph._store_folder_or_none(), quote(str(session.file))
    if folder is None:
        if session.accepted_count:
            note(f"wrote {file}; load it with the data: knockon load DATA {file} --store FOLDER")
        return
    from knockon.present.rows.changes import change_notes

    if report := graph._load_accepted(session):
        note_lines(change_notes(report))


__all__ = ["Call", "review_proposals"]
