"""Provisions, portions, intervals, designations and ownerships as people write them: what is read, what is refused where."""

from __future__ import annotations

from decimal import Decimal

import pytest

from knockon.errors import InvalidData
from knockon.model import DataSet, Dependency, Designation, Entity, Ownership, Provision
from support.data_folder import Folder

PROVISIONS = "provider,provided,share,period,delay,providerClass\n"
COMPANIES = "Company:\n  asml: {label: ASML}\n  canon: {label: Canon}\n"


def provisions(data_set: DataSet) -> dict[str, Provision]:
    """The provisions of a data set, by name."""
    return {record.name: record for record in data_set.records if isinstance(record, Provision)}


def test_a_table_with_provider_and_provided_is_a_table_of_provisions(folder: Folder) -> None:
    """Names are implied with their classes, ids are made of names and period, and a percentage is a share."""
    data_set = folder.read_one(
        "p.csv", PROVISIONS + "ASML,EUV lithography,60%,2025,P30D,Company\nCanon,EUV lithography,,2024,,\n"
    )
    found = provisions(data_set)
    assert sorted(found) == ["euv-lithography--asml--2025", "euv-lithography--canon--2024"]
    first = found["euv-lithography--asml--2025"]
    assert (first.share, first.period, first.delay) == (Decimal("0.60"), "2025", "P30D")
    classes = {record.name: record.rdf_class for record in data_set.records if isinstance(record, Entity)}
    assert classes == {"asml": "Company", "canon": "Entity", "euv-lithography": "Entity"}


def test_several_providers_in_one_cell_are_several_provisions(folder: Folder) -> None:
    """Without a share, since that would belong to only one of them."""
    assert sorted(provisions(folder.read_one("p.csv", "provider,provided\nASML; Canon,EUV\n"))) == ["euv--asml", "euv--canon"]
    (problem,) = folder.problems({"q.csv": "provider,provided,share\nASML; Canon,EUV,0.5\n"}, "q.csv")
    assert problem == "q.csv:2: share needs exactly one provider in its row"


def test_a_table_without_dependant_or_provided_is_refused_with_both_ways(folder: Folder) -> None:
    """A provider and a need alone may be meant either way."""
    (problem,) = folder.problems({"q.csv": "provider,need\nASML,EUV\n"}, "q.csv")
    assert "--rename need=provided" in problem
    assert "dependant" in problem


def test_the_short_form_and_the_long_form_are_the_same_record(folder: Folder) -> None:
    """An entity's provisions become records of their own."""
    short = "Technology:\n  euv:\n    label: EUV\n    provisions:\n    - {provider: asml, share: 1.0}\n"
    long = "Technology:\n  euv: {label: EUV}\nProvision:\n  euv--asml: {provider: asml, provided: euv, share: 1.0}\n"
    assert folder.read({"a.yaml": short + COMPANIES}).records == folder.read({"a.yaml": long + COMPANIES}).records


def test_json_lines_have_the_short_form_too(folder: Folder) -> None:
    """JSON Lines have the fields of YAML."""
    lines = (
        '{"class": "Service", "id": "b", "label": "B", "provisions": ["a"]}\n{"class": "Company", "id": "a", "label": "A"}\n'
    )
    assert sorted(provisions(folder.read_one("a.jsonl", lines))) == ["b--a"]


#: A table that is wrong, and its problems.
WRONG_TABLES = {
    "a provision of itself": (
        PROVISIONS + "EUV,euv,0.1,,,\n",
        "p.csv:2: euv--euv: an entity cannot be its own provider",
    ),
    "no provider": (PROVISIONS + ",EUV,0.1,,,\n", "p.csv:2: provider is empty"),
    "a period that is none": (PROVISIONS + "A,B,0.1,spring,,\n", "p.csv:2: b--a--spring: period: 'spring' is not a period"),
    "a period upside down": (PROVISIONS + "A,B,0.1,2025/2024,,\n", "the period '2025/2024' ends before it begins"),
    "a negative delay": (PROVISIONS + "A,B,0.1,,-P3D,\n", "p.csv:2: b--a: delay: '-P3D' is negative"),
    "one provision twice": (PROVISIONS + "A,B,0.1,,,\nA,B,0.2,,,\n", "p.csv:3: b--a: duplicate id, first in p.csv:2"),
    "provisions above 1": (
        PROVISIONS + "A,C,0.6,2025,,\nB,C,0.6,,,\n",
        "p.csv:2: c--a--2025: the shares of the provisions of c in 2025 add up to 1.2, more than 1; also in p.csv:3",
    ),
    "portions above 1": (
        "dependant,need,portion\nS,A,0.6\nS,B,0.5\n",
        "p.csv:2: s--needs--a: the portions of s add up to 1.1, more than 1; also in p.csv:3",
    ),
    "a portion above 1": ("dependant,need,portion\nS,A,60\n", "--percent portion"),
    "a portion that is no number": ("dependant,need,portion\nS,A,most\n", "portion: 'most' is not a number"),
    "a portion and a criticality": (
        "dependant,need,portion,criticality\nS,A,unknown,high\n",
        "p.csv:2: s--needs--a: a dependency has a criticality or a portion, not both",
    ),
    "an interval upside down": (
        "dependant,need,criticalityLow,criticalityHigh\nS,A,0.6,0.5\n",
        "p.csv:2: s--needs--a: criticalityLow 0.6 is above criticalityHigh 0.5; exchange the two",
    ),
    "half an interval": (
        "dependant,need,criticalityLow\nS,A,0.6\n",
        "criticalityLow without criticalityHigh; an interval needs both",
    ),
    "a point outside its interval": (
        "dependant,need,criticalityLow,criticalityValue,criticalityHigh\nS,A,0.6,0.8,0.7\n",
        "criticalityValue 0.8 lies outside criticalityLow 0.6 to criticalityHigh 0.7",
    ),
    "an interval outside its word": (
        "dependant,need,criticality,criticalityLow,criticalityHigh\nS,A,high,0.6,0.95\n",
        "criticality High is 0.6 to 0.9, and criticalityHigh is 0.95",
    ),
    "a severity upside down": (
        "shock,target,severityLow,severityHigh\nFire,a,0.6,0.5\n",
        "hit.0: severityLow 0.6 is above severityHigh 0.5",
    ),
    "a designation of nobody": ("class,id,measure\nDesignation,d,m\n", "p.csv:2: d: designated is missing"),
    "a share and a range": (
        "owner,owned,share,shareLow\nA,B,0.5,0.4\n",
        "has a share or a range (shareLow, shareHigh), not both",
    ),
    "a range upside down": ("owner,owned,shareLow,shareHigh\nA,B,0.5,0.4\n", "shareLow 0.5 is above shareHigh 0.4"),
    "an unknown interest": ("owner,owned,interestKind\nA,B,shares\n", "'shares' is not an interest kind"),
}


@pytest.mark.parametrize("name", WRONG_TABLES)
def test_what_is_wrong_in_a_table_is_refused_with_its_line(folder: Folder, name: str) -> None:
    """Each rule of the records holds for tables, and names file and line."""
    text, wanted = WRONG_TABLES[name]
    problems = folder.problems({"p.csv": text}, "p.csv")
    assert any(wanted in problem for problem in problems), problems
    assert all(problem.startswith("p.csv:") for problem in problems)


#: YAML that is wrong below the companies, and its problem.
WRONG_YAML = {
    "a share beside AnyOf": (
        "Technology:\n  euv:\n    label: EUV\n    provisionCombination: AnyOf\n    provisions:\n    - asml\n"
        "    - provider: canon\n      share: 0.6\n",
        "a.yaml:11: euv--canon: a share goes with provisionCombination Shares, not with AnyOf",
    ),
    "atLeast without AtLeast": (
        "Technology:\n  euv:\n    label: EUV\n    atLeast: 2\n",
        "a.yaml:5: euv: atLeast goes with provisionCombination AtLeast",
    ),
    "an unknown field of a provision": (
        "Technology:\n  euv:\n    label: EUV\n    provisions:\n    - provider: asml\n      shares: 1\n",
        "a.yaml:9: euv--asml: unknown field shares (did you mean share",
    ),
    "what is provided, stated again": (
        "Technology:\n  euv:\n    label: EUV\n    provisions:\n    - provider: asml\n      provided: canon\n",
        "a.yaml:9: euv: provided is stated of a provision of euv, which is what it provides",
    ),
    "an unknown provider": (
        "Technology:\n  euv:\n    label: EUV\n    provisions: [nikon]\n",
        "a.yaml:7: euv--nikon: provider names nikon, which does not exist",
    ),
    "portions above 1": (
        "Dependency:\n  one: {dependant: asml, need: canon, portion: 0.7}\n  two:\n    dependant: asml\n    need: asml\n"
        "    portion: 0.7\n",
        "a.yaml:5: one: the portions of asml add up to 1.4, more than 1; also in a.yaml:9",
    ),
}


@pytest.mark.parametrize("name", WRONG_YAML)
def test_what_is_wrong_in_yaml_is_refused_with_its_line(folder: Folder, name: str) -> None:
    """Each rule of the records holds for YAML, and names file and line."""
    text, wanted = WRONG_YAML[name]
    problems = folder.problems({"a.yaml": COMPANIES + text})
    assert any(wanted in problem for problem in problems), problems


@pytest.mark.parametrize(
    "rows",
    [
        "A,C,0.7,2024,,\nB,C,0.6,2025,,\n",
        "A,C,0.333333,,,\nB,C,0.333334,,,\nD,C,0.333334,,,\n",
    ],
    ids=["of two periods", "that are exact to 1e-6"],
)
def test_provisions_that_are_no_more_than_1(folder: Folder, rows: str) -> None:
    """Periods are separate wholes, and numbers written in decimals are rounded."""
    data_set = folder.read_one("p.csv", PROVISIONS + rows)
    assert not [notice for notice in data_set.notices if "add up" in notice.message]


def test_weights_count_on_the_days_on_which_they_hold(folder: Folder) -> None:
    """A provider that follows another one takes over its share; one day together is too much."""
    head = "provider,provided,share,from,until\n"
    folder.read_one("p.csv", head + "A,C,0.9,,2023-12-31\nB,C,0.9,2024-01-01,\n")
    with pytest.raises(InvalidData, match=r"add up to 1\.8"):
        folder.read_one("p.csv", head + "A,C,0.9,,2024-01-01\nB,C,0.9,2024-01-01,\n")


def test_one_provider_counts_once_with_its_greatest_share(folder: Folder) -> None:
    """Two records of one provider in a period are one weight."""
    head = "provider,provided,share,from\n"
    folder.read_one("p.csv", head + "A,C,0.6,\nA,C,0.5,2024-01-01\nB,C,0.4,\n")


def test_what_nobody_asserts_does_not_count_in_a_sum(folder: Folder) -> None:
    """A hypothesis beside assertions makes no data set invalid."""
    text = "Document:\n  doc: {title: D}\nProvision:\n  one: {provider: asml, provided: canon, share: 0.9}\n  two:\n"
    text += "    provider: doc-owner\n    provided: canon\n    share: 0.8\n    evidence: [doc 0-9 STANCE]\n"
    text += "Group:\n  doc-owner: {label: O}\n"
    folder.read({"a.yaml": COMPANIES + text.replace("STANCE", "Hypothesises")})
    (problem,) = folder.problems({"a.yaml": COMPANIES + text.replace("STANCE", "Asserts")})
    assert "add up to 1.7" in problem


def test_rounded_sums_are_scaled_and_told(folder: Folder) -> None:
    """Sums up to 1.01 are read, with a notice at the line of the first record."""
    notices = folder.read_one("p.csv", PROVISIONS + "A,C,0.605,2025,,\nB,C,0.4,2025,,\n").notices
    wanted = "p.csv:2: c in 2025: the shares of its provisions add up to more than 1 and are scaled to 1 (1.005)"
    assert any(str(notice).endswith(wanted) for notice in notices)
    notices = folder.read_one("q.csv", "dependant,need,portion\nS,A,0.605\nS,B,0.4\n").notices
    wanted = "q.csv:2: s: the portions of its parts add up to more than 1 and are scaled to 1 (1.005)"
    assert any(str(notice).endswith(wanted) for notice in notices)


def test_a_portion_is_a_number_or_unknown(folder: Folder) -> None:
    """The word is read in any case, beside percentages of a declared column."""
    data_set = folder.read_one("d.csv", "dependant,need,portion\nS,A,60%\nS,B,Unknown\n")
    assert [record.portion for record in data_set.records if isinstance(record, Dependency)] == [Decimal("0.6"), "unknown"]


def test_only_direct_shareholdings_are_summed(folder: Folder) -> None:
    """Votes, control and what is held through others repeat other shares; a range counts with its low end."""
    head = "owner,owned,share,shareLow,interestKind,direct\n"
    good = head + "A,C,0.6,,Shareholding,true\nB,C,,0.4,,\nD,C,0.9,,VotingRights,\nE,C,0.9,,,false\n"
    owners = [record for record in folder.read_one("o.csv", good).records if isinstance(record, Ownership)]
    assert [owner.is_part_of_whole for owner in owners] == [True, True, False, False]
    problems = folder.problems({"o.csv": good + "F,C,0.1,,shareholding,\n"}, "o.csv")
    assert "the shares of c come to 1.1, more than 1" in problems[0]


def test_a_table_with_measure_and_designated_is_a_table_of_designations(folder: Folder) -> None:
    """Parties may be implied, the measure must exist, and the id is made of both and of the entry."""
    table = "measure,designated,listEntry,nameAsListed,from\nlist,Acme,114,ACME LTD.,2024-05\n"
    measure = "Measure:\n  list: {label: The list}\n"
    data_set = folder.read({"d.csv": table, "m.yaml": measure})
    (party,) = [record for record in data_set.records if isinstance(record, Designation)]
    assert (party.name, party.list_entry, party.name_as_listed) == ("list-acme-114-2024-05", "114", "ACME LTD.")
    (problem,) = folder.problems({"d.csv": table, "m.yaml": measure.replace("list:", "other:")})
    assert problem.startswith("d.csv:2: list-acme-114-2024-05: measure names list, which does not exist")
