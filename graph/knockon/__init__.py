"""Knock-on: a knowledge graph of what companies depend on, and an engine that computes how a shock propagates through it.

>>> import knockon
>>> graph = knockon.open()
>>> graph.impact("entity-list-chips").loss("nvidia")
0.0
"""

from __future__ import annotations

# Not that of typing: `knockon --help` is written without loading it.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from knockon.analysis.options import Options, RoundOptions, RunOptions, WorldOptions
    from knockon.authoring.options import ReadOptions
    from knockon.errors import (
        EngineFailed,
        ForbiddenQuery,
        InvalidData,
        KnockonError,
        LimitReached,
        NotAcceptable,
        NotFound,
        Notice,
        PoolFull,
        Problem,
        QuerySyntaxError,
        StoreBusy,
        UsageError,
    )
    from knockon.graph import Graph, open  # noqa: A004 - knockon.open, as gzip.open
    from knockon.model import (
        BusinessUnit,
        Capability,
        CausalChain,
        ChainStep,
        Channel,
        Company,
        Concept,
        Contract,
        DataSet,
        Dataset,
        DataSetInfo,
        Dependency,
        Designation,
        Discrepancy,
        Document,
        Entity,
        Event,
        Evidence,
        Funding,
        GovernmentBody,
        Group,
        Hit,
        Identifier,
        Infrastructure,
        Institution,
        Judgement,
        Jurisdiction,
        Market,
        Material,
        Measure,
        Observation,
        Organization,
        Ownership,
        OwnershipRule,
        Person,
        Product,
        Provision,
        Reading,
        Record,
        Regulator,
        Relation,
        Resource,
        RevenueStream,
        Service,
        Shock,
        Statement,
        Supply,
        Technology,
        Vulnerability,
    )
    from knockon.model.language import LanguageString
    from knockon.present.answers import ImpactReport
    from knockon.present.explanation_answer import Explanation
    from knockon.query.answers import QueryAnswer
    from knockon.sparql.limits import Limits

__version__ = "0.2.0"

#: The modules of the public names that are not records.
_HOME = {
    "Graph": "knockon.graph",
    "open": "knockon.graph",
    "Explanation": "knockon.present.explanation_answer",
    "ImpactReport": "knockon.present.answers",
    "QueryAnswer": "knockon.query.answers",
    "LanguageString": "knockon.model.language",
    "Limits": "knockon.sparql.limits",
    "ReadOptions": "knockon.authoring.options",
    **dict.fromkeys(("Options", "RoundOptions", "RunOptions", "WorldOptions"), "knockon.analysis.options"),
    **dict.fromkeys(
        (
            "EngineFailed", "ForbiddenQuery", "InvalidData", "KnockonError", "LimitReached", "NotAcceptable", "NotFound",
            "Notice", "PoolFull", "Problem", "QuerySyntaxError", "StoreBusy", "UsageError",
        ),
        "knockon.errors",
    ),
}  # fmt: skip

# A literal, because type checkers understand nothing else.
__all__ = [
    "BusinessUnit",
    "Capability",
    "CausalChain",
    "ChainStep",
    "Channel",
    "Company",
    "Concept",
    "Contract",
    "DataSet",
    "DataSetInfo",
    "Dataset",
    "Dependency",
    "Designation",
    "Discrepancy",
    "Document",
    "EngineFailed",
    "Entity",
    "Event",
    "Evidence",
    "Explanation",
    "ForbiddenQuery",
    "Funding",
    "GovernmentBody",
    "Graph",
    "Group",
    "Hit",
    "Identifier",
    "ImpactReport",
    "Infrastructure",
    "Institution",
    "InvalidData",
    "Judgement",
    "Jurisdiction",
    "KnockonError",
    "LanguageString",
    "LimitReached",
    "Limits",
    "Market",
    "Material",
    "Measure",
    "NotAcceptable",
    "NotFound",
    "Notice",
    "Observation",
    "Options",
    "Organization",
    "Ownership",
    "OwnershipRule",
    "Person",
    "PoolFull",
    "Problem",
    "Product",
    "Provision",
    "QueryAnswer",
    "QuerySyntaxError",
    "ReadOptions",
    "Reading",
    "Record",
    "Regulator",
    "Relation",
    "Resource",
    "RevenueStream",
    "RoundOptions",
    "RunOptions",
    "Service",
    "Shock",
    "Statement",
    "StoreBusy",
    "Supply",
    "Technology",
    "UsageError",
    "Vulnerability",
    "WorldOptions",
    "__version__",
    "open",
]  # fmt: skip


if not TYPE_CHECKING:  # type checkers read the imports above, and so detect a misspelt name

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used, so that `knockon --help` does not wait for all of them."""
        if name not in __all__:
            raise AttributeError(f"module 'knockon' has no attribute {name!r}")
        import importlib

        value = getattr(importlib.import_module(_HOME.get(name, "knockon.model")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
