"""Names: what they refer to within a file, across the files of a store, and in data sets that a file uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.authoring.named_sources import read_sources
from knockon.authoring.options import ReadOptions
from knockon.errors import InvalidData
from knockon.model import DataSet, Dependency, Entity, Ownership
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import ID, MY
from support.data_folder import DESCRIPTION, Folder

CASES = Path(__file__).parents[1] / "cases"
SUPPLIERS = "dependant,need,provider\nAcme,Steel,Mill\n"
EXACT = ReadOptions(exact_names=True)


def messages(*data_sets: DataSet) -> list[str]:
    """What is told of data sets, without the places."""
    return [notice.message for data_set in data_sets for notice in data_set.notices]


def needs(data_set: DataSet) -> list[Dependency]:
    """The dependencies of a data set."""
    return [record for record in data_set.records if isinstance(record, Dependency)]


def classes(data_set: DataSet) -> dict[str, str]:
    """The class of each entity by its local name."""
    return {record.name: record.rdf_class for record in data_set.records if isinstance(record, Entity)}


def written(folder: Folder, files: dict[str, str]) -> list[Path]:
    """Files, each to be a data set of its own."""
    folder.write(files)
    return [folder.path / name for name in files]


class TestWithinADataSet:
    """Tables name what they like; what is declared is meant by id, label or other name."""

    def test_declaring_one_entity_does_not_mean_declaring_all(self, folder: Folder) -> None:
        data_set = folder.read({"companies.csv": "id,label\nacme,Acme\n", "deps.csv": "dependant,need\nAcme,Steel\n"})
        assert classes(data_set) == {"acme": "Company", "steel": "Entity"}
        assert messages(data_set) == ["1 name is not declared and became an entity: Steel"]

    def test_strict_means_declaring_all(self, folder: Folder) -> None:
        files = {"companies.csv": "id,label\nacme,Acme\n", "deps.csv": "dependant,need\nAcme,Steel\n"}
        result = folder.problems({"dataset.yaml": DESCRIPTION + "strict: true\n", **files})
        assert result == ["deps.csv:2: acme--needs--steel: need names steel, which does not exist"]

    def test_all_references_of_tables_make_entities(self, folder: Folder) -> None:
        (holding,) = written(folder, {"own.csv": "owner,owned,share\nHolding A,Acme Ltd,0.6\nFund,Acme Ltd,0.2\n"})
        (data_set,) = read_sources([holding])
        assert classes(data_set) == dict.fromkeys(["acme-ltd", "fund", "holding-a"], "Organization")
        assert sum(isinstance(record, Ownership) for record in data_set.records) == 2
        deps = folder.read_one("deps.csv", "dependant,need,provider,alternative\nShop,Stock,Acme,Beta; Gamma Ltd\n")
        assert needs(deps)[0].alternative == (MY + "beta", MY + "gamma-ltd")
        parts = folder.read_one("products.csv", "label,partOf,jurisdiction\nPhone,Acme,Norway\n")
        assert classes(parts) == {"phone": "Product", "acme": "Entity", "norway": "Jurisdiction"}

    def test_a_name_may_be_a_label_or_another_name(self, folder: Folder) -> None:
        companies = "id,label,altLabel\nx1,Acme Widgets,The Widget Maker\n"
        text = "dependant,need\nacme  WIDGETS,Steel\nThe widget maker,Steel\n"
        (need,) = needs(folder.read({"companies.csv": companies, "deps.csv": text}))
        assert need.dependant.endswith("/x1")

    def test_a_label_of_several_is_an_error(self, folder: Folder) -> None:
        companies = "id,label\nx1,Acme\nx2,Acme\n"
        result = folder.problems({"companies.csv": companies, "deps.csv": "dependant,need\nACME,Steel\n"})
        assert "'ACME' may mean https://example.org/id/x1, https://example.org/id/x2 (write one of these)" in result[0]

    def test_a_shock_needs_a_target_that_is_there(self, folder: Folder) -> None:
        result = folder.problems({"a.csv": SUPPLIERS, "what-if.csv": "shock,target,severity\nStrike,Mil,high\n"})
        assert result == [
            "what-if.csv:2: strike: hit names mil, which does not exist (did you mean mill, acme--needs--steel--mill?)"
        ]

    def test_a_part_of_a_record_does_not_become_an_entity(self, folder: Folder) -> None:
        figures = "about,metric,value\nacme--needs--steel--mill,tonnes,5\n"
        data_set = folder.read({"a.csv": SUPPLIERS, "observations.csv": figures})
        assert set(classes(data_set)) == {"acme", "mill", "steel"}


class TestSpellings:
    """What is taken as one name is told; exact names are kept apart."""

    def test_merged_spellings_are_told(self) -> None:
        (data_set,) = read_sources([CASES / "names_merge2.csv"])
        assert messages(data_set) == [
            "7 spellings taken as 2 names: a-b-corp (A & B Corp, A (B) Corp, A B Corp, A-B Corp, A.B Corp, A/B Corp); "
            "ab-corp (AB Corp)"
        ]

    def test_exact_names_keep_them_apart(self, folder: Folder) -> None:
        (data_set,) = read_sources([CASES / "names_merge2.csv"], EXACT)
        assert len({need.need for need in needs(data_set)}) == 7
        assert not data_set.notices
        path = folder.write({"companies.csv": "label\nAcme\nACME\n"}) / "companies.csv"
        assert len(read_sources([path], EXACT)[0].records) == 2

    def test_a_name_spelt_once_is_not_told(self, folder: Folder) -> None:
        assert not folder.read_one("a.csv", SUPPLIERS).notices


class TestAcrossFiles:
    """Files of one store share my:, and a name may be declared in any of them."""

    def test_the_same_name_is_the_same_entity_and_is_listed(self, folder: Folder) -> None:
        first, second = read_sources(written(folder, {"a.csv": SUPPLIERS, "b.csv": "dependant,need\nShop,acme\n"}))
        assert not first.notices
        assert messages(second) == ["1 name joined other data sets: acme: also in a"]
        store = MemoryStore(first, second)
        assert bool(store.query("ASK { my:shop ko:dependsOn+ my:mill }"))

    def test_an_iri_is_no_name_that_joined_another_file(self, folder: Folder) -> None:
        """A file of judgements names the entities of other files by their IRIs, on purpose."""
        verdict = 'Judgement: {j: {entity: ["my:acme", "my:mill"], verdict: Different}}\n'
        first, second = read_sources(written(folder, {"a.csv": SUPPLIERS, "j.yaml": verdict}))
        assert (messages(first), messages(second)) == ([], [])

    @pytest.mark.parametrize("later", [False, True])
    def test_a_second_file_may_speak_of_what_another_declares(self, folder: Folder, later: bool) -> None:
        """A need, an alternative, a part: in the same load, or of the store."""
        text = (
            "Dependency:\n  d: {dependant: acme, need: steel, alternative: [mill]}\n"
            "Shock: {s: {label: S, hit: [{target: acme--needs--steel--mill}]}}\n"
        )
        a, b = written(folder, {"a.csv": SUPPLIERS, "b.yaml": text})
        data_set = read_sources([b], present=read_sources([a]))[0] if later else read_sources([b, a])[0]
        assert needs(data_set)[0].need == MY + "steel"
        assert any("acme: also in a" in message for message in messages(data_set)) == later
        with pytest.raises(InvalidData, match="dependant names acme, which does not exist"):
            read_sources([b])

    def test_a_label_that_another_file_gives_is_found(self, folder: Folder) -> None:
        a, b = written(
            folder, {"companies.csv": "id,label\nx1,Acme Corporation\n", "b.csv": "dependant,need\nacme corporation,Tin\n"}
        )
        assert needs(read_sources([a, b])[1])[0].dependant == MY + "x1"

    def test_what_is_replaced_is_not_there(self, folder: Folder) -> None:
        (path,) = written(folder, {"a.csv": SUPPLIERS})
        (data_set,) = read_sources([path], present=read_sources([path]))
        assert not data_set.notices

    def test_the_label_of_who_declares_it_is_kept(self, folder: Folder) -> None:
        files = {"a.csv": "dependant,need\nACME ltd,Tin\n", "b.yaml": "Company: {acme-ltd: {label: Acme Ltd}}\n"}
        acme = next(item for item in MemoryStore(*read_sources(written(folder, files))).records if item.id == MY + "acme-ltd")
        assert (acme.rdf_class, acme.label, acme.alt_label) == ("Company", "Acme Ltd", ("ACME ltd",))  # type: ignore[attr-defined]

    def test_a_set_with_another_base_is_not_joined(self, folder: Folder) -> None:
        own = {"dataset.yaml": DESCRIPTION, "a.csv": SUPPLIERS}
        (folder.path / "own").mkdir()
        Folder(folder.path / "own").write(own)
        (path,) = written(folder, {"b.csv": "dependant,need\nShop,Acme\n"})
        _, data_set = read_sources([folder.path / "own", path])
        assert needs(data_set)[0].need == MY + "acme"
        assert not data_set.notices


class TestUses:
    """Bundled data is meant by prefix, IRI or uses; what is found is listed, what is missing is told with what to load."""

    TEXT = "dependant,need,provider\nShop,GPU compute,NVIDIA\nShop,Stock,id:nvidia\n"

    def test_names_are_looked_up_in_what_is_used(self, folder: Folder) -> None:
        (path,) = written(folder, {"a.csv": self.TEXT})
        bundled, data_set = read_sources([path], ReadOptions(uses=("sensetime",)))
        assert bundled.info.short_name == "sensetime"
        assert {supply.provider for need in needs(data_set) for supply in need.supply} == {ID + "nvidia"}
        assert "nvidia" not in classes(data_set)
        assert "2 names found in sensetime: GPU compute = id:gpu-compute, NVIDIA = id:nvidia" in messages(data_set)
        assert messages(bundled) == ["uses sensetime, which is loaded with it"]
        assert len(read_sources([path], ReadOptions(uses=("sensetime",)), present=[bundled])) == 1

    def test_dataset_yaml_says_so_for_yaml_too(self, folder: Folder) -> None:
        text = "Company: {nvidia: {label: Mine}}\nDependency: {d: {dependant: nvidia, need: sensetime}}\n"
        folder.write({"dataset.yaml": "name: mine\nuses: sensetime\n", "a.yaml": text})
        _, data_set = read_sources([folder.path])
        assert (needs(data_set)[0].dependant, needs(data_set)[0].need) == (MY + "nvidia", ID + "sensetime")

    def test_without_it_nothing_is_joined_by_spelling(self, folder: Folder) -> None:
        (path,) = written(folder, {"a.csv": "dependant,need\nShop,NVIDIA\n"})
        data_set = read_sources(["sensetime", path])[1]
        assert needs(data_set)[0].need == MY + "nvidia"

    def test_bundled_names_that_are_not_loaded_are_told_with_the_command(self, folder: Folder) -> None:
        (path,) = written(folder, {"a.csv": self.TEXT})
        with pytest.raises(InvalidData) as caught:
            read_sources([path])
        (problem,) = caught.value.problems
        assert problem.message == "shop--needs--stock: supply names id:nvidia, which does not exist"
        assert problem.hint == (
            "it is in the bundled data set sensetime; name that with --uses sensetime, "
            f"or load it too: knockon load sensetime {path} --store STORE"
        )

    @pytest.mark.parametrize(
        ("name", "hint"), [("sensetme", "did you mean sensetime?"), ("firms", "load the files of firms first")]
    )
    def test_a_used_set_that_is_not_there_is_told(self, folder: Folder, name: str, hint: str) -> None:
        folder.write({"dataset.yaml": f"name: mine\nuses: [{name}]\n", "a.csv": SUPPLIERS})
        with pytest.raises(InvalidData, match=f"dataset.yaml:2: uses '{name}', which is not loaded .{hint}"):
            read_sources([folder.path])

    @pytest.mark.parametrize("line", ["uses: {a: b}", "uses: [My Data]", "strict: perhaps"])
    def test_descriptions_that_are_wrong(self, folder: Folder, line: str) -> None:
        (result,) = folder.problems({"dataset.yaml": f"name: mine\n{line}\n"})
        assert result.startswith(f"dataset.yaml:2: {line.split(':', maxsplit=1)[0]} ")


def test_an_error_in_one_file_is_told_with_those_of_the_others(folder: Folder) -> None:
    paths = written(
        folder, {"a.yaml": "Person: {p: {label: P, partOf: nobody}}\n", "b.yaml": "Person: {q: {label: Q, partOf: nobody}}\n"}
    )
    with pytest.raises(InvalidData) as caught:
        read_sources(paths)
    (problem,) = caught.value.problems
    assert problem.message.startswith("p: partOf names nobody, which does not exist; also in ")


@pytest.mark.slow
def test_names_of_20_000_rows_are_looked_up_at_once(folder: Folder) -> None:
    """The effort grows with the rows, and not with their pairs."""
    rows = "".join(f"Shop {i},Need {i % 500},Maker {i % 3000}\n" for i in range(5_000))
    assert len(folder.read_one("a.csv", "dependant,need,provider\n" + rows).records) == 5_000 + 5_000 + 500 + 3_000
