"""The models of input-output tables and of matrices between sectors or systems."""

from __future__ import annotations

from knockon.analysis.methods.method import Form, Method

_TABLE = "an input-output table, or flows of firms: supplier, customer, value; with final demand"

PRICE = Method(
    title="Leontief price model (cost pass-through)",
    question="How much do prices rise after a duty, a tax or dearer inputs?",
    needs=_TABLE,
    answers="how much prices rise when costs, prices or duties do",
    result="change: how much the price rises (0.1 is 10 %); absorbed: what is taken from the margin, for each unit of output",
    use="for tariffs and dearer energy, if quantities stay as they are",
    on="table",
    equations=(
        "rise of j = share that j passes on × (sum over i of what j buys from i for a unit of output × rise of i + own rise)",
    ),
    reference="W. Leontief, Review of Economics and Statistics 18(3):105-125 (1936), doi:10.2307/1927837; R. E. Miller and "
    "P. D. Blair, Input-Output Analysis, 2nd ed., Cambridge University Press (2009), doi:10.1017/CBO9780511626982, on price "
    "models",
    caveat="Nobody buys less or elsewhere because a price rises; it is not for shortages.",
    forms={
        "cost": Form(
            when="With `--cost SECTOR=RISE`", equations=("own rise of j = the rise of its costs for a unit of output",)
        ),
        "price": Form(
            when="With `--price SECTOR=RISE`",
            equations=("rise of j = what is given, from outside; only the others follow",),
        ),
        "duty": Form(
            when="With `--duty SECTOR=RATE`",
            equations=("own rise of j = sum over i of what j buys from i for a unit of output × rate of i",),
            caveat="The duty is levied on the value before the shock, on what is sold to others.",
        ),
        "passed_on": Form(
            when="With `--passed-on` below 1",
            equations=("absorbed by j = (1 - share that j passes on) × (what its inputs and its own costs rise by)",),
        ),
    },
    functions=("price",),
    keys=("change", "absorbed", "total"),
    command="knockon price industries.csv --firms demand.csv --cost one=0.1 --passed-on two=0.5",
)

EXTRACTION = Method(
    title="Hypothetical extraction",
    question="How much output depends on a sector?",
    needs=_TABLE,
    answers="the output that is lost if a sector, or a part of it, is taken out of the table",
    result="change: the share of its output that each sector loses",
    use="to compare how much an economy rests on its sectors",
    on="table",
    equations=("loss = (x - output solved again without what is extracted) / x, with x = A x + final demand",),
    reference="E. Dietzenbacher, J. A. van der Linden and A. E. Steenge, Economic Systems Research 5(2):185-206 (1993), "
    "doi:10.1080/09535319300000017; E. Dietzenbacher and M. L. Lahr, Economic Systems Research 25(3):341-360 (2013), "
    "doi:10.1080/09535314.2013.774266",
    caveat="What is extracted is imported instead, so it is lost demand that counts, not the want of an input.",
    forms={
        "complete": Form(
            when="By default, `--kind complete`",
            equations=("of what is extracted: x = (1 - its share) (A x + final demand)",),
        ),
        "forward": Form(
            when="With `--kind forward`", equations=("of what is extracted: x = (1 - its share) A x + final demand",)
        ),
        "backward": Form(
            when="With `--kind backward`",
            equations=("x = A' x + final demand, where A' is A with what is extracted buying less by its share",),
        ),
    },
    functions=("extraction",),
    keys=("change", "total"),
    command="knockon extraction industries.csv --firms demand.csv --extract one=1",
)

GHOSH_MODEL = Method(
    title="Ghosh (supply-driven input-output model)",
    question="How much output is lost when primary inputs fall?",
    needs=_TABLE,
    answers="the output that is lost downstream when a sector has fewer primary inputs, such as labour",
    result="change: the share of its output that each sector loses when primary inputs fall",
    use="for a quick downstream view of a table, beside `extraction`, which looks upstream",
    on="table",
    ranged=True,
    equations=(
        "loss of j = sum over i of (what j buys from i / output of j) × loss of i + fall of the primary inputs of j; "
        "solved as it stands, then at most 1",
    ),
    reference="A. Ghosh, Economica 25(97):58-64 (1958), doi:10.2307/2550694; read as prices: E. Dietzenbacher, Journal of "
    "Regional Science 37(4):629-651 (1997), "
    "doi:10.1111/0022-4146.00073",
    caveat="A sector loses in proportion to what it spends on an input, whatever the input is; where inputs are essential, use "
    "`esri`. It equals `inoperability` driven by supply.",
    functions=("ghosh",),
    keys=("change",),
    command="knockon ghosh industries.csv --firms demand.csv --fall one=0.1",
)

INOPERABILITY = Method(
    title="Inoperability input-output model (IIM)",
    question="How inoperable do sectors or infrastructures become that need each other?",
    needs="an interdependency matrix A*, or an input-output table with final demand",
    answers="the share of its function that each sector has lost in the end",
    result="the inoperability of each sector, a share (0..1)",
    use="for infrastructures whose interdependencies experts have estimated, or for demand that falls",
    on="table",
    ranged=True,
    equations=(
        "q = A* q + c*, solved as it stands and then cut to 0..1: inoperability of i = sum over j of A*_ij × "
        "inoperability of j + loss of i to the shock",
    ),
    reference="Y. Y. Haimes and P. Jiang, Journal of Infrastructure Systems 7(1):1-12 (2001), "
    "doi:10.1061/(ASCE)1076-0342(2001)7:1(1)",
    caveat="Losses add up, as if every input could in part stand in for every other; the spectral radius of A* must be "
    "below 1.",
    forms={
        "given": Form(when='By default, `interdependency="given"`', equations=("A* is the matrix itself",)),
        "demand": Form(
            when='With `--driven-by demand`, `interdependency="demand"`', equations=("A*_ij = what i sells to j / output of i",)
        ),
        "supply": Form(
            when='With `--driven-by supply`, `interdependency="supply"`',
            equations=("A*_ij = what i buys from j / output of i",),
            same_as="ghosh",
        ),
    },
    functions=("inoperability",),
    keys=("change",),
    command="knockon inoperability grid.csv --hit water=0.5",
)

DYNAMIC_INOPERABILITY = Method(
    title="Dynamic inoperability input-output model (DIIM)",
    question="How do sectors recover that drag on each other?",
    needs="as `inoperability`, and the recovery time, or the pace, of each sector",
    answers="the inoperability of each sector over time",
    result="the inoperability of each sector at each time, a share (0..1): the greatest, the time from which on it is at most "
    "a hundredth, and inoperability times time, in the unit of the recovery times",
    use="where the pace of recovery is known",
    on="table",
    ranged=True,
    equations=(
        "q(t + dt) = q(t) + dt × K (A* q(t) + c*(t) - q(t)), cut to 0..1",
        "K_ii = (-ln lambda / recovery time of i) / (1 - A*_ii)",
    ),
    reference="C. Lian and Y. Y. Haimes, Systems Engineering 9(3):241-258 (2006), doi:10.1002/sys.20051",
    caveat="As `inoperability`; a sector alone falls from q to lambda q within its recovery time, as dt goes to 0.",
    functions=("dynamic_inoperability",),
    keys=("change", "recovered", "cumulative"),
    command="knockon inoperability grid.csv --start water=0.6 --recovery 10 --horizon 30",
)

FDNA = Method(
    title="Functional dependency network analysis (FDNA)",
    question="How well do systems still work that feed each other?",
    needs="the strength (0..1) and criticality (0..100) of each link between a feeder and what it feeds",
    answers="the operability that is left to each system when its feeders lose theirs",
    result="the operability of each node in 0..100, and its loss (0..1), which is 1 - operability / 100",
    use="for systems engineering, where experts state strength and criticality of each link",
    on="table",
    ranged=True,
    equations=(
        "operability of j = the least of: the mean over feeders i of (strength × operability of i + 100 (1 - strength)), "
        "the least "
        "over feeders of (operability of i + criticality), and 100 (1 - hit on j)",
    ),
    reference="P. R. Garvey and C. A. Pinto, Introduction to functional dependency network analysis, Second International "
    "Symposium on Engineering Systems, MIT (2009)",
    caveat="Published for networks without cycles; around a cycle the least losses that satisfy the equations count. That a "
    "hit caps "
    "operability is our reading.",
    forms={
        "condense": Form(
            when='With `--cycles condense`, `cycles="condense"`',
            equations=("the nodes of a cycle share one operability, that of the worst of them",),
            caveat="It never understates a loss, and may turn a small one into a total one.",
        ),
    },
    functions=("fdna",),
    keys=("change",),
    command="knockon fdna feeds.csv --hit radar=0.5",
)

__all__ = ["DYNAMIC_INOPERABILITY", "EXTRACTION", "FDNA", "GHOSH_MODEL", "INOPERABILITY", "PRICE"]
