"""What the registry states of a model or measure, as types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

#: The parameters of a run by name, as ``RunInfo.parameters``.
Parameters: TypeAlias = Mapping[str, object]
#: What a model runs on: a graph of dependencies, money flows between firms, or a table (matrix) of sectors or systems.
Ground: TypeAlias = Literal["graph", "flows", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a method computes in another way, or beyond its equations, where an option, an argument or the data ask for it.

    Attributes
    ----------
    question
        The question that it answers; empty where it has no row of its own in the table of questions.
    when
        Where it does.
    equations
        Its equations, in words.
    reference
        Their source; empty: that of the method.
    caveat
        What to bear in mind; empty if nothing beyond that of the method.
    index
        What the index of ``rank`` measures in this form; empty: as in the method.
    result
        What its numbers are; empty: as in the method.
    same_as
        The method in the registry that it equals; empty if none.
    instead
        Whether its equations are in place of those of the method, not beside them.
    command, python
        An example on the command line, and in Python; empty if there is none of its own.
    monotone, ranged
        False where this is not so of the form, whatever it is of the method.
    """

    question: str = ""
    when: str
    equations: tuple[str, ...]
    reference: str = ""
    caveat: str = ""
    index: str = ""
    result: str = ""
    same_as: str = ""
    instead: bool = False
    command: str = ""
    python: str = ""
    monotone: bool = True
    ranged: bool = True


class Wording(NamedTuple):
    """What an index measures, the equations as one text, their source, and what the numbers are."""

    meaning: str
    equation: str
    reference: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A model or a measure: what it computes, and when to use it.

    Attributes
    ----------
    title
        Its name in the field.
    question
        The question that it answers.
    needs
        The data that it needs.
    summary
        What it answers, in up to six words, for a list of the models.
    answers
        What it computes, as words that follow "it computes".
    result
        What its numbers are: their unit and range.
    use
        When to use it.
    caveat
        What it assumes, and when not to use it.
    equations
        Its equations, in words.
    reference
        The source of the equations.
    on
        What it runs on.
    monotone
        Whether no loss falls when a hit, a probability or a weight rises.
    ranged
        Whether it gives a low and a high beside each number, which are exact bounds for words and severities that are ranges.
    forms
        What it computes in another way, or beyond that, by the name of the option, the argument or its value.
    functions
        The functions of ``knockon.propagation`` that compute it.
    keys
        The keys of answers, and the columns of tables, that have its numbers.
    index
        What the index of ``rank`` measures; empty if ``rank`` does not have it.
    command
        An example on the command line; empty where only Python has it.
    python
        An example in Python, for what has no command.
    """

    title: str
    question: str
    needs: str
    summary: str = ""
    answers: str
    result: str
    use: str
    caveat: str
    equations: tuple[str, ...]
    reference: str
    on: Ground = "graph"
    monotone: bool = True
    ranged: bool = False
    forms: Mapping[str, Form] = field(default_factory=lambda: MappingProxyType({}))
    functions: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    index: str = ""
    command: str = ""
    python: str = ""

    @property
    def equation(self) -> str:
        """The equations as one text."""
        return "; ".join(self.equations)

    @property
    def sourced(self) -> str:
        """The equations as one text, with their source."""
        return f"{self.equation} ({self.reference})"

    @property
    def guide(self) -> str:
        """The equations with their source, when to use it, and what it assumes: the end of the help of a command."""
        return f"{self.title}: {self.sourced}. Use it {self.use}. {self.caveat}"

    def wording(self, *names: str) -> Wording:
        """Return what the index measures, the equations and their source, in the forms of these names.

        >>> from knockon.analysis.methods import REGISTRY
        >>> REGISTRY["esri"].wording("weights").meaning, REGISTRY["debtrank"].wording().meaning
        ('share of all weights lost', 'share of all value lost beyond the shock')
        """
        forms = [self.forms[name] for name in names]
        own = () if any(form.instead for form in forms) else self.equations
        references = [form.reference for form in forms if form.reference]
        return Wording(
            meaning=next((form.index for form in forms if form.index), self.index),
            equation="; ".join([*own, *(equation for form in forms for equation in form.equations)]),
            reference="; ".join(dict.fromkeys(references if own == () and references else [self.reference, *references])),
            result=next((form.result for form in forms if form.result), self.result),
        )


class Verb(NamedTuple):
    """A verb with its object, for one entity and for several."""

    singular: str
    plural: str

    def of(self, count: int) -> str:
        """Return the form for a number of entities.

        >>> Verb("loses", "lose").of(2)
        'lose'
        """
        return self.singular if count == 1 else self.plural


@dataclass(frozen=True, slots=True)
class Comparison:
    """How several entities compare with one under a model.

    Attributes
    ----------
    verb
        The verb.
    as_hard, less_hard
        The adverb for those hit as hard, and for those hit less hard; empty if the model does not grade.
    """

    verb: Verb
    as_hard: str = ""
    less_hard: str = ""


def _no_note(parameters: Parameters) -> str:  # noqa: ARG001 # the signature of every note
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphModel(Method):
    """A model that runs on a graph of dependencies, with the phrases for its numbers.

    Attributes
    ----------
    graded
        Whether it computes how much; False if an entity is either reached or not, so that no number is shown.
    over_time
        Whether its losses are the greatest of all times, which need not be at one time.
    loses
        The verb for its number of an entity.
    affected
        The verb for the entities that are affected at all.
    half
        The verb for those with a number of one half or more.
    comparison
        How the others compare with an entity.
    shortage_before, shortage_after
        What qualifies the share of a need that is missing: the words before the share, and those after "missing".
    consequence
        What a shortage causes, as a template with ``name``, and with ``short`` and ``loss`` (0..1) if the model grades.
    hit
        What the entities in a list of the worst are called.
    axis, worst, column
        What its numbers are, the greatest of them, and the heading of their column.
    limit
        The parameter that stops a run early.
    capped
        The note on a run that was stopped early.
    node_values
        What its result has of each node beside the loss.
    note
        What its parameters mean for the numbers, from the parameters of a run; empty if there is nothing to add.
    """

    graded: bool = True
    over_time: bool = False
    loses: str
    affected: Verb
    half: Verb
    comparison: Comparison
    shortage_before: str = ""
    shortage_after: str = ""
    consequence: str
    hit: str = "hit worst"
    axis: str
    worst: str
    column: str
    limit: str = "cap"
    capped: str = "STOPPED BY ITS CAP: losses may be too low; raise --cap"
    node_values: tuple[str, ...] = ()
    note: Callable[[Parameters], str] = field(default=_no_note, repr=False)

    def verb(self, count: int) -> str:
        """Return ``loses`` for a number of entities.

        >>> from knockon.analysis.methods import METHODS
        >>> METHODS["leontief"].verb(2), METHODS["reach"].verb(2), METHODS["chance"].verb(1)
        ('lose', 'are reached', 'fails with a probability of')
        """
        first, space, rest = self.loses.partition(" ")
        plural = {"loses": "lose", "is": "are", "fails": "fail"}
        return self.loses if count == 1 else f"{plural[first]}{space}{rest}"


__all__ = ["Comparison", "Form", "GraphModel", "Ground", "Method", "Parameters", "Verb", "Wording"]
