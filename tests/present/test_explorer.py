"""The explorer page as text: whole, safe against its data, the same every time."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import random
import re
from dataclasses import replace

import pytest

from knockon.analysis.impact.support import Judged, Support
from knockon.authoring.read import read_data_set
from knockon.bundled import DEFAULT_DATA_SET, data_set_folder
from knockon.controls import HARMFUL
from knockon.model import Company, Dependency
from knockon.present.page.explorer import island, page
from knockon.present.page.layout import FOLD
from knockon.present.page.page_data import drawing
from knockon.vocabulary import Stance
from support.explorer_sample import NS, iri, sample_records, sample_report
from support.hostile_records import HOSTILE, data_in_page, hostile_records
from support.impact_reports import impact_row, with_label


def labels(data: dict) -> list[str]:
    return [data["strings"][row] for row in data["nodes"]["label"]]


@pytest.fixture(scope="module")
def cascade_page() -> str:
    return page(drawing(sample_records(), sample_report(), title="Acme"))


def test_structure(cascade_page):
    """Doctype, language, encoding, title, a table for those without scripts."""
    assert cascade_page.startswith('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">')
    assert "<title>Acme</title>" in cascade_page
    assert re.search(r"<noscript>.*Street faces.*100%.*</noscript>", cascade_page, re.DOTALL)
    cascade_page.encode("utf-8")


def test_fallback_lists_entities_without_a_run():
    text = page(drawing(sample_records(), title="Acme"))
    assert re.search(r"<noscript>.*Acme Vision.*Company.*</noscript>", text, re.DOTALL)


def test_policy_names_exactly_the_scripts_and_the_style(cascade_page):
    """The hashes are those of the one script and of the style; nothing else may load."""
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', cascade_page)[1])
    directives = {name: rest.split() for name, *tail in (part.split(maxsplit=1) for part in policy.split(";")) for rest in tail}
    assert directives["default-src"] == ["'none'"]
    assert directives["img-src"] == ["data:", "blob:"]
    assert set(directives) == {"default-src", "script-src", "style-src", "img-src"}
    scripts = re.findall(r"<script>(.*?)</script>", cascade_page, re.DOTALL)
    assert len(scripts) == 1
    assert directives["script-src"] == [_hash(script) for script in scripts]
    assert directives["style-src"] == [_hash(style) for style in re.findall(r"<style>(.*?)</style>", cascade_page, re.DOTALL)]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_own_code_never_writes_markup(cascade_page):
    """No innerHTML and its kin, no eval, no inline handler, no style attribute in markup."""
    ours = re.findall(r"<script>(.*?)</script>", cascade_page, re.DOTALL)[0]
    for banned in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", 'ribute("style"'):
        assert banned not in ours
    shell = re.sub(r"<(script|style)\b.*?</\1>", "", cascade_page, flags=re.DOTALL)
    assert not re.search(r"<[^>]*\s(on\w+|style)\s*=", shell)


def test_nothing_to_fetch(cascade_page):
    """No address in an attribute, a style or an import, and no source map."""
    shell = re.sub(r"<script\b.*?</script>", "", cascade_page, flags=re.DOTALL)
    assert not re.search(r"\b(src|href|action|data|poster|srcset)\s*=", shell)
    assert not re.search(r"url\(|@import", shell)
    assert "sourceMappingURL" not in cascade_page


def test_hostile_text_comes_out_as_itself_and_only_in_the_data():
    data = drawing(hostile_records(), title=HOSTILE[0])
    text = page(data)
    assert data_in_page(text) == json.loads(json.dumps(data))
    assert set(HOSTILE) <= set(labels(data_in_page(text)))
    for one in HOSTILE:
        if re.search(r"[<&]", one):
            assert one not in text
    assert text.count("<script") == 2 + re.findall(r"<script>(.*?)</script>", text, re.DOTALL)[0].count("<script")
    assert "<img" not in text
    assert "49" not in re.search(r"<title>(.*?)</title>", text)[1]


def test_outside_its_data_nothing_turns_or_hides_other_text():
    """The title, and the rows for those whose browser runs no scripts."""
    text = page(drawing(hostile_records(), title=HOSTILE[5] + "\x9b31m\u200b\x85"))
    shell = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)
    assert not HARMFUL.search(shell)
    assert "\\u202eright to left\\u202c שלום\\x9b31m\\u200b\\x85" in re.search(r"<title>(.*?)</title>", shell)[1]


def test_hostile_report():
    """The names of a run are text, its numbers are numbers."""
    report = with_label(sample_report(), HOSTILE[0])
    run = replace(report.run, model=HOSTILE[1], residual=float("inf"), parameters={HOSTILE[1]: 1})
    impacts = (*report.impacts, impact_row(HOSTILE[9], HOSTILE[7], HOSTILE[1], 0.4))
    report = replace(report, run=run, impacts=impacts)
    text = page(drawing(sample_records(), report, title="x"))
    assert HOSTILE[0] not in text
    assert HOSTILE[7] not in text
    assert data_in_page(text)["cascade"]["run"]["residual"] is None


def test_island_escapes_what_could_end_it():
    assert island({"a": "<&>\u2028\u2029\ud800"}) == '{"a":"\\u003c\\u0026\\u003e\\u2028\\u2029\\ud800"}'


def test_lone_surrogates_do_not_break_the_bytes():
    page(drawing([], title="broken \ud83d emoji")).encode("utf-8")


def test_deterministic():
    """The same whatever the order of the records."""
    records = sample_records()
    first = page(drawing(records, sample_report(), title="t"))
    random.Random(7).shuffle(records)  # noqa: S311 - nothing secret
    assert page(drawing(records, sample_report(), title="t")) == first


def test_edges_of_a_dependency():
    """From the dependant to the need, and from the need to each provider, with the record's own words."""
    data = drawing(sample_records(), title="t")
    names = labels(data)
    kinds = [kind["key"] for kind in data["kinds"]]
    edges = data["edges"]
    columns = zip(edges["from"], edges["kind"], edges["to"], edges["fact"], strict=True)
    lines = {(names[start], kinds[kind], names[end]): facts for start, kind, end, facts in columns}
    assert ("Face login", "dependsOn", "Cloud hosting") in lines
    assert ("Cloud hosting", "supply", "Nimbus Cloud") in lines
    assert ("Acme Holding", "owns", "Acme Vision") in lines
    assert ("Face Data Act", "covers", "Street faces") in lines
    fact = lines["Face login", "dependsOn", "Cloud hosting"][0]
    notes = [data["strings"][row] for row in data["facts"]["notes"][fact]]
    notes = dict(zip(notes[::2], notes[1::2], strict=True))
    assert notes["criticality"] == "high"
    assert notes["combination"] == "any of"
    assert notes["from"] == "Nimbus Cloud, Rainbow Hosting"


def test_provider_hangs_on_the_dependant_where_the_need_is_missing():
    records = [Company(id=iri("a"), label="A"), Company(id=iri("b"), label="B"),
               Dependency(id=iri("d"), dependant=iri("a"), need=iri("gone"), supply=[{"provider": iri("b")}])]  # fmt: skip
    data = drawing(records, title="t")
    assert [(data["edges"]["from"], data["edges"]["to"])] == [([0], [1])]


def test_discrepancy_reaches_the_entity_behind_a_record():
    """It is between two figures; whoever looks at the company sees it."""
    data = drawing(sample_records(), title="t")
    kinds = [kind["key"] for kind in data["kinds"]]
    (row,) = [row for row, kind in enumerate(data["facts"]["kind"]) if kinds[kind] == "discrepancy"]
    assert [labels(data)[end] for end in data["facts"]["ends"][row]] == ["Acme Vision"]


def test_cascade_columns():
    """The column is the step, the row the rank by loss; a cause stands at an earlier step."""
    impacts = drawing(sample_records(), sample_report(), title="t")["cascade"]["impacts"]
    for row, cause in enumerate(impacts["cause"]):
        assert cause < 0 or impacts["x"][cause] < impacts["x"][row]
    for step in set(impacts["x"]):
        rows = [row for row, x in enumerate(impacts["x"]) if x == step]
        assert [impacts["y"][row] for row in rows] == list(range(len(rows)))
        losses = [impacts["loss"][row] for row in rows]
        assert losses == sorted(losses, reverse=True)
    assert FOLD == 40


def test_judged_records_are_named():
    """Each judged record on the way of a loss is named once, whatever was judged of it."""
    support = Support(Stance.ASSERTS, judged=(Judged(iri("camera-needs-lens"), ("criticality", "mechanism")),))
    report = sample_report()
    report = replace(report, impacts=tuple(replace(impact, support=support) for impact in report.impacts))
    data = drawing(sample_records(), report, title="t")
    names = {tuple(data["strings"][row] for row in rows) for rows in data["cascade"]["impacts"]["judged"]}
    assert names == {(iri("camera-needs-lens"),)}


def test_empty():
    data = drawing([], title="Nothing")
    assert data["nodes"]["id"] == []
    page(data)


@pytest.mark.parametrize("count", [250, 600, pytest.param(2000, marks=pytest.mark.slow)])
def test_layout_leaves_room(count):
    chance = random.Random(1)  # noqa: S311 - nothing secret
    records = [Company(id=f"{NS}c{n}", label=f"Company {n}") for n in range(count)]
    needs = {n: int(n * chance.random() ** 2) for n in range(1, count)}
    records += [Dependency(id=f"{NS}d{n}", dependant=f"{NS}c{n}", need=f"{NS}c{need}") for n, need in needs.items()]
    data = drawing(records, title="t")
    assert len(set(zip(data["nodes"]["x"], data["nodes"]["y"], strict=True))) == count


def test_size():
    """The bundled data set, about 250 entities, stays well below 620 KB."""
    records = read_data_set(data_set_folder(DEFAULT_DATA_SET)).records
    assert len(page(drawing(records, title="t")).encode()) < 500_000
