"""The data sets that come with the package hold against the model: they are opened without being checked again."""

from __future__ import annotations

import pytest

from knockon.authoring.read import read_data_set
from knockon.bundled import data_set_folder, data_set_names
from knockon.errors import NotFound
from knockon.store.oxigraph import MemoryStore


@pytest.mark.parametrize("name", data_set_names())
def test_a_bundled_data_set_is_sound(name: str) -> None:
    """Read and loaded with every check, it has no problem."""
    assert MemoryStore(read_data_set(data_set_folder(name))).records


def test_an_unknown_name_is_not_found() -> None:
    """The nearest names are given."""
    with pytest.raises(NotFound, match="sensetime"):
        data_set_folder("sensetme")


def test_the_sensetime_set_is_what_was_asked_for() -> None:
    """19 shocks, 19 chains, 15 vulnerabilities, 34 events, 28 discrepancies; 45 figures, two of them of several subjects."""
    (data_set,) = [read_data_set(data_set_folder("sensetime"))]
    counts: dict[str, int] = {}
    for record in data_set.records:
        counts[record.rdf_class] = counts.get(record.rdf_class, 0) + 1
    wanted = {"Shock": 19, "CausalChain": 19, "Vulnerability": 15, "Event": 34, "Discrepancy": 28, "Document": 5}
    assert {name: counts[name] for name in wanted} == wanted
    assert counts["Observation"] >= 45
    names = {record.name for record in data_set.records}
    assert set(NAMES.split()) <= names


NAMES = """
sensetime sensetime-operations nvidia alibaba-cloud tencent-cloud android ios surveillance-infrastructure
surveillance-data-access training-datasets facial-recognition-algorithms algorithm-accuracy platform-deployment
recurring-licensing-revenue sensefoundry senseme senseauto sensechat ai-inference smart-city-administrators
southeast-asian-retailers automotive-manufacturers hardware-manufacturers smart-city-procurement advanced-chips
gpu-compute european-market chinese-government us-treasury us-entity-list gdpr grizzly-research hikvision dahua megvii
cloudwalk yitu iflytek doc-podcast doc-newsletter doc-dependency-card doc-news-brief doc-academic-paper
data-reclassification state-secret-classification data-export-control procurement-withdrawal entity-list-chips
europe-facial-recognition-bans southeast-asia-tensions treasury-designation sensetime-stops
"""
