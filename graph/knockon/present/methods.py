"""What each model answers, in words for the command line, pages and reference: question, equations, where they are from."""

from __future__ import annotations

from typing import NamedTuple

_DIEM = (
    "C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, Quantifying firm-level economic systemic risk from nation-wide "
    "supply networks, Scientific Reports 12:7719 (2022), doi:10.1038/s41598-022-11522-z"
)


class Comparison(NamedTuple):
    """How several entities compare with one under a model.

    Attributes
    ----------
    singular, plural
        The verb for one entity and for several.
    as_hard, less_hard
        The adverb for those hit as hard, and for those hit less hard; empty where all are alike.
    """

    singular: str
    plural: str
    as_hard: str
    less_hard: str


class Method(NamedTuple):
    """A model as a reader meets it.

    Attributes
    ----------
    summary
        What it answers, in up to six words, for a list of the models.
    answers
        What it answers.
    loses
        The verb for what it says of an entity.
    comparison
        How the others compare with an entity.
    shortage_before, shortage_after
        What qualifies the share of a need that is missing: the words before the share, and those after "missing".
    axis, worst, column
        What its numbers are, the greatest of them, and the heading of their column.
    equations
        Its equations, in words.
    reference
        Where they are from.
    caveat
        What to bear in mind.
    """

    summary: str
    answers: str
    loses: str
    comparison: Comparison
    shortage_before: str
    shortage_after: str
    axis: str
    worst: str
    column: str
    equations: tuple[str, ...]
    reference: str
    caveat: str


METHODS: dict[str, Method] = {
    "leontief": Method(
        summary="how much is lost",
        answers="how much is lost in the end, if the shock lasts and nobody adapts",
        loses="loses",
        comparison=Comparison("loses", "lose", "as much", "less"),
        shortage_before="",
        shortage_after="",
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
        loses="is reached:",
        comparison=Comparison("is", "are", "", ""),
        shortage_before="",
        shortage_after="",
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
        loses="loses up to",
        comparison=Comparison("loses", "lose", "as much", "less"),
        shortage_before="up to ",
        shortage_after="",
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
    ),
    "chance": Method(
        summary="how probably",
        answers="how probably each entity fails; severities and criticalities are read as probabilities",
        loses="fails with a probability of",
        comparison=Comparison("fails", "fail", "as probably", "less probably"),
        shortage_before="",
        shortage_after=" on average",
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
    ),
}


def listed_models() -> str:
    """Return the models, each with what it answers, as a sentence.

    >>> listed_models()
    'leontief (how much is lost), reach (what is reached at all), timeline (when) or chance (how probably).'
    """
    *others, last = (f"{name} ({method.summary})" for name, method in METHODS.items())
    return f"{', '.join(others)} or {last}."


__all__ = ["METHODS", "Comparison", "Method", "listed_models"]
