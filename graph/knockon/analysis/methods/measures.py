"""The measures that answers have beside losses: importance, choke points, concentration, loops, uncertainty, remedies."""

from __future__ import annotations

from collections.abc import Mapping

from knockon.analysis.methods.method import Form, Method
from knockon.analysis.methods.sources import VAN_DER_BORST

_CHANCE = "as the model `chance`: a shock whose severities, and criticalities, are read as probabilities"
_P = "P is the probability that the entity fails, P1 that with the cause failed, P0 that if the cause never fails"
_IMPORTANCE = "knockon importance entity-list-chips sensefoundry --exact --top 5"
_SET = "The cause is set, not observed: what makes it fail stays as it is (`--given` is the other question)."

#: The measures of importance, in the order of their columns.
IMPORTANCE: Mapping[str, Method] = {
    "birnbaum": Method(
        title="Birnbaum importance",
        question="Which cause decides whether it fails?",
        needs=_CHANCE,
        answers="how much more probable the failure is if the cause has failed than if it never does",
        result="a difference of probabilities (0..1)",
        use="to see where a change of state matters, however probable it is",
        equations=("Birnbaum = P1 - P0", _P),
        reference="Z. W. Birnbaum, in Multivariate Analysis II, Academic Press (1969)",
        caveat=_SET,
        functions=("importance", "cut_set_importance"),
        keys=("birnbaum",),
        command=_IMPORTANCE,
    ),
    "fussell_vesely": Method(
        title="Fussell-Vesely importance",
        question="Which part of the risk goes through a cause?",
        needs=_CHANCE,
        answers="the part of the probability of the failure that goes through the cause",
        result="a share (0..1); none where the entity cannot fail",
        use="to see the most that can be saved by making a cause safe",
        equations=("Fussell-Vesely = (P - P0) / P", _P),
        reference=f"J. B. Fussell, IEEE Transactions on Reliability R-24(3):169-174 (1975), doi:10.1109/TR.1975.5215142; as in "
        f"{VAN_DER_BORST}",
        caveat=f"Shares of several causes overlap and do not add up to one. {_SET}",
        monotone=False,
        functions=("importance", "cut_set_importance"),
        keys=("fussell_vesely",),
        command=_IMPORTANCE,
    ),
    "achievement": Method(
        title="Risk achievement worth (RAW)",
        question="How much worse does it get once a cause has failed?",
        needs=_CHANCE,
        answers="how many times as probable the failure is once the cause has failed",
        result="a factor, 1 or more; none where the entity cannot fail",
        use="to see what must be kept working",
        equations=("RAW = P1 / P", _P),
        reference=VAN_DER_BORST,
        caveat=_SET,
        monotone=False,
        functions=("importance", "cut_set_importance"),
        keys=("achievement",),
        command=_IMPORTANCE,
    ),
    "reduction": Method(
        title="Risk reduction worth (RRW)",
        question="How much better does it get if a cause never fails?",
        needs=_CHANCE,
        answers="how many times less probable the failure is if the cause never fails",
        result="a factor, 1 or more; none where the entity cannot fail at all, or not without the cause",
        use="to see what is worth making safe",
        equations=("RRW = P / P0", _P),
        reference=VAN_DER_BORST,
        caveat=_SET,
        monotone=False,
        functions=("importance", "cut_set_importance"),
        keys=("reduction",),
        command=_IMPORTANCE,
    ),
}

_HARM = Method(
    title="Harm of a path",
    question="By which way does the harm come?",
    needs="as the model of the impact, other than `reach`",
    answers="the loss that arrives along one path alone",
    result="a loss (0..1), and its share of the loss of the entity",
    use="to see which ways must be cut, the most harmful first",
    equations=(
        "the harm of a path is the loss that arrives along it alone: the severity of its hit times the criticality of each "
        "link (times the share of a supplier; where several suppliers must fail together, no more than the others lose), and "
        "at no entity more than it loses",
        "its share is that harm divided by the loss of the entity",
    ),
    reference="best-first search, exact because no link raises a harm",
    caveat="Paths overlap, so shares do not add up to one.",
    forms={
        "given": Form(
            when="With `--given ENTITY` or `given=`",
            equations=("severities and criticalities count as they are stated, and losses under the condition",),
            caveat="So a path may bring less than its entity loses, and be all the same the way on which it fails.",
        ),
    },
    keys=("harm", "share"),
    command="knockon explain entity-list-chips sensefoundry --paths 3",
)

_CUT_SETS = Method(
    title="Choke points and minimal cut sets",
    question="What must fail for it to fail, alone or together?",
    needs="a graph of dependencies",
    answers="the smallest sets of entities whose total loss makes an entity fail",
    result="sets of up to three entities, each with the loss of the entity (0..1) and its exact low and high",
    use="to find single points of failure, and pairs that no second source covers",
    ranged=True,
    equations=(
        "a set is a cut set if the loss of the entity by `leontief`, with every member lost wholly, is the threshold or more",
        "it is minimal if no part of it is one",
    ),
    reference="J. B. Fussell and W. E. Vesely, Transactions of the American Nuclear Society 15:262-263 (1972)",
    caveat="It says nothing of how probable a set is; sets are judged at the point, and there may be larger ones than are "
    "listed.",
    keys=("single_point", "dominator"),
    command="knockon chokepoints recurring-licensing-revenue",
)

_HHI = Method(
    title="Herfindahl-Hirschman index (HHI)",
    question="How concentrated are its suppliers?",
    needs="the shares of suppliers, as far as they are known",
    answers="how concentrated the suppliers of a need are",
    result="an index (0..10 000; 10 000 is a single supplier) with exact low and high",
    use="to compare needs by how few meet them",
    monotone=False,
    ranged=True,
    equations=("hhi = 10 000 × the sum of share²",),
    reference="S. A. Rhoades, Federal Reserve Bulletin 79:188-189 (March 1993)",
    caveat="It knows nothing of criticality, or of what suppliers themselves have in common: see `chokepoints`.",
    keys=("hhi", "hhi_low", "hhi_high", "equal_suppliers"),
    command="knockon concentration --store chips",
)

_LOOP = Method(
    title="Strength of a loop",
    question="Which harm comes back to where it began?",
    needs="a graph of dependencies",
    answers="the part of a loss that is left after one pass around a loop of dependencies",
    result="a share (0..1) with exact low and high",
    use="to find what makes a decline feed itself",
    ranged=True,
    equations=(
        "strength = the product over the links of the loop of what a link passes on: its criticality × the share of a supplier",
    ),
    reference="our own",
    caveat="Where suppliers stand in for each other it is the most that can be left.",
    keys=("strength", "strength_low", "strength_high"),
    command="knockon loops --if training-datasets=platform-deployment",
)

_UNCERTAINTY = Method(
    title="Spread and swing of a loss",
    question="How sure is the loss, and which assumption does it hang on?",
    needs="a graph of dependencies",
    answers="the distribution of each loss over draws of what the words may mean, and by how much each assumption changes it",
    result="quantiles and swings of losses (0..1), probabilities (0..1) with their standard error, rank correlations (-1..1)",
    use="to see which judgement deserves a second look",
    monotone=False,
    equations=(
        "swing = the loss with one assumption at the top of its interval - the loss with it at the bottom, all others at "
        "their points",
        "a quantile, or the share of draws at the threshold or above, of the losses by `leontief` with each draw",
    ),
    reference="M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21:239 (1979), doi:10.1080/00401706.1979.10489755; "
    "C. Spearman, The American Journal of Psychology 15(1):72-101 (1904), doi:10.2307/1412159",
    caveat="A quantile is only as good as the distribution behind it, which nobody stated; low and high need none.",
    keys=("loss_q05", "loss_median", "loss_q95", "threshold_probability", "top_probability", "swing", "rank_correlation"),
    command="knockon uncertainty entity-list-chips --min-loss 0.5",
)

_SAVED = Method(
    title="Loss saved by a change",
    question="What would help?",
    needs="a graph of dependencies, a shock, and whom to protect",
    answers="by how much the loss of an entity is smaller with a change to one dependency",
    result="a difference of losses (-1..1), and the loss after it (0..1) with exact low and high",
    use="to compare second sources, stocks and lower criticalities",
    monotone=False,
    ranged=True,
    equations=("saved = the loss before the change - the loss after it, each by `leontief`, or by `timeline` for stocks",),
    reference="our own: two runs of the model",
    caveat="Changes do not add up; what a change costs is not known, and an alternative that no record names is a supposition.",
    keys=("saved", "loss_before", "loss_after"),
    command="knockon mitigate entity-list-chips --protect sensefoundry",
)

_WEIGHTED = Method(
    title="Weighted loss of a portfolio",
    question="How much of what I buy, sell or hold is behind it?",
    needs="a table of entities, better with amounts",
    answers="the sum of each amount times the loss of its entity: the part of the amounts behind what is no longer delivered",
    result="a sum in the unit of the amounts, and its share (0..1) of all amounts, each with low and high",
    use="for purchases from suppliers, or sales to customers",
    ranged=True,
    equations=("weighted loss = the sum of amount × loss", "mean loss = weighted loss / the sum of the amounts"),
    reference="our own",
    caveat="It is no loss of market value.",
    keys=("weighted_loss", "weighted_loss_low", "weighted_loss_high", "mean_loss", "mean_loss_low", "mean_loss_high"),
    command="knockon exposure --portfolio mine.csv --store chips",
)

_SCORES = Method(
    title="Scores against what happened",
    question="How well did such models do on past events?",
    needs="cases of known events with their outcomes",
    answers="how well predictions agree with outcomes",
    result="precision, recall and probabilities (0..1), Kendall's tau-b (-1..1), days",
    use="before trusting a number",
    monotone=False,
    equations=(
        "precision = right ones / predicted; recall = right ones / hit; by chance: the hypergeometric distribution",
        "tau-b of the orders within a case; inside = the share of outcomes within the predicted range",
    ),
    reference="M. G. Kendall, Biometrika 33 (1945), doi:10.1093/biomet/33.3.239",
    caveat="There are few cases, chosen because they are documented.",
    keys=("precision", "recall", "p_hit", "tau", "p_order", "inside", "days_off"),
    command="knockon backtest",
)

#: The measures by name.
MEASURES: Mapping[str, Method] = {
    **IMPORTANCE,
    "cut_sets": _CUT_SETS,
    "harm": _HARM,
    "hhi": _HHI,
    "strength": _LOOP,
    "uncertainty": _UNCERTAINTY,
    "saved": _SAVED,
    "weighted_loss": _WEIGHTED,
    "scores": _SCORES,
}

__all__ = ["IMPORTANCE", "MEASURES"]
