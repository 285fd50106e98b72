"""A large graph with a cascade, made of records: each company needs one that was there before it, a few need two."""

from __future__ import annotations

import random

from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.support import Support
from knockon.model import Company, Dependency, Document, Statement
from knockon.vocabulary import Stance
from support.impact_reports import impact_report, impact_row

NS = "https://w3id.org/knockon/id/"


def large_records(count: int, seed: int = 1) -> list[Statement]:
    """Companies, what they need, and the documents that say so."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    documents = [Document(id=f"{NS}doc{n}", title=f"Report {n}") for n in range(1 + count // 50)]
    records: list[Statement] = [*documents, *(Company(id=f"{NS}c{n}", label=f"Company {n}") for n in range(count))]
    for n in range(1, count):
        cited = {"evidence": [{"document": documents[n % len(documents)].id, "start": n, "end": n + 40}]}
        need = int(n * chance.random() ** 2)
        records.append(Dependency(id=f"{NS}d{n}", dependant=f"{NS}c{n}", need=f"{NS}c{need}", **cited))
        if n % 4 == 0 and (other := chance.randrange(n)) != need:
            records.append(Dependency(id=f"{NS}e{n}", dependant=f"{NS}c{n}", need=f"{NS}c{other}"))
    return records


def large_report(records: list[Statement], hit: int, least: float = 0.0) -> ImpactReport:
    """A run in which the first ``hit`` companies lose something (at ``least`` so much), each by way of what it needs."""
    needs = {record.dependant: record for record in records if isinstance(record, Dependency) and "/d" in record.id}
    steps = {f"{NS}c0": 0}
    impacts = []
    for n in range(hit):
        iri = f"{NS}c{n}"
        bound = {"dependency": needs[iri].id, "cause": needs[iri].need} if n else {}
        steps[iri] = steps[needs[iri].need] + 1 if n else 0
        loss = round(1 / (1 + n / 50), 6)
        impacts.append(impact_row(
            iri, f"Company {n}", loss=max(loss, least), step=steps[iri], low=loss / 2, high=loss,
            support=Support(Stance.ASSERTS), **bound,
        ))  # fmt: skip
    companies = sum(isinstance(record, Company) for record in records)
    return impact_report(
        "Company 0 stops", impacts, shock=f"{NS}stop", unaffected=companies - hit, iterations=9, network_hash="00"
    )
