"""What an assistant asks: the answers of tools and resources on one graph, without the protocol that carries them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from knockon.analysis.answer import JsonObject, JsonValue
from knockon.analysis.explain.explain import Unreached
from knockon.errors import KnockonError, LimitReached, NotFound, QuerySyntaxError, UsageError
from knockon.mcp.document_tools import all_tools
from knockon.mcp.listing import PAGING, Cursor, page, question_of, read_cursor, shorten, to_text
from knockon.mcp.resources import read_resource
from knockon.mcp.snapshots import GraphSnapshots
from knockon.mcp.tool_process import ToolProcesses
from knockon.mcp.tools import MOST_ROWS, Tool
from knockon.model.dates import today
from knockon.sparql.answers import without_options

#: The rows of a page where no limit is given.
_USUAL_ROWS = 25
#: What to try next, by the kind of error.
_HINTS: Mapping[type[KnockonError], str] = {
    QuerySyntaxError: "correct the query; get_schema has the vocabulary, and nothing outside the graph can be read",
    Unreached: "no recorded chain leads there, which is not known to be safe; find_paths shows links whatever the shock",
    NotFound: "use one of `nearest` if there are any, or look for the name with search_entities",
    LimitReached: "ask for less: a LIMIT, fewer paths or a smaller order",
    UsageError: "correct the arguments",
}
_log = logging.getLogger(__name__)


class Assistant:
    """The tools and resources on the snapshots of a graph.

    Parameters
    ----------
    snapshots
        The graph as it is now, and as it was.
    documents
        The folder with the cited documents, for tools about them.
    queue
        The file that takes proposals; None: there is no tool that proposes.
    processes
        The processes that answer what only reads, within limits; None: this process answers, without limits, one call at a
        time.

    Raises
    ------
    UsageError
        A queue is given and no folder.
    """

    def __init__(
        self,
        snapshots: GraphSnapshots,
        documents: Path | None = None,
        queue: Path | None = None,
        processes: ToolProcesses | None = None,
    ) -> None:
        self.snapshots, self.processes = snapshots, processes
        self.tools = all_tools(documents, queue)
        #: What messages about the files of the operator must not show.
        self._folders = tuple(f"{folder}/" for folder in (documents, queue.parent if queue else None) if folder is not None)

    def answer_here(self, kind: str, asked: Mapping[str, Any]) -> tuple[JsonObject, bool]:
        """Return the answer to a call (``tool``) or a resource (``resource``) in this process, and whether it is an error."""
        if kind == "tool":
            return self.guarded(lambda: (self.answer(self.tools[asked["name"]], asked["values"]), False))
        return self.guarded(lambda: ({"text": self._resource(asked["uri"])}, False))

    def answer(self, tool: Tool, values: JsonObject) -> JsonObject:
        """Return one page of what a tool finds.

        Raises
        ------
        KnockonError
            Arguments are wrong, or there is no answer.
        """
        limit, cursor = values.get("limit"), values.get("cursor")
        if limit is not None and (type(limit) is not int or not 1 <= limit <= MOST_ROWS):
            raise UsageError(f"limit is a whole number from 1 to {MOST_ROWS}")
        if not isinstance(cursor, str | None):
            raise UsageError("cursor is the text of `next` in an answer")
        question = question_of(tool.name, values)
        if cursor is None:
            at = Cursor(self.snapshots.current().revision, today().isoformat(), question, 0)
        else:
            at = read_cursor(cursor, question)
        listing = self.snapshots.kept(at[:3]) if tool.read_only or cursor is not None else None
        if listing is None:
            if cursor is not None and not tool.read_only:
                raise UsageError("that answer is not kept any more; it was carried out, so do not repeat the call")
            asked = {name: value for name, value in values.items() if name not in PAGING}
            listing = tool.ask(self.snapshots.at(at.revision).graph, asked, at.day)
            self.snapshots.keep(at[:3], listing)
        return page(listing, at, limit or _USUAL_ROWS)

    def guarded(self, answer: Callable[[], tuple[JsonObject, bool]]) -> tuple[JsonObject, bool]:
        """Return an answer, or the error in a form from which an assistant can continue."""
        try:
            return answer()
        except KnockonError as error:
            return self._problem(error), True
        except Exception:
            # What went wrong is for the operator, on standard error: an answer shows no path and no traceback.
            _log.exception("a tool failed")
            hint = "ask something else; the operator of the server has the details"
            return {"error": "unexpected", "hint": hint}, True

    def _problem(self, error: KnockonError) -> JsonObject:
        """Return an error: its kind and what to try are ours; its message may quote the data, and is below ``data``."""
        hint = next((text for kind, text in _HINTS.items() if isinstance(error, kind)), None)
        if hint is None or (isinstance(error, NotFound) and error.what in ("store", "folder")):
            _log.error("%s", error)
            return {"error": "InvalidData", "hint": "the data cannot be read; the operator of the server has the details"}
        message = without_options(str(error))
        for folder in self._folders:
            message = message.replace(folder, "")
        data: JsonObject = {"message": message}
        if isinstance(error, NotFound):
            data |= {"name": error.name, "nearest": list[JsonValue](error.nearest)}
        return {"error": type(error).__name__, "hint": hint, "data": shorten(data, 600, 20)[0]}

    def _resource(self, uri: str) -> str:
        opened = self.snapshots.current()
        return to_text(read_resource(opened.graph, uri, Cursor(opened.revision, today().isoformat(), "", 0)))


__all__ = ["Assistant"]
