"""The models that run on a graph of dependencies: what each answers, its equations and their source, and its phrases.

A model has one entry here. Every answer, page and reference reads its words from this entry, so that a new model needs no
change elsewhere. ``models`` has the parameters and runs a model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from knockon.text import counted, days

#: The parameters of a run by name, as ``RunInfo.parameters``.
Parameters: TypeAlias = Mapping[str, object]

_DIEM = (
    "C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, Quantifying firm-level economic systemic risk from nation-wide "
    "supply networks, Scientific Reports 12:7719 (2022), doi:10.1038/s41598-022-11522-z"
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


def _timeline_note(parameters: Parameters) -> str:
    duration = parameters["duration"]
    lasts = days(_number(duration)) if duration is not None else "to the end"
    horizon = counted(int(_number(parameters["horizon"])), "step")
    if reason := parameters.get("horizon_reason"):
        horizon = f"{horizon} ({reason})"
    return f"horizon {horizon}, {days(_number(parameters['step']))} each; the shock lasts {lasts}"


def _chance_note(parameters: Parameters) -> str:
    draws = "all outcomes counted" if parameters["exact"] else f"{parameters['draws']} draws, seed {parameters['seed']}"
    return f"losses are probabilities of failure: {draws}"


def _number(value: object) -> float:
    return float(str(value))


class Extension(NamedTuple):
    """What a model computes beyond its equations where the data, or an option, ask for it.

    ``when`` says where, ``equations`` are in words, ``reference`` is their source, and ``caveat`` what to bear in mind.
    """

    when: str
    equations: tuple[str, ...]
    reference: str
    caveat: str


_RATIONING = Extension(
    when="On money flows, with `rationing=true`",
    equations=(
        "a firm makes the least of what is ordered, its capacity, and what its stocks allow: below psi of the stock that it "
        "wants of an input, in proportion to it",
        "what it makes is shared among its customers, final demand among them, in proportion to their orders",
        "orders = what was used, and what is missing in the stock over restock days; with redirect they go to the suppliers of "
        "a sector in proportion to what they can still make",
        "capacity rises towards spare times what it was while demand is not met, over adapt days, and falls back after it",
        "loss of a firm at t = the share that it makes less than before",
    ),
    reference="S. Hallegatte, Risk Analysis 34(1):152-167 (2014), doi:10.1111/risa.12090, and 28(3):779-799 (2008), "
    "doi:10.1111/j.1539-6924.2008.01046.x; firms as in H. Inoue and Y. Todo, Nature Sustainability 2:841-847 (2019), "
    "doi:10.1038/s41893-019-0351-x; redirected orders in the manner of D. Guan et al., Nature Human Behaviour 4:577-587 "
    "(2020), doi:10.1038/s41562-020-0896-8",
    caveat="With rationing more harm to one can be less to another (closing a rival frees supply), so there is no low and no "
    "high; a loss is what a firm makes less, for want of inputs, of capacity or of orders.",
)


_SUBSTITUTION = Extension(
    when="Where a dependency names an alternative with a switching time",
    equations=(
        "once the switching time of an alternative has passed since the beginning of the shock, the shortage of the need is at "
        "most the greatest of: the hit on the dependency, the loss of the need itself, and the loss of the alternative one "
        "step before",
    ),
    reference="our own, with the reason in docs/decisions/0057-switching-times.md: no loss falls when a shock, a stock, a "
    "switching time or the choice of alternatives gets worse",
    caveat="An alternative is supposed to have room for all of the need, as far as it does not lose itself.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A model as a reader meets it.

    Attributes
    ----------
    summary
        What it answers, in up to six words, for a list of the models.
    answers
        What it answers.
    equations
        Its equations, in words.
    reference
        The source of the equations.
    caveat
        What to bear in mind.
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
    extensions
        What it computes beyond that, by name.
    node_values
        What its result has of each node beside the loss.
    note
        What its parameters mean for the numbers, from the parameters of a run; empty if there is nothing to add.
    """

    summary: str
    answers: str
    equations: tuple[str, ...]
    reference: str
    caveat: str
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
    extensions: Mapping[str, Extension] = field(default_factory=dict)
    note: Callable[[Parameters], str] = field(default=_no_note, repr=False)

    def verb(self, count: int) -> str:
        """Return ``loses`` for a number of entities.

        >>> METHODS["leontief"].verb(2), METHODS["reach"].verb(2), METHODS["chance"].verb(1)
        ('lose', 'are reached', 'fails with a probability of')
        """
        first, space, rest = self.loses.partition(" ")
        plural = {"loses": "lose", "is": "are", "fails": "fail"}
        return self.loses if count == 1 else f"{plural[first]}{space}{rest}"


#: The models by name, in the order in which lists name them.
METHODS: dict[str, Method] = {
    "leontief": Method(
        summary="how much is lost",
        answers="how much is lost in the end, if the shock lasts and nobody adapts",
        loses="loses",
        affected=Verb("loses something", "lose something"),
        half=Verb("loses half or more", "lose half or more"),
        comparison=Comparison(Verb("loses", "lose"), "as much", "less"),
        consequence="{short:.0%} of it is missing, {name} loses {loss:.0%}",
        axis="loss",
        worst="worst loss",
        column="Loss",
        equations=(
            "loss of an entity = the greatest of: its own hit, and criticality × shortage over all that it needs",
            "shortage of a need = the greatest of: a hit on it, the loss of what is needed, what its suppliers fail to deliver",
            "what suppliers fail to deliver = the greatest loss among them (all are needed), the least (any one is enough), "
            "the k-th smallest (at least k), or the sum of share × loss (shares)",
        ),
        reference=_DIEM + "; generalised from money flows to words",
        caveat="The greatest single loss counts, not a sum: independent partial losses are understated.",
    ),
    "reach": Method(
        summary="what is reached at all",
        answers="what the shock reaches at all, whatever the weights",
        graded=False,
        loses="is reached",
        affected=Verb("is reached", "are reached"),
        half=Verb("is reached", "are reached"),
        comparison=Comparison(Verb("is reached", "are reached")),
        consequence="{name} is reached",
        hit="reached",
        axis="reached",
        worst="reached",
        column="Reached",
        equations=("an entity is reached if it is hit, or if something that it needs, or a supplier of that, is reached",),
        reference="breadth-first search",
        caveat="Being reached says nothing of how much is lost.",
    ),
    "timeline": Method(
        summary="when",
        answers="the greatest loss of all times, with stocks, delays and recovery",
        over_time=True,
        loses="loses up to",
        affected=Verb("loses something", "lose something"),
        half=Verb("loses half or more", "lose half or more"),
        comparison=Comparison(Verb("loses", "lose"), "as much", "less"),
        shortage_before="up to ",
        consequence="at the worst {short:.0%} of it is missing, {name} loses {loss:.0%}",
        axis="greatest loss of all times",
        worst="greatest loss of all times",
        column="Loss",
        equations=(
            "loss of an entity at t = the greatest of: its own hit at t, and criticality × felt shortage at t over all that "
            "it needs",
            "felt shortage = the shortage, less what a stock still covers; shortages follow from the losses of one step before",
        ),
        reference=f"the equations of leontief in discrete time ({_DIEM}); stocks as in S. Hallegatte, Risk Analysis "
        "28(3):779-799 (2008), doi:10.1111/j.1539-6924.2008.01046.x",
        caveat="Every link takes one step of time, however short it is in truth.",
        limit="horizon",
        capped="STOPPED BY ITS CAP: losses still moved, or were on their way, when the horizon ended, and may be too low; "
        "raise --set horizon=STEPS",
        node_values=("time_to_impact", "time_to_recover", "area"),
        note=_timeline_note,
        extensions={"substitution": _SUBSTITUTION, "rationing": _RATIONING},
    ),
    "chance": Method(
        summary="how probably",
        answers="how probably each entity fails; severities and criticalities are read as probabilities",
        loses="fails with a probability of",
        affected=Verb("may fail", "may fail"),
        half=Verb("with a probability of 50% or more", "with a probability of 50% or more"),
        comparison=Comparison(Verb("fails", "fail"), "as probably", "less probably"),
        shortage_after=" on average",
        consequence="on average {short:.0%} of it is missing, {name} fails with a probability of {loss:.0%}",
        axis="probability of failure",
        worst="highest probability of failure",
        column="Probability",
        equations=(
            "in one draw an entity fails if its own hit strikes, or if a need that is not met takes it along, "
            "with the probability of its criticality",
            "what two entities have in common fails for both or for neither",
        ),
        reference="M. Henrion, Uncertainty in Artificial Intelligence 2:149-163 (1988), doi:10.1016/B978-0-444-70396-5.50019-4",
        caveat="The numbers are probabilities of failure, not shares that are lost.",
        node_values=("standard_error", "noisy_or_upper_bound"),
        note=_chance_note,
    ),
}


def listed_models() -> str:
    """Return the models, each with its summary, as a sentence.

    >>> listed_models()
    'leontief (how much is lost), reach (what is reached at all), timeline (when) or chance (how probably).'
    """
    *others, last = (f"{name} ({method.summary})" for name, method in METHODS.items())
    return f"{', '.join(others)} or {last}."


__all__ = ["METHODS", "Comparison", "Method", "Verb", "listed_models"]
