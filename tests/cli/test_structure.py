"""chokepoints, loops and concentration on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_data_access_is_a_single_point_of_failure(knockon: Run) -> None:
    """Without access to surveillance data the licensing revenue goes: in the table, and cited in JSON."""
    shown = knockon("chokepoints", "recurring-licensing-revenue")
    assert shown.code == 0
    assert "surveillance-data-access > algorithm-accuracy > platform-deployment" in shown.out
    answer = knockon("chokepoints", "recurring-licensing-revenue", "--format", "json").json
    (point,) = [point for point in answer["points"] if point["id"] == "surveillance-data-access"]
    assert (point["single_point"], point["loss"]) == (True, 1.0)
    assert point["evidence"]
    assert all(hop["evidence"] for hop in point["path"])
    assert {"truncated", "complete", "tried", "untried", "parameters", "network_hash"} <= set(answer)


def test_suppliers_that_fail_only_together(knockon: Run) -> None:
    """Either cloud can host alone, so both are a set, and so are two channels that reach half each; the table has them too."""
    done = knockon("chokepoints", "sensetime", "--threshold", "0.3")
    assert "alibaba-cloud + tencent-cloud" in done.out
    assert "android + ios" in done.out
    assert "2 sets of 2 to 3 entities" in done.err
    rows = [json.loads(line) for line in knockon("chokepoints", "sensetime", "-f", "jsonl").out.splitlines()]
    assert {row["kind"] for row in rows} == {"point", "lesser point", "cut set", "narrowest passage"}
    assert knockon("chokepoints", "sensetime", "-f", "csv").out.startswith("kind,size,entities,")
    assert knockon("chokepoints", "sensetime", "-f", "md").out.startswith("| id |")


def test_what_needs_nothing_says_so(knockon: Run) -> None:
    """An answer, no error."""
    done = knockon("chokepoints", "nvidia")
    assert (done.code, done.out) == (0, "")
    assert "needs nothing" in done.err


def test_a_stopped_search_exits_5(knockon: Run, tmp_path: Path) -> None:
    """By its limit or by the cap of the model: told beside the table and in JSON."""
    rows = "".join(f"shop,goods,s{k},AtLeast,5,essential\n" for k in range(9))
    (tmp_path / "many.csv").write_text(f"dependant,need,provider,combination,atLeast,criticality\n{rows}", "utf-8")
    done = knockon("chokepoints", "shop", "--store", "many.csv", "--limit", "3")
    assert done.code == 5, done.err
    assert "STOPPED BY ITS LIMIT" in done.err
    answer = knockon("chokepoints", "shop", "--store", "many.csv", "--limit", "3", "-f", "json").json
    assert (answer["truncated"], answer["complete"], answer["untried"]) == (True, 1, 36)
    done = knockon("chokepoints", "sensetime", "--cap", "1")
    assert (done.code, "STOPPED BY ITS CAP" in done.err) == (5, True)


def test_the_question_of_the_learning_platform(knockon: Run) -> None:
    """No stated link leads back from deployment to data; the words on scale are told, and one more link closes a loop."""
    bare = knockon("loops")
    assert (bare.code, bare.out) == (0, "")
    assert "no dependency comes back" in bare.err
    assert "learning-platform-question" in bare.err
    supposed = knockon("loops", "--if", "training-datasets=platform-deployment", "--format", "json").json
    loop = next(loop for loop in supposed["loops"] if "algorithm-accuracy" in loop["ids"])
    assert set(loop["ids"]) == {
        "training-datasets", "algorithm-development", "facial-recognition-algorithms", "algorithm-accuracy",
        "platform-deployment",
    }  # fmt: skip
    assert [link["supposed"] for link in loop["links"]].count(True) == 1
    assert all(link["evidence"] for link in loop["links"] if not link["supposed"])
    assert "algorithm-accuracy needs" in knockon("loops", "--if", "training-datasets=platform-deployment").out


def test_loops_stop_at_a_number(knockon: Run, tmp_path: Path) -> None:
    """More loops than --most: exit 5, in JSON truncated; longer ones than --length are told."""
    pairs = "".join(f"{a},{b}\n" for a in "abcde" for b in "abcde" if a != b)
    (tmp_path / "knot.csv").write_text(f"dependant,need\n{pairs}", "utf-8")
    done = knockon("loops", "--store", "knot.csv", "--most", "5")
    assert done.code == 5
    assert "STOPPED AT 5 LOOPS" in done.err
    assert knockon("loops", "--store", "knot.csv", "--most", "5", "--format", "json").json["truncated"] is True
    done = knockon("loops", "--store", "knot.csv", "--length", "2", "--through", "a", "--format", "csv")
    assert (done.code, len(done.out.splitlines())) == (0, 5)
    assert "longer loops than 2 may exist" in done.err
    assert len(knockon("loops", "--store", "knot.csv", "-f", "jsonl").out.splitlines()) == 84


def test_a_loop_through_one_of_several_suppliers(knockon: Run, tmp_path: Path) -> None:
    """In JSON with its mark and a low end of 0; beside the table it is said that the strength is what is left at most."""
    rows = "a,b,c,AnyOf,essential\na,b,d,AnyOf,essential\nc,a,,,essential\n"
    (tmp_path / "ring.csv").write_text(f"dependant,need,provider,combination,criticality\n{rows}", "utf-8")
    (loop,) = knockon("loops", "--store", "ring.csv", "--format", "json").json["loops"]
    assert (loop["partial"], loop["strength_low"], loop["strength"]) == (True, 0.0, 1.0)
    assert "in for each other it is the most that can be left" in knockon("loops", "--store", "ring.csv").err


def test_concentration_of_the_bundled_data(knockon: Run) -> None:
    """NVIDIA is the one named source of computing; two clouds split what is not stated, and the table says so."""
    done = knockon("concentration")
    assert done.code == 0
    assert "split equally" in done.out
    assert "for 87 others none" in done.err
    answer = knockon("concentration", "gpu-compute", "--format", "json").json
    assert {row["suppliers"][0]["id"] for row in answer["slots"]} == {"nvidia"}
    assert all(row["sole_source"] and row["hhi"] == 10_000 for row in answer["slots"])
    assert "cloud-hosting" in knockon("concentration", "--by", "need", "--format", "md").out
    assert knockon("concentration", "--by", "need", "-f", "csv").out.startswith("hhi,count,")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["chokepoints", "sensetme"], 3, "sensetime"),
        (["chokepoints", "sensetime", "--threshold", "0"], 2, "threshold"),
        (["chokepoints", "sensetime", "--order", "4"], 2, "order"),
        (["chokepoints", "sensetime", "--limit", "0"], 2, "limit"),
        (["loops", "--through", "sensetme"], 3, "sensetime"),
        (["loops", "--if", "nvidia"], 2, "DEPENDANT=NEED"),
        (["loops", "--if", "nvidia=sensetme"], 3, "sensetime"),
        (["loops", "--length", "0"], 2, "length"),
        (["concentration", "sensetme"], 3, "sensetime"),
        (["concentration", "--by", "moon"], 2, "use dependant or need"),
        (["concentration", "--format", "xml"], 2, "json"),
    ],
)
def test_wrong_calls_say_how_to_mend_them(knockon: Run, arguments: list[str], code: int, said: str) -> None:
    """The exit code, the word that helps, no traceback."""
    done = knockon(*arguments)
    assert done.code == code, done.err
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_list_without_anything_answers(knockon: Run, tmp_path: Path) -> None:
    """A graph without dependencies has no loops and no needs, and nobody to ask about; an empty table is refused."""
    (tmp_path / "alone.yaml").write_text("Company: {acme: {label: Acme}}\n", "utf-8")
    assert knockon("loops", "--store", "alone.yaml").code == 0
    assert knockon("concentration", "--store", "alone.yaml").code == 0
    assert knockon("chokepoints", "anybody", "--store", "alone.yaml").code == 3
    (tmp_path / "empty.csv").write_text("dependant,need\n", "utf-8")
    assert knockon("loops", "--store", "empty.csv").code == 4


def test_a_world_without_a_document_says_what_fell_away(knockon: Run) -> None:
    """The worlds reach these commands as well."""
    assert "fell away" in knockon("loops", "--without", "doc-dependency-card").err
    assert "left out" in knockon("concentration", "--facts-only").err


def test_output_goes_to_a_file(knockon: Run, tmp_path: Path) -> None:
    """-o writes the table or the JSON."""
    knockon("chokepoints", "sensetime", "-o", "out.json", "--format", "json")
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["id"] == "sensetime"
