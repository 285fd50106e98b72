"""A small graph with a cascade, for the tests of the explorer: a maker of cameras and whom it hangs on."""

from __future__ import annotations

from typing import Any

from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.support import Support
from knockon.model import (
    CLASSES,
    Dependency,
    Discrepancy,
    Document,
    Event,
    Measure,
    Observation,
    Ownership,
    Relation,
    Shock,
    Statement,
    Vulnerability,
)
from knockon.vocabulary import Stance
from support.impact_reports import impact_report, impact_row

NS = "https://w3id.org/knockon/id/"
ENTITIES = """
Company: acme-vision=Acme Vision|chipworks=Chipworks|nimbus=Nimbus Cloud|rainbow=Rainbow Hosting|lensmith=Lensmith
Company: carmaker=Volta Cars|rival=Peregrine AI|parent=Acme Holding|retailer=Corner Shops|bank=Harbour Bank
GovernmentBody: commerce=Ministry of Commerce|city=City of Northport
Regulator: privacy=Privacy Authority
Institution: university=Northport University
Person: founder=Ada Quist
Group: drivers=Drivers of assisted cars
Product: camera=Smart camera|driver-aid=Driver assistance|city-eye=City Eye platform
Service: face-login=Face login|hosting=Cloud hosting|support=Customer support
Dataset: street-faces=Street faces|road-scenes=Road scenes
Technology: vision-model=Vision foundation model
Infrastructure: gpu-cluster=GPU cluster|data-centre=Northport data centre
Channel: app-store=App store
Material: gpu=Training GPU|lens=Optical lens
Resource: talent=Research talent
Capability: training=Model training|acme-operations=Acme operations
Contract: city-contract=Northport city contract
Market: smart-city=Smart city market|automotive=Automotive market
RevenueStream: city-revenue=City licences|car-revenue=Car royalties|login-revenue=Login fees
Funding: growth-round=Growth round
Jurisdiction: northland=Northland
Concept: platform=Platform economics
"""
NEEDS = """
vision-model street-faces High
vision-model road-scenes Medium
vision-model training Essential
training gpu-cluster High nimbus
training talent Medium
gpu-cluster gpu Essential chipworks
camera vision-model High
camera lens High lensmith
face-login vision-model Essential
face-login hosting High nimbus rainbow
city-eye camera High
city-eye face-login Medium
city-eye data-centre Medium
driver-aid vision-model High
driver-aid road-scenes High
drivers driver-aid Low
city-contract city-eye High
smart-city city-eye Low
automotive driver-aid Low
city-revenue city-contract High
car-revenue driver-aid High carmaker
login-revenue face-login High
login-revenue retailer Low
growth-round city-revenue Medium
acme-vision city-revenue Medium
support acme-operations High
carmaker driver-aid Low
retailer face-login Low
city city-eye Low
"""
WEIGHTS = {"Essential": 1.0, "High": 0.75, "Medium": 0.45, "Low": 0.15}


def iri(name: str) -> str:
    """The name of a sample record."""
    return NS + name


def cite(*places: tuple[str, int]) -> list[dict[str, Any]]:
    """Evidence in the sample documents."""
    return [{"document": iri(document), "start": start, "end": start + 60} for document, start in places]


def _entities() -> list[Statement]:
    extra = {
        "acme-vision": {"alt_label": ["Acme", "أكمي"], "identifier": [{"scheme": "ticker", "notation": "ACV"}]},
        "street-faces": {"part_of": [iri("acme-vision")]},
        "camera": {"part_of": [iri("acme-vision")]},
        "city-eye": {"part_of": [iri("acme-vision")]},
        "vision-model": {"part_of": [iri("acme-vision")]},
        "city-revenue": {"part_of": [iri("acme-vision")]},
        "rainbow": {"inferred": True, "reason": "Named only as the other host."},
    }
    found = []
    for line in ENTITIES.strip().splitlines():
        name, members = line.split(": ")
        for member in members.split("|"):
            local, label = member.split("=")
            place = [iri("northland")] if name == "Company" else []
            record = {"id": iri(local), "label": label, "jurisdiction": place, "evidence": cite(("doc-card", len(found) * 90))}
            found.append(CLASSES[name].model_validate(record | extra.get(local, {})))
    return found


def _needs() -> list[Statement]:
    found = []
    for place, line in enumerate(NEEDS.strip().splitlines()):
        dependant, need, word, *providers = line.split()
        stated = cite(("doc-card", 4000 + 70 * place)) + (cite(("doc-news", 30 * place)) if place % 4 == 0 else [])
        found.append(Dependency(
            id=iri(f"{dependant}-needs-{need}"), dependant=iri(dependant), need=iri(need), criticality=word,
            supply=[{"provider": iri(provider)} for provider in providers], mechanism=f"{dependant} cannot work without {need}",
            combination="AnyOf" if len(providers) > 1 else "AllOf", judged=["criticality"] if place % 2 else [],
            switching_cost="High" if place % 3 == 0 else None, inferred=place % 7 == 6,
            reason="Follows from how such things are built." if place % 7 == 6 else None,
            evidence=[] if place % 7 == 6 else stated,
        ))  # fmt: skip
    return found


def sample_records() -> list[Statement]:
    """About forty entities, what they need, and a little of everything else."""
    said, acme = {"evidence": cite(("doc-news", 900))}, iri("acme-vision")
    return [
        Document(id=iri("doc-card"), title="Dependency card"),
        Document(id=iri("doc-news"), title="Can Acme keep its edge?", issued="2023-12-08"),
        *_entities(),
        *_needs(),
        Measure(id=iri("face-act"), label="Face Data Act", measure_kind="DataRule", status="Emerging", issuer=[iri("privacy")],
                applies_to=[iri("acme-vision")], covers=[iri("street-faces")], jurisdiction=[iri("northland")], **said),
        Ownership(id=iri("own-1"), owner=iri("parent"), owned=iri("acme-vision"), share="0.61", **said),
        Relation(id=iri("rel-1"), subject=iri("rival"), relation_type="competesWith", object=acme, **said),
        Relation(id=iri("rel-2"), subject=iri("founder"), relation_type="founderOf", object=acme, **said),
        Relation(id=iri("rel-3"), subject=iri("university"), relation_type="collaboratesWith", object=acme, **said),
        Relation(id=iri("rel-4"), subject=iri("bank"), relation_type="investorIn", object=acme,
                 evidence=[cite(("doc-news", 1200))[0] | {"stance": "alleges", "claimant": iri("rival")}]),
        Observation(id=iri("obs-1"), about=acme, metric="revenue", value="41.5", unit="million USD", period="2022", **said),
        Observation(id=iri("obs-2"), about=acme, metric="employees", value_low=900, value_high=1100, **said),
        Event(id=iri("event-1"), label="Acme lists its shares", date="2021-12-01", date_precision="month",
              participant=[iri("acme-vision"), iri("bank")], **said),
        Vulnerability(id=iri("weak-1"), label="One maker of chips", of=[iri("acme-vision")], about=[iri("gpu")], **said),
        Discrepancy(id=iri("clash-1"), label="Two figures for staff", between=[iri("obs-2")], discrepancy_kind="Disagreement",
                    reading=[{"order": 1, "label": "900"}, {"order": 2, "label": "1,100"}], handling="The range covers both.",
                    **said),
        Shock(id=iri("data-ban"), label="Street faces may no longer be used",
              hit=[{"target": iri("street-faces"), "severity": "Essential"}], legal_basis=[iri("face-act")], **said),
    ]  # fmt: skip


def sample_report() -> ImpactReport:
    """What an impact run of the data ban could say, by the maximum over needs."""
    records = {record.id: record for record in sample_records()}
    loss, step, causes = {iri("street-faces"): 1.0}, {iri("street-faces"): 0}, {}
    needs = [record for record in records.values() if isinstance(record, Dependency)]
    for _ in range(12):
        for need in needs:
            new = WEIGHTS[need.criticality.value] * loss.get(need.need, 0.0)
            if new > loss.get(need.dependant, 0.0) + 1e-12:
                loss[need.dependant], step[need.dependant] = new, step[need.need] + 1
                causes[need.dependant] = {"dependency": need.id, "cause": need.need}
    impacts = [
        impact_row(
            entity, records[entity].label, records[entity].rdf_class, value, step[entity], low=value * 0.7,
            high=min(1.0, value * 1.2), support=Support(Stance.ASSERTS), evidence=records[entity].evidence,
            **causes.get(entity, {}),
        )
        for entity, value in loss.items()
    ]  # fmt: skip
    return impact_report(
        "Street faces may no longer be used", impacts, shock=iri("data-ban"), unaffected=40 - len(loss),
        parameters={"eps": 1e-9}, iterations=7, network_hash="0f1e2d3c",
    )  # fmt: skip
