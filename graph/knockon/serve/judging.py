"""Judgements of identity that are sent to the server: read as a file of them is, and loaded into the store."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from knockon.errors import InvalidData, Problem, UsageError
from knockon.graph import Graph
from knockon.serve.state import ServerState
from knockon.serve.updating import authorize, changing
from knockon.store.folder import FolderStore

#: The data set of judgements, named after the file that ``review --identity`` writes.
_NAME = "judgements"


async def judge(state: ServerState, request: Request) -> Response:
    """Answer a request that sends judgements as YAML: they join those that the store has already.

    Raises
    ------
    RequestProblem
        The server is read-only, or the request lacks the token.
    InvalidData
        The body is no file of judgements, or they contradict each other or those of the store.
    """
    authorize(state.settings, request)
    content = await request.body()
    async with state.writing:
        judged = await asyncio.to_thread(_load, state, content)
    return JSONResponse({"judged": judged})


def _load(state: ServerState, content: bytes) -> int:
    """Load judgements, and return how many there are now."""
    from knockon.identity.judgement_file import Judged, JudgementFile
    from knockon.identity.review import conflict_check
    from knockon.model import Judgement

    store = state.snapshot.store
    if not isinstance(store, FolderStore):
        raise UsageError("the store is not a folder, so it takes no judgements")
    # The lock is held from the reading on: of two that judge at a time, none replaces what the other has judged.
    with (
        changing(state),
        tempfile.TemporaryDirectory() as folder,
        Graph(FolderStore(store.folder, write=True)) as graph,
    ):
        path = Path(folder) / f"{_NAME}.yaml"
        path.write_bytes(content)
        sent = JudgementFile.read(path)
        known = JudgementFile(path)
        earlier = [data_set for data_set in graph.store.data_sets if data_set.info.short_name == _NAME]
        for record in (record for data_set in earlier for record in data_set.records):
            if isinstance(record, Judgement):
                day = record.date.isoformat() if record.date else ""
                first, second = record.entity
                known.add(
                    Judged((first, second), record.verdict, record.judged_by or "", day, record.reason or "", record.name)
                )
        for judgement in sent.judged.values():
            known.add(judgement)
        if fault := conflict_check(graph.store.records)(known.judged.values()):
            raise InvalidData([Problem(_NAME, None, fault)], "nothing was judged")
        known.write()
        graph.load(path, replace=True)
    return len(known.judged)


__all__ = ["judge"]
