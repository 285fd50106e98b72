"""One question that can be asked over HTTP and by assistants: its parameters, its address, and the forms of its answer."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from knockon.analysis.answer import JsonObject
from knockon.docstrings import summary
from knockon.graph import Graph
from knockon.serve.parameters import Parameter, Values, check_values, may_be_none, parameters_of

if TYPE_CHECKING:
    from pyoxigraph import Quad

#: The forms of answers in RDF.
RDF = ("ttl", "nt", "jsonld", "rdf")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be asked over HTTP and by assistants.

    Attributes
    ----------
    name
        Its name: its path is ``/api/NAME``.
    answer
        The class of its answer: module and name.
    rows
        The function of ``present.rows`` that returns its rows, for CSV: module and name; empty where it has none.
    example
        What it can be asked with on bundled data.
    quads
        Returns the answer of a graph as quads; None where it has no form in RDF.
    many
        Whether the answer is a list.
    method
        The method of ``Graph`` that answers it, and whose docstring describes it; empty where it has the same name.
    run
        What answers it in place of the method itself, with parameters of its own.
    needs_documents
        Whether it quotes the folder of documents, which only a server has that is given one.
    """

    name: str
    answer: str
    rows: str = ""
    example: Values = field(default_factory=dict, kw_only=True)
    quads: Callable[[Graph, Any], Iterator[Quad]] | None = None
    many: bool = False
    method: str = ""
    run: Callable[..., Any] | None = None
    needs_documents: bool = False

    @property
    def path(self) -> str:
        """The path at which it is asked."""
        return f"/api/{self.name}"

    @property
    def summary(self) -> str:
        """What it answers, in a sentence."""
        return summary((self.run or self._method).__doc__)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of its answer; the first is the default."""
        return ("json", *(("csv",) if self.rows else ()), *(RDF if self.quads else ()))

    @property
    def answer_class(self) -> type:
        """The class of its answer, or of each part where the answer is a list."""
        cls: type = named(self.answer)
        return cls

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, in the order of the method."""
        return _parameters(self.run or self._method, self._method)

    def read(self, values: Values) -> JsonObject:
        """Return values with which the question can be asked: those given, checked, without those that are None.

        Raises
        ------
        UsageError
            A parameter is unknown, missing, or of another type.

        Examples
        --------
        >>> from knockon.serve.questions import QUESTIONS
        >>> QUESTIONS["search"].read({"text": "asml", "top": 5})
        {'text': 'asml', 'top': 5}
        """
        check_values(self.name, self.parameters, values)
        return {name: value for name, value in values.items() if value is not None}

    def read_query(self, pairs: Sequence[tuple[str, str]]) -> JsonObject:
        """Return values from the names and texts in the query of an address, as ``read`` does."""
        known = {parameter.name: parameter for parameter in self.parameters}
        texts: dict[str, list[str]] = {}
        for name, text in pairs:
            texts.setdefault(name, []).append(text)
        return self.read({name: known[name].parse(given) if name in known else None for name, given in texts.items()})

    def address(self, values: Values, form: str = "") -> str:
        """Return the address that asks the question with some values, which ``read_query`` reads from it.

        >>> from knockon.serve.questions import QUESTIONS
        >>> QUESTIONS["impact"].address({"hit": {"nvidia": "high"}, "facts_only": True}, "csv")
        '/api/impact.csv?hit=nvidia%3Dhigh&facts_only=true'
        """
        pairs = [(p.name, text) for p in self.parameters if p.name in values for text in p.texts(values[p.name])]
        return f"{self.path}{f'.{form}' if form else ''}{f'?{urlencode(pairs)}' if pairs else ''}"

    def ask(self, graph: Graph, values: Values) -> Any:
        """Return the answer of a graph: an ``Answer``, or a tuple of them where ``many``.

        Raises
        ------
        KnockonError
            As the method of ``Graph`` raises it.
        """
        if self.run is not None:
            return self.run(graph, **values)
        # What has no default in Python, but may be None, need not be sent.
        signature = inspect.signature(self._method).parameters.values()
        left_out = [p.name for p in signature if p.default is p.empty and may_be_none(str(p.annotation))]
        return self._method(graph, **{**dict.fromkeys(left_out), **values})

    @property
    def _method(self) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(Graph, self.method or self.name)
        return method


@functools.cache
def _parameters(method: Callable[..., Any], documented_by: Callable[..., Any]) -> tuple[Parameter, ...]:
    return parameters_of(method, documented_by)


def named(name: str) -> Any:
    """Return what a module of ``knockon`` defines.

    >>> named("serve.question:RDF")
    ('ttl', 'nt', 'jsonld', 'rdf')
    """
    module, _, attribute = name.partition(":")
    return getattr(import_module(f"knockon.{module}"), attribute)


__all__ = ["RDF", "Question", "named"]
