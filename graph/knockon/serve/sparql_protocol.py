"""``/sparql``: the SPARQL 1.1 Protocol."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from knockon.serve.pool import QueryRequest
from knockon.serve.problems import RequestProblem
from knockon.serve.state import ServerState


def routes(state: ServerState) -> list[BaseRoute]:
    """Return the routes of this part."""

    async def sparql(request: Request) -> Response:
        text = request.query_params.get("query")
        if text is None:
            raise RequestProblem(400, "the parameter query is missing")
        answer = await state.pool.query(QueryRequest(text=text))
        return StreamingResponse(answer, media_type="application/sparql-results+json")

    return [Route("/sparql", sparql, methods=["GET", "POST"])]
