"""impact, exposure, explain, chains, profile on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
KEYS = {
    "shock", "model", "parameters", "iterations", "residual", "stopped_by", "truncated", "network_hash", "unaffected",
    "shortages", "impacts",
}  # fmt: skip
IMPACT_KEYS = {"entity", "id", "label", "class", "loss", "loss_low", "loss_high", "step", "binding", "support", "evidence"}


def test_json_has_the_keys_of_the_contract(knockon: Run) -> None:
    """The JSON of an impact has every key that programs rely on, of the right type."""
    done = knockon("impact", "data-reclassification", "--format", "json")
    assert done.code == 0
    report = done.json
    assert set(report) >= KEYS
    assert isinstance(report["iterations"], int)
    assert report["stopped_by"] == "tolerance"
    assert report["truncated"] is False
    assert isinstance(report["unaffected"], int)
    for impact in report["impacts"]:
        assert set(impact) >= IMPACT_KEYS
        assert 0 <= impact["loss_low"] <= impact["loss"] <= impact["loss_high"] <= 1
        assert impact["binding"] is None or {"dependency", "provider"} <= set(impact["binding"])
        assert all({"document", "start", "end"} <= set(span) for span in impact["evidence"])
    assert all({"dependency", "dependant", "need", "shortage", "step"} <= set(row) for row in report["shortages"])


def test_bare_impact_lists_the_shocks(knockon: Run) -> None:
    """Without a shock the shocks are listed."""
    done = knockon("impact", "--format", "json")
    assert done.code == 0
    rows = {row["shock"]: row for row in done.json}
    assert {"data-reclassification", "entity-list-chips", "sensetime-stops"} <= set(rows)


def test_the_list_of_shocks_tells_how_far_each_reaches(knockon: Run) -> None:
    """Beyond what is hit, or not at all; shocks with the same losses are named, in the table and under it."""
    done = knockon("impact", "--format", "json")
    rows = {row["shock"]: row for row in done.json}
    assert rows["treasury-designation"]["reach"] == "stops at the hit"
    assert (rows["treasury-designation"]["affected"], rows["treasury-designation"]["reached"]) == (1, 0)
    report = knockon("impact", "sensetime-stops", "--format", "json").json
    assert rows["sensetime-stops"]["affected"] == report["affected"]
    assert rows["sensetime-stops"]["reach"] == f"{report['affected'] - 2} entities beyond the hit"
    same = ["data-export-control", "data-reclassification", "state-secret-classification"]
    assert [row["shock"] for row in done.json if row["same_losses"]] == same
    assert rows[same[0]]["same_losses"] == same[1:]
    assert f"the same losses: {', '.join(same)}" in done.err
    early = {row["shock"]: row for row in knockon("impact", "--as-of", "2020-06-30", "--format", "json").json}
    assert early["treasury-designation"]["reach"] == "hits nothing"


def test_a_shock_that_no_source_asserts_is_said_to_be_one(knockon: Run) -> None:
    """Run because somebody asks: the note and the JSON say what the sources do with it."""
    assert "the shock is hypothesised" in knockon("impact", "financing-fails").err
    assert knockon("impact", "financing-fails", "-f", "json").json["shock_stance"] == "Hypothesises"
    assert "the shock is" not in knockon("impact", "entity-list-chips").err


def test_the_table_counts_what_it_hides(knockon: Run) -> None:
    """Rows below --min-loss are counted, not dropped in silence; JSON has them all."""
    shown = knockon("impact", "data-reclassification", "--min-loss", "0.9")
    assert "not shown" in shown.err
    assert "southeast-asian-retailers" not in shown.out
    assert (
        "southeast-asian-retailers" in knockon("impact", "data-reclassification", "--min-loss", "0.9", "--format", "json").out
    )


def test_tables_say_what_is_judged_and_what_nobody_stated(knockon: Run) -> None:
    """The last column of impact and exposure has what JSON and the report have; the note names the ungraded hit."""
    done = knockon("impact", "short-seller-report")
    assert "asserted, 1 judged, 1 unknown (the hit)" in done.out
    assert "The hit is ungraded: it hits SenseTime's listed shares by an amount that no source states" in done.err
    assert "asserted, 1 judged, 1 unknown (the hit)" in knockon("exposure", "sensetime-shares").out
    assert "asserted, 2 judged" in knockon("impact", "entity-list-chips").out
    of_a_part = knockon("exposure", "sensetime", "--format", "json").json["exposures"]
    assert all((row["support"] is None) == (row["loss"] == 0) for row in of_a_part)
    assert all(row["worst_part_support"] for row in of_a_part)


def test_exposure_counts_no_shocks_that_are_not_there(knockon: Run, suppliers: Path) -> None:
    """A graph without shocks says that, and how to make one; nothing is said of 0 shocks."""
    done = knockon("exposure", "Volt Cells", "--store", str(suppliers))
    assert "there are no shocks in this graph" in done.err
    assert "0 shocks" not in done.err
    assert "19 of 19 shocks do not reach nvidia" in knockon("exposure", "nvidia").err


def test_all_shocks_times_entities(knockon: Run) -> None:
    """--all is a table of every shock on every entity it reaches, CSV unless asked otherwise."""
    done = knockon("impact", "--all")
    assert done.code == 0
    header, *rows = done.out.splitlines()
    assert header.split(",")[:2] == ["shock", "entity"]
    assert len({row.split(",")[0] for row in rows}) == 19


def test_a_world_without_a_document_says_what_fell_away(knockon: Run) -> None:
    """--without changes the answer and counts the records that fell."""
    done = knockon("impact", "data-reclassification", "--without", "doc-dependency-card")
    assert done.code == 0
    assert "fell away" in done.err
    assert "finds nothing to hit here" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["impact", "data-reclasification"], 3, "data-reclassification"),
        (["impact", "--hit", "nvida=high"], 3, "nvidia"),
        (["impact", "--hit", "nvidia"], 2, "ENTITY=SEVERITY"),
        (["impact", "--hit", "nvidia=huge"], 2, "is not a severity"),
        (["impact", "--hit", "nvidia=1.5"], 2, "0..1"),
        (["impact", "--hit", "nvidia=nan"], 2, "0..1"),
        (["impact", "data-reclassification", "--hit", "nvidia=high"], 2, "one of the three"),
        (["impact", "data-reclassification", "--without", "doc-podcst"], 3, "doc-podcast"),
        (["impact", "data-reclassification", "--model", "magic"], 2, "leontief"),
        (["impact", "data-reclassification", "--stance", "Shouts"], 2, "Alleges"),
        (["impact", "data-reclassification", "--format", "xml"], 2, "json"),
        (["impact", "data-reclassification", "--min-loss", "7"], 2, "min-loss"),
        (["impact", "data-reclassification", "--as-of", "yesterday"], 2, "write 2025-07-01"),
        (["impact", "data-reclassification", "--store", "nowhere"], 3, "sensetime"),
        (["explain", "entity-list-chips", "nvidia"], 3, "does not reach"),
        (["explain", "data-reclassification", "sensetime", "--cap", "1"], 5, "before it reached SenseTime"),
        (["explain", "entity-list-chips", "nobody-at-all"], 3, "nobody-at-all"),
        (["exposure", "sensetme"], 3, "sensetime"),
        (["profile", "sensetme"], 3, "sensetime"),
        (["show", "nvida"], 3, "nvidia"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_errors_have_their_exit_code_and_a_mend(knockon: Run, arguments: list[str], code: int, said: str) -> None:
    """A wrong call says what is wrong and how to mend it, without a traceback; in JSON as well."""
    done = knockon(*arguments)
    assert done.code == code, done.err
    assert said in done.err
    assert "Traceback" not in done.err
    if "--format" not in arguments:
        asked = knockon(*arguments, "--format", "json")
        assert asked.json["error"]["exit_code"] == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["impact", "@"], 3), (["impact", "@", "--hit", "acme=high"], 2), (["explain", "@", "acme"], 3), (["profile", "@"], 3)],
)
def test_a_file_in_place_of_a_record_is_named_with_its_option(
    knockon: Run, tmp_path: Path, arguments: list[str], code: int
) -> None:
    """Some commands take a file as their first argument: those that ask a graph say how it is opened."""
    table = tmp_path / "the table.csv"
    table.write_text("dependant,need,provider\nAcme,Hosting,Nimbus\n")
    done = knockon(*(str(table) if each == "@" else each for each in arguments))
    assert done.code == code
    assert f"add --store '{table}'" in done.err
    assert "add --store" not in knockon("impact", "no file.csv").err


def test_a_capped_run_says_so(knockon: Run) -> None:
    """A run that stops by its cap exits 5, and says so in table and JSON."""
    done = knockon("impact", "data-reclassification", "--cap", "2")
    assert done.code == 5
    assert "CAP" in done.err
    report = knockon("impact", "data-reclassification", "--cap", "2", "--format", "json").json
    assert report["truncated"] is True
    assert report["stopped_by"] == "cap"


@pytest.mark.parametrize(
    "command",
    [
        ("impact", "data-reclassification"),
        ("impact", "--all"),
        ("exposure", "algorithm-accuracy"),
        ("explain", "data-reclassification", "algorithm-accuracy"),
        ("chains",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("short", [("--cap", "2"), ("--model", "timeline", "--set", "horizon=2")], ids=["cap", "horizon"])
def test_every_run_that_is_cut_short_exits_5(knockon: Run, command: tuple[str, ...], short: tuple[str, ...]) -> None:
    """Whatever the command and the format; the table says so beside it, the JSON in it."""
    done = knockon(*command, *short)
    assert (done.code, "STOPPED BY ITS CAP" in done.err) == (5, True)
    as_json = knockon(*command, *short, "--format", "json")
    assert as_json.code == 5
    if "--all" not in command:
        assert '"truncated": true' in as_json.out


def test_exposure_names_the_shocks_that_were_cut_short(knockon: Run) -> None:
    """They are not counted among those that do not reach it."""
    done = knockon("exposure", "sensefoundry", "--cap", "1")
    assert "6 of 19 shocks do not reach sensefoundry" in done.err
    assert "12 were stopped by the cap before reaching it, and may reach it yet: commoditisation, " in done.err


def test_explain_lists_the_formats_it_takes(knockon: Run) -> None:
    """No format in its help that it refuses."""
    assert "table, json, md." in knockon("explain", "--help").out
    assert knockon("explain", "entity-list-chips", "sensetime", "--format", "csv").code == 2


def test_the_table_of_a_cut_run_says_so_in_its_title(knockon: Run) -> None:
    """Where messages are lost, the table is still honest."""
    assert "stopped by its cap" in knockon("impact", "data-reclassification", "--cap", "2").out
    explained = ("explain", "data-reclassification", "algorithm-accuracy", "--cap", "2")
    assert "stopped by its cap" in knockon(*explained).out
    assert "stopped by its cap" in knockon(*explained, "--format", "md").out


def test_models_are_asked_for_by_name_with_their_parameters(knockon: Run) -> None:
    """--model and --set; days and errors stand in table, CSV and JSON; the notes say from how many draws."""
    done = knockon("impact", "entity-list-chips", "--model", "timeline", "--set", "horizon=30", "--set", "duration=10")
    assert done.code == 0
    assert "time to recover" in " ".join(done.out.split())
    assert "30 steps" in done.err
    asked = ("impact", "entity-list-chips", "--model", "chance", "--set", "draws=100", "--set", "seed=7")
    assert "100 draws, seed 7" in knockon(*asked).err
    assert "standard_error" in knockon(*asked, "--format", "csv").out.splitlines()[0]
    report = knockon(*asked, "--format", "json").json
    assert (report["parameters"]["draws"], report["parameters"]["seed"]) == (100, 7)
    assert all("standard_error" in impact for impact in report["impacts"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "esri"), "money flows"),
        (("--model", "fdna"), "strength"),
        (("--model", "chance", "--set", "draw=5"), "it takes draws"),
        (("--model", "chance", "--set", "draws"), "NAME=VALUE"),
        (("--set", "model=reach"), "leontief takes no 'model'"),
        (("--model", "timeline", "--eps", "0.1", "--set", "eps=0.2"), "say the same"),
        (("--model", "chance", "--cap", "5"), "chance takes no 'cap'"),
    ],
    ids=str,
)
def test_what_a_model_does_not_take_exits_2(knockon: Run, arguments: tuple[str, ...], said: str) -> None:
    """With a message that lists what it takes, or what it needs."""
    done = knockon("impact", "entity-list-chips", *arguments)
    assert (done.code, said in done.err) == (2, True), done.err


def test_paths_of_an_explanation_are_counted(knockon: Run) -> None:
    """--paths K gives up to K, the binding one first; none makes no sense."""
    asked = ("explain", "entity-list-chips", "recurring-licensing-revenue")
    assert [p["binding"] for p in knockon(*asked, "-f", "json", "--paths", "2").json["paths"]] == [True, False]
    assert "other paths, most harmful first" in knockon(*asked).out
    assert "other paths" not in knockon(*asked, "--paths", "1").out
    assert knockon(*asked, "--paths", "0").code == 2


def test_sparql_may_ask_for_losses(knockon: Run) -> None:
    """ko:loss and ko:step in a query; an unknown shock is an error with its own exit code."""
    done = knockon("query", "SELECT (ko:loss(id:entity-list-chips, id:sensefoundry) AS ?x) {}", "--format", "csv")
    assert done.out == "x\n0.5625\n"
    assert knockon("query", "SELECT (ko:loss(id:entity-list-chip, id:sensefoundry) AS ?x) {}").code == 3


def test_a_list_in_csv_answers_at_once(knockon: Run, suppliers: Path) -> None:
    """A supplier list needs no loading to answer a shock given on the command line."""
    done = knockon("impact", "--store", str(suppliers), "--hit", "Salar Mining=high", "--format", "json")
    assert done.code == 0
    losses = {row["id"]: row["loss"] for row in done.json["impacts"]}
    assert losses["salar-mining"] == 0.75
    assert losses["volt-cells"] == 0.75 * 0.75
    assert losses["acme-phones"] == 0.75 * 0.75
    assert losses["city-couriers"] == 0.75 * 0.75 * 0.45


def test_explain_ends_at_a_cited_span(knockon: Run) -> None:
    """The causal tree goes back to the shock, every link cited."""
    answer = knockon("explain", "entity-list-chips", "sensefoundry", "--format", "json").json
    assert answer["links"][-1]["need"].endswith("advanced-chips")
    assert answer["origin"]["evidence"]
    assert all(link["evidence"] for link in answer["links"])
    assert "doc-dependency-card" in knockon("explain", "entity-list-chips", "sensefoundry", "--format", "md").out


def test_profile_says_what_is_not_known(knockon: Run) -> None:
    """Eight questions for SenseTime, each answered and cited; for NVIDIA the unknown is named."""
    sensetime = knockon("profile", "sensetime", "--format", "json").json
    keys = ("revenue", "lock_in", "limits", "depends_on", "dependants", "scaling", "forces", "vulnerabilities")
    assert all(sensetime[key] for key in keys)
    assert all(line["evidence"] for key in keys for line in sensetime[key])
    assert "Nothing is known" in knockon("profile", "nvidia").out


def test_chains_are_tested_or_not_testable(knockon: Run) -> None:
    """Cascades are compared; the others say why not."""
    rows = knockon("chains", "--format", "json").json
    assert len(rows) == 19
    assert all(row["testable"] or row["why"].startswith("not testable") for row in rows)
    assert next(row for row in rows if row["id"] == "value-chain")["in_order"] is True


def test_a_supply_can_be_hit(knockon: Run) -> None:
    """The providers of one dependant fail; others that they serve do not notice."""
    both = ("--hit", "sensetime-hosting--alibaba-cloud=essential", "--hit", "sensetime-hosting--tencent-cloud=essential")
    done = knockon("impact", *both, "--format", "json")
    assert done.code == 0, done.err
    assert {row["id"] for row in done.json["impacts"]} == {"sensetime"}


def test_named_queries_serve_any_store(knockon: Run, suppliers: Path) -> None:
    """A default of the bundled data does not apply elsewhere: the message asks for the parameter by name."""
    done = knockon("query", "--name", "depends-on", "--store", str(suppliers))
    assert done.code == 2
    assert "--param entity=NAME" in done.err
    done = knockon(
        "query", "--name", "depends-on", "--param", "entity=Acme Phones", "--store", str(suppliers), "--format", "csv"
    )
    assert done.code == 0
    assert "salar-mining" in done.out


def test_a_rule_within_the_stopping_error_is_not_decided(knockon: Run, tmp_path: Path) -> None:
    """With a coarse eps a loop of shares stops short of the limit: neither broken nor kept, exit 5; the default decides."""
    (tmp_path / "loop.csv").write_text(
        "dependant,need,provider,share,criticality\nshop,goods,mill,0.5,essential\nshop,goods,farm,0.5,essential\n"
        "mill,orders,shop,1,essential\n",
        "utf-8",
    )
    asked = ("impact", "--store", "loop.csv", "--hit", "farm=essential", "--fail-on", "shop>0.97")
    coarse = knockon(*asked, "--eps", "0.2")
    assert coarse.code == 5
    assert "UNDECIDED: shop>0.97" in coarse.err
    assert knockon(*asked).code == 6


def test_a_given_failure_is_a_note_and_needs_a_shock_and_chance(knockon: Run) -> None:
    """The note has its probability; without a shock, or with another model, the error says what to do."""
    done = knockon("impact", "--hit", "nvidia=0.5", "--given", "gpu-compute", "--model", "chance", "--set", "draws=200")
    assert done.code == 0
    assert "Given that GPU compute infrastructure has failed, of which the probability is" in done.err
    assert knockon("impact", "--given", "nvidia").err == "error: --given needs a shock: name one, or give --hit\n"
    done = knockon("impact", "--hit", "nvidia=0.5", "--given", "gpu-compute")
    assert (done.code, "--model chance" in done.err) == (2, True)
