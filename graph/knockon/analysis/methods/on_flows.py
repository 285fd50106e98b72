"""The models of money flows between firms or institutions."""

from __future__ import annotations

from knockon.analysis.methods.method import Form, Method
from knockon.analysis.methods.sources import DIEM

ESRI = Method(
    title="Economic systemic risk index (ESRI)",
    question="How much of an economy's output falls with a firm?",
    needs="money flows: supplier, customer, value; better with the sector of each firm, and final demand",
    summary="output lost in both directions",
    answers="the share of a network's output that is lost when firms close, by lost inputs downstream and lost demand upstream",
    result="the index of each shock, a share (0..1), of both cascades and of each; the loss of each firm",
    use="to rank the firms of a country by what their failure costs, comparable with published numbers",
    on="flows",
    ranged=True,
    equations=(
        "downstream, level of j = the least of: 1 - its hit, 1 - the greatest shortage of an essential input, "
        "1 - the sum of the shortages of the other inputs",
        "upstream, level of i = the least of: 1 - its hit, 1 - sum over customers of (share of what i sells) × loss of the "
        "customer",
        "index = sum over firms of (share of all sales) × (1 - the smaller of its two levels)",
    ),
    reference=DIEM,
    caveat="Without final demand, or where inputs are all costs and nobody is replaceable, a cascade has no leak and its "
    "number "
    "depends on eps; results say so. It has no time, no stocks and no prices.",
    forms={
        "weights": Form(
            question="How many jobs, or how much revenue, falls with a firm?",
            command="knockon rank flows.csv --firms jobs.csv",
            when="With weights of firms (`weights=`, a column weight in --firms, or --weights), such as jobs or revenue",
            equations=(
                "in place of sales: index = sum over firms of (share of all weights) × (1 - the smaller of its two levels)",
            ),
            index="share of all weights lost",
        ),
        "upstream_shocks": Form(
            when="With a shock of its own upstream (`upstream_shocks=`, or a column upstream in --shocks)",
            equations=("the upstream cascade takes another hit of each firm than the downstream cascade",),
            caveat="A firm may so stop to deliver while it goes on buying, or the reverse.",
        ),
        "by_sector": Form(
            when="Of each sector (`by_sector=`, --by-sector)",
            equations=("loss of a sector = sum over its firms of (share of the sector's weight) × (1 - the smaller level)",),
            caveat="A sector without weight has no number.",
        ),
        "replaceability": Form(
            when="Unless `--no-replaceability`, or `replaceability=False`",
            equations=(
                "a shortage counts a supplier's loss times the least of 1 and (its sales / what its sector still sells): "
                "others of the sector fill in for a small one",
            ),
        ),
        "exact": Form(
            when="With `exact=True`, which needs final demand",
            equations=("the fixed point that the rounds tend to, solved, whatever eps is",),
        ),
    },
    functions=("esri",),
    keys=("index", "downstream", "upstream"),
    index="share of all sales lost",
    command="knockon rank flows.csv --firms firms.csv",
)

DEBTRANK = Method(
    title="DebtRank",
    question="How far does distress spread through loans and holdings?",
    needs="exposures (supplier: who lends, customer: who borrows, value) and the equity of each institution",
    summary="equity lost through exposures",
    answers="the share of all value that distress destroys beyond the shock itself",
    result="the index of each shock, a share (0..1); the share of its equity that each institution loses",
    use="for banks and holders of debt, where losses eat up equity",
    on="flows",
    ranged=True,
    equations=(
        "relative loss of i at t + 1 = the least of 1 and (relative loss of i at t + sum over j of exposure of i to j / "
        "equity of i × "
        "what j lost more in the last step)",
        "index = sum over i of (loss of i at the end - its hit) × (share of i in all value)",
    ),
    reference="M. Bardoscia, S. Battiston, F. Caccioli, G. Caldarelli, PLoS ONE 10(6):e0130406 (2015), "
    "doi:10.1371/journal.pone.0130406",
    caveat="Losses are passed on in proportion, before anybody defaults; there are no fire sales and no recovery of claims.",
    forms={
        "linear": Form(when="By default, `--variant linear`", equations=("every further loss is passed on",)),
        "original": Form(
            when="With `--variant original`",
            equations=(
                "each institution passes its loss on once, in the step after it was first hit, with each weight at most 1",
            ),
            reference="S. Battiston, M. Puliga, R. Kaushik, P. Tasca, G. Caldarelli, Scientific Reports 2:541 (2012), "
            "doi:10.1038/srep00541",
            caveat="What reaches an institution later is not passed on, so around loops losses are understated, and a harder "
            "shock elsewhere can come too late to count.",
            monotone=False,
            ranged=False,
        ),
    },
    functions=("debtrank",),
    keys=("index",),
    index="share of all value lost beyond the shock",
    command="knockon rank flows.csv --firms firms.csv --model debtrank",
)

TIME_TO_SURVIVE = Method(
    title="Time to survive (TTS)",
    question="For how many days can final demand be met without a firm?",
    needs="money flows with final demand, and the days of stock of each firm",
    summary="days until demand is not met",
    answers="the longest time for which all final demand can be met while a firm is down, if all others do their best",
    result="days, 0 or more; infinite where demand can be met for ever",
    use="to find the suppliers whose recovery takes longer than the rest can bridge",
    on="flows",
    equations=(
        "the greatest t such that production, shipments and stocks meet the demand of t days: production of each firm is at "
        "most "
        "its capacity × t, and at most what its shipments of every part allow; that of what is down is 0",
    ),
    reference="D. Simchi-Levi et al., Interfaces 45(5):375-390 (2015), doi:10.1287/inte.2015.0804",
    caveat="Everybody plans with foresight and materials pass at once: it is the longest time that anybody could survive.",
    forms={
        "lost_sales": Form(
            when="With a time to recover (`lost_sales`, a column recovery in --firms)",
            equations=("the least sum over firms of margin × sales lost, under the same constraints",),
        ),
        "exposed": Form(
            when="Compared with times to recover (`exposed`, a column recovery in --firms)",
            equations=("a node is exposed if its time to recover is longer than the time to survive without it",),
        ),
    },
    functions=("time_to_survive", "lost_sales", "exposed"),
    keys=("days", "exposed", "lost_sales"),
    command="knockon survive deliveries.csv --firms stocks.csv",
)

__all__ = ["DEBTRANK", "ESRI", "TIME_TO_SURVIVE"]
