"""The models that run on a graph of dependencies."""

from __future__ import annotations

from knockon.analysis.methods.method import Comparison, Form, GraphModel, Parameters, Verb
from knockon.analysis.methods.on_flows import ESRI
from knockon.analysis.methods.sources import DIEM, HALLEGATTE_2008, HENRION, PEARL
from knockon.text import counted, days


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


_SUBSTITUTION = Form(
    question="What if an alternative takes over after some days?",
    command='knockon impact --store switch.csv --hit "Seat maker=essential" --model timeline --set duration=30',
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

_RATIONING = Form(
    question="What if suppliers ration what is left, and rivals fill in?",
    python="""from knockon.network import Network
from knockon.propagation import Rationing, timeline

network = Network.from_flows([0, 1], [2, 2], [1.0, 1.0], sector=[0, 0, 1], final_demand=[0, 0, 2.0])
timeline(network, [0], duration=30, recovery=30, buffer=10, rationing=Rationing(spare=1.5, adapt=30)).loss""",
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
    reference=f"S. Hallegatte, Risk Analysis 34(1):152-167 (2014), doi:10.1111/risa.12090, and {HALLEGATTE_2008}; firms as in "
    "H. Inoue and Y. Todo, Nature Sustainability 2:841-847 (2019), doi:10.1038/s41893-019-0351-x; redirected orders in the "
    "manner of D. Guan et al., Nature Human Behaviour 4:577-587 (2020), doi:10.1038/s41562-020-0896-8",
    caveat="With rationing more harm to one can be less to another (closing a rival frees supply), so there is no low and no "
    "high; a loss is what a firm makes less, for want of inputs, of capacity or of orders.",
    result="the greatest loss of each firm (a share, 0..1); the days until it is felt and until it recovers; the area in "
    "loss-days",
    monotone=False,
    ranged=False,
    instead=True,
)

_GIVEN = Form(
    question="How probable is it, once something is known to have failed?",
    command="knockon impact entity-list-chips --model chance --given sensefoundry",
    when="With `--given ENTITY` or `given=`: what is known to have failed",
    equations=(
        "probability given G = probability that the entity fails and all of G fail / probability that all of G fail",
        "its low = the least numerator / the greatest denominator, its high the greatest / the least, at most 1",
    ),
    reference=HENRION,
    caveat="What is given is observed, not made to happen: it speaks of its causes too. More harm elsewhere can make one of "
    "them "
    "less probable.",
    monotone=False,
)

LEONTIEF = GraphModel(
    title="Loss by criticality (Leontief production function)",
    question="How much does everybody lose in the end?",
    needs="a graph of dependencies; on money flows also `rank`",
    summary="how much is lost",
    answers="how much is lost in the end, if the shock lasts and nobody adapts",
    result="the loss of each entity, a share (0..1), with exact low and high",
    use="for the worst that a lasting shock does, from words such as High, where amounts are not known; it is the default",
    equations=(
        "loss of an entity = the greatest of: its own hit, and criticality × shortage over all that it needs",
        "shortage of a need = the greatest of: a hit on it, the loss of what is needed, what its suppliers fail to deliver",
        "what suppliers fail to deliver = the greatest loss among them (all are needed), the least (any one is enough), "
        "the k-th smallest (at least k), or the sum of share × loss (shares)",
    ),
    reference=f"{DIEM}; generalised from money flows to words",
    caveat="The greatest single loss counts, not a sum: independent partial losses are understated.",
    ranged=True,
    forms={
        "flows": Form(
            when="On money flows, as `rank --model leontief`",
            equations=(
                f"the downstream cascade of `esri` alone, in which no supplier can be replaced: {ESRI.equations[0]}",
                "index = sum over firms of (share of all sales) × (1 - its level)",
            ),
            reference=DIEM,
            instead=True,
            index="share of all sales lost downstream, nobody replaceable",
            ranged=False,
        ),
    },
    functions=("leontief",),
    keys=(
        *("loss", "loss_low", "loss_high", "low", "high", "shortage", "adds"),
        *("worst_part_loss", "worst_part_loss_low", "worst_part_loss_high"),
    ),
    index="mean loss of all others",
    command="knockon impact entity-list-chips",
    loses="loses",
    affected=Verb("loses something", "lose something"),
    half=Verb("loses half or more", "lose half or more"),
    comparison=Comparison(Verb("loses", "lose"), "as much", "less"),
    consequence="{short:.0%} of it is missing, {name} loses {loss:.0%}",
    axis="loss",
    worst="worst loss",
    column="Loss",
)

REACH = GraphModel(
    title="Reachability",
    question="Whom can it reach at all, and over how many links?",
    needs="a graph of dependencies, or flows; no weights",
    summary="what is reached at all",
    answers="what the shock reaches at all, whatever the weights",
    result="for each entity whether it is reached, and the number of links to it",
    use="to see who could be concerned at all, where weights are missing or not trusted",
    equations=("an entity is reached if it is hit, or if something that it needs, or a supplier of that, is reached",),
    reference="breadth-first search",
    caveat="Being reached says nothing of how much is lost.",
    functions=("reach",),
    keys=("step",),
    command="knockon impact entity-list-chips --model reach",
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
)

TIMELINE = GraphModel(
    title="Losses over time, with stocks and delays",
    question="When is it felt, and what if it ends?",
    needs="a graph with stocks (`buffer`), delays or switching times in days; or money flows",
    summary="when",
    answers="the greatest loss of all times, with stocks, delays and recovery",
    result="the greatest loss of each entity (a share, 0..1) with exact low and high; the days until it is felt and until it "
    "recovers; the area in loss-days",
    use="where a shock ends, or stocks, delays or alternatives hold it back",
    over_time=True,
    ranged=True,
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
        "loss of an entity at t = the greatest of: its own hit at t, and criticality × felt shortage at t over all that it "
        "needs",
        "felt shortage = the shortage, less what a stock still covers; shortages follow from the losses of one step before",
    ),
    reference=f"the equations of leontief in discrete time ({DIEM}); stocks as in {HALLEGATTE_2008}",
    caveat="Every link takes one step of time, however short it is in truth.",
    limit="horizon",
    capped="STOPPED BY ITS CAP: losses still moved, or were on their way, when the horizon ended, and may be too low; "
    "raise --set horizon=STEPS",
    node_values=("time_to_impact", "time_to_recover", "area"),
    note=_timeline_note,
    forms={"substitution": _SUBSTITUTION, "rationing": _RATIONING},
    functions=("timeline",),
    keys=("time_to_impact", "time_to_recover", "area"),
    command="knockon impact entity-list-chips --model timeline --set duration=30",
)

CHANCE = GraphModel(
    title="Probability of failure",
    question="How probably does it fail?",
    needs="a graph whose severities and criticalities can be read as probabilities",
    summary="how probably",
    answers="how probably each entity fails; severities and criticalities are read as probabilities",
    result="the probability of failure of each entity (0..1) with low and high, its standard error where it is drawn, and an "
    "upper bound (noisy-OR)",
    use="where causes are uncertain and shared, and the question is how likely a failure is, not how large a loss",
    ranged=True,
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
    reference=HENRION,
    caveat="The numbers are probabilities of failure, not shares that are lost.",
    node_values=("standard_error", "noisy_or_upper_bound"),
    note=_chance_note,
    forms={
        "noisy_or_upper_bound": Form(
            when="Beside each probability, as `noisy_or_upper_bound`",
            equations=("1 - (1 - own hit) × the product over all needs of (1 - criticality × probability of the shortage)",),
            reference=PEARL,
            caveat="Exact on trees; where causes are shared it is an upper bound.",
            ranged=False,
        ),
        "given": _GIVEN,
    },
    functions=("chance",),
    keys=("probability", "fails", "standard_error", "noisy_or_upper_bound", "given_probability"),
    command="knockon impact entity-list-chips --model chance",
)

__all__ = ["CHANCE", "LEONTIEF", "REACH", "TIMELINE"]
