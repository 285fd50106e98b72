"""Shares, words and numbers that must agree: what is read as it stands, scaled and told, or refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

import knockon
from knockon.authoring.read import read_data_set
from knockon.errors import InvalidData
from knockon.model.dependency import READINGS
from support.data_folder import Folder

CASES = Path(__file__).parents[1] / "cases"


def told(folder: Folder, text: str, name: str = "s.csv") -> list[str]:
    """The notices on the suppliers in one file."""
    notices = folder.read_one(name, text).notices
    return [str(notice).replace(f"{folder.path}/", "") for notice in notices if "supplier" in notice.message]


def losses(source: Path, entity: str, **hits: str) -> tuple[float, float, float]:
    """Low, point and high of what an entity of a file loses."""
    item = knockon.open(source).impact(hit=hits).by_id[entity]
    return item.loss_low, item.loss, item.loss_high


@pytest.mark.parametrize("name", ["share_float_noise", "share_thirds_ok"])
def test_shares_that_are_1_up_to_rounding_are_exact(name: str) -> None:
    """Sixths and thirds written in floats load without a word, and all suppliers together are the whole need."""
    assert not [notice for notice in read_data_set(CASES / f"{name}.csv").notices if "supplier" in notice.message]
    assert losses(CASES / f"{name}.csv", "shop", A="1", B="1") == pytest.approx((0.05, 0.45, 1.0), abs=1e-12)


def test_rounded_percentages_are_scaled_and_told() -> None:
    """1.001 is 1 after scaling; the notice names file, line and sum, and a result that it bears on says it too."""
    path = CASES / "share_rounding_1001.csv"
    (notice,) = [notice for notice in read_data_set(path).notices if "supplier" in notice.message]
    assert (Path(notice.file).name, notice.line) == (path.name, 2)
    assert "add up to more than 1 and are scaled to 1" in notice.message
    assert notice.hint == "1.001"
    report = knockon.open(path).impact(hit={"Gamma": 1.0})
    assert list(report.scaled_shares.values()) == pytest.approx([1.001])
    assert report.by_id["chip-fab"].loss == pytest.approx(0.45 * 0.521 / 1.001)


def test_a_sum_beyond_rounding_is_an_error(folder: Folder) -> None:
    """1.02 is more than rounding."""
    with pytest.raises(InvalidData, match=r"s\.csv:2: .*the shares of the supplies add up to 1\.02, more than 1"):
        folder.read_one("s.csv", "dependant,need,provider,share\nA,B,C,0.51\nA,B,D,0.51\n")


def test_a_share_in_some_rows_is_told(folder: Folder) -> None:
    """Who has none has what the others leave; the result says so where it bears on it."""
    text = "dependant,need,provider,share,criticality\nA,B,C,0.6,essential\nA,B,D,,\n"
    (notice,) = told(folder, text)
    assert notice.startswith("s.csv:2: a--needs--b: a share is given for some of its suppliers")
    assert "d 0.4" in notice
    report = knockon.open(folder.path / "s.csv").impact(hit={"D": 1.0})
    assert list(report.completed_shares.values()) == [pytest.approx(0.4)]
    assert (report.by_id["a"].loss, report.by_id["a"].support.split_shares) == (pytest.approx(0.4), 0)


def test_suppliers_of_whom_nobody_says_how_they_combine_are_told(folder: Folder) -> None:
    """One notice each, one for all of them where they are many, none where a combination is given or one is alone."""
    rows = [f"A{k},B,{p},{'AnyOf' if k > 4 else ''}" for k in range(6) for p in "CD"]
    head = "dependant,need,provider,combination\n"
    reason = ": it is not stated how its suppliers combine"
    assert [line.split(reason)[0] for line in told(folder, head + "\n".join(rows[:4]))] == [
        "s.csv:2: a0--needs--b",
        "s.csv:4: a1--needs--b",
    ]
    (line,) = told(folder, head + "\n".join(rows))
    assert line.startswith(f"s.csv: for 5 needs it is not stated how the suppliers combine: {READINGS}")
    assert not told(folder, head + "A,B,C,\nA,D,C,")


def test_rows_of_one_need_in_a_table_have_three_readings(folder: Folder) -> None:
    """A second supplier makes nobody worse off at the low, half as badly off at the point, and as badly at the high."""
    folder.write({"one.csv": "dependant,need,provider,criticality\nA,B,C,1\n".replace(",1", ",essential")})
    folder.write({"two.csv": "dependant,need,provider,criticality\nA,B,C,essential\nA,B,D,\n"})
    assert losses(folder.path / "one.csv", "a", C="total") == (0.9 * 0.9, 1.0, 1.0)
    assert losses(folder.path / "two.csv", "a", C="total") == (0.0, 0.5, 1.0)
    assert losses(folder.path / "two.csv", "a", C="1", D="1") == (0.9, 1.0, 1.0)


@pytest.mark.parametrize(
    ("columns", "row", "message"),
    [
        ("criticality,criticalityValue", "High,0.1", "criticality High is 0.6 to 0.9, and criticalityValue is 0.1"),
        ("criticality,criticalityValue", "Negligible,0.1", "criticality Negligible is 0, and criticalityValue is 0.1"),
        ("provider,share,combination", "C,0.5,AllOf", "a share goes with combination Shares, not with AllOf"),
    ],
)
def test_a_record_that_contradicts_itself_is_an_error(folder: Folder, columns: str, row: str, message: str) -> None:
    """With its line, and what to change."""
    with pytest.raises(InvalidData, match=rf"s\.csv:2: .*{message}"):
        folder.read_one("s.csv", f"dependant,need,{columns}\nA,B,{row}\n")


def test_a_severity_beside_a_word_agrees_with_it(folder: Folder) -> None:
    """A number at the end of the interval is in it; one beyond it is an error."""
    hit = "Shock:\n  s: {label: S, hit: [{target: a, severity: High, severityValue: %s}]}\nCompany:\n  a: {label: A}\n"
    assert folder.read({"a.yaml": hit % "0.9"}).records
    (problem,) = folder.problems({"dataset.yaml": "name: tiny\ntitle: Tiny\n", "a.yaml": hit % "0.91"})
    assert "severity High is 0.6 to 0.9, and severityValue is 0.91" in problem
    assert "a.yaml:2" in problem


def test_suppliers_in_several_data_sets_are_disputed_and_not_added(folder: Folder, tmp_path: Path) -> None:
    """0.75 in one file and 0.75 in another are two statements: each is computed by itself, and the greater loss counts."""
    for name, provider in (("first", "C"), ("second", "D")):
        folder.write({f"{name}.csv": f"id,dependant,need,provider,share\n{name},A,B,{provider},0.75\n"})
    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.load(folder.path / "first.csv")
        report = graph.load(folder.path / "second.csv")
        assert not [notice for notice in report.notices if "scaled" in notice.message]
        row = graph.impact(hit={"C": 1.0}).by_id["a"]
        assert (row.loss, row.support.disputed) == (pytest.approx(0.75 * 0.45), 1)
