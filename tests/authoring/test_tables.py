"""How tables are read where they do not say it themselves: columns, encodings, numbers, rejected rows, standard input."""

from __future__ import annotations

import csv
import io
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from knockon.authoring.named_sources import read_sources
from knockon.authoring.options import ReadOptions
from knockon.authoring.read import read_data_set
from knockon.errors import InvalidData, UsageError
from knockon.model import Company, Dependency, Ownership, Shock, Statement
from knockon.vocabulary import PREFIXES
from support.data_folder import Folder

CASES = Path(__file__).parents[1] / "cases"


def needs(path: Path, **options: object) -> list[Dependency]:
    """The dependencies of a table."""
    records = read_data_set(path, options=ReadOptions(**options)).records  # type: ignore[arg-type]
    return [record for record in records if isinstance(record, Dependency)]


def refused(path: Path, **options: object) -> str:
    """What is said of a table that is not read."""
    with pytest.raises(InvalidData) as caught:
        read_data_set(path, options=ReadOptions(**options))  # type: ignore[arg-type]
    return str(caught.value)


def shares(path: Path, **options: object) -> list[Decimal | None]:
    """The shares of the first need of a table."""
    return [supply.share for supply in needs(path, **options)[0].supply]


def written(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    """A file."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# Columns


def test_a_mark_and_spaces_in_the_header_change_nothing() -> None:
    """bom_space_header.csv: a byte order mark, and a blank before a name."""
    assert len(needs(CASES / "bom_space_header.csv")) == 1


def test_columns_by_other_words_are_suggested_and_renamed() -> None:
    """synonym_columns.csv: what each column may mean, and the options that read it so."""
    message = refused(CASES / "synonym_columns.csv")
    assert "unknown columns 'customer', 'product', 'supplier' (did you mean dependant, need, provider?" in message
    assert "--rename customer=dependant --rename product=need --rename supplier=provider" in message
    rename = (("customer", "dependant"), ("Product", "need"), ("SUPPLIER", "provider"))
    (need,) = needs(CASES / "synonym_columns.csv", rename=rename)
    assert (need.name, need.supply[0].name) == ("shop--needs--stock", "shop--needs--stock--acme")


def test_unknown_columns_are_listed_once_and_may_be_left_out(tmp_path: Path) -> None:
    """One problem for all of them; --ignore-unknown leaves them out, and tells which."""
    path = written(tmp_path, "dependant,need,Colour,Buyer's  name\nA,B,red,x\n")
    with pytest.raises(InvalidData) as caught:
        read_data_set(path)
    (problem,) = caught.value.problems
    assert problem.message == "unknown columns 'Colour', \"Buyer's  name\""
    (notice,) = read_data_set(path, options=ReadOptions(ignore_unknown=True)).notices
    assert (notice.line, notice.message) == (1, "columns left out: Colour, Buyer's  name")


def test_a_column_left_out_that_may_be_meant_is_named(tmp_path: Path) -> None:
    """--ignore-unknown says which column may be the suppliers; a share without a column of suppliers is one problem."""
    path = written(tmp_path, "dependant,need,Vendor\nA,B,C\n")
    (notice,) = read_data_set(path, options=ReadOptions(ignore_unknown=True)).notices
    assert notice.hint == "--ignore-unknown; did you mean provider? --rename Vendor=provider reads it so"
    path = written(tmp_path, "dependant,need,Vendor,share\nA,B,C,0.5\nA,B,D,0.5\n")
    message = refused(path, ignore_unknown=True)
    assert (
        "table.csv:1: share without a column provider (did you mean provider? --rename Vendor=provider reads it so)" in message
    )
    assert message.count("share") == 1


def test_an_option_without_its_column_is_told_before_what_follows_from_it(tmp_path: Path) -> None:
    """The list of last month had a column Supplier: that it is gone is the message, not what the rows lack without it."""
    path = written(tmp_path, "dependant,need,Vendor,share\nA,B,C,0.5\n")
    options = ReadOptions(rename=(("Supplier", "provider"),), ignore_unknown=True)
    with pytest.raises(UsageError, match="--rename Supplier: no table has this column; the columns are Vendor, dependant"):
        read_sources([path], options)


def test_plain_numbers_are_days_where_their_column_is_declared_so(tmp_path: Path) -> None:
    """--days buffer reads 45 as P45D, beside durations; else one problem for the column, or one a row to be rejected."""
    path = written(tmp_path, "dependant,need,buffer\nA,B,45\nA,C,P2M\nA,D,007\n")
    assert [need.buffer for need in needs(path, days=("Buffer",))] == ["P45D", "P2M", "P7D"]
    message = refused(path)
    assert "table.csv:2: buffer: 45 and 1 more plain numbers without a unit" in message
    assert "--days buffer" in message
    rejects = tmp_path / "rejects.csv"
    kept = read_sources([path], ReadOptions(allow_rejects=True, rejects=rejects))[0].records
    assert [record.name for record in kept if isinstance(record, Dependency)] == ["a--needs--c"]
    assert rejects.read_text("utf-8").count("without a unit") == 2
    with pytest.raises(UsageError, match="--days stock: no table has this column"):
        read_sources([path], ReadOptions(days=("stock",)))


def test_options_that_meet_no_column_are_refused(tmp_path: Path) -> None:
    """A misspelt --rename or --percent does not pass in silence."""
    path = written(tmp_path, "dependant,need\nA,B\n")
    for options in (ReadOptions(rename=(("Suplier", "provider"),)), ReadOptions(percent=("shares",))):
        with pytest.raises(UsageError, match="no table has this column; the columns are dependant, need"):
            read_sources([path], options)
    path = written(tmp_path, "dependant,need,Supplier\nA,B,C\n")
    assert "unknown column 'providr' (did you mean provider?" in refused(path, rename=(("Supplier", "providr"),))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("supplier,customer,value\nA,B,3\n", "knockon rank"),
        ("Seller;Buyer;Amount\nA;B;3\n", "knockon rank"),
        ("firm,final_demand\nA,3\n", "--firms"),
        ("supplier_sector,customer_sector,essentiality\nx,y,2\n", "--essentiality"),
    ],
)
def test_tables_of_other_commands_are_told_theirs(tmp_path: Path, text: str, hint: str) -> None:
    """Flows, firms and essential inputs belong to rank."""
    assert hint in refused(written(tmp_path, text))


# Encodings, delimiters


def test_another_encoding_is_read_where_it_is_named() -> None:
    """suppliers_cp1252.csv: refused with the remedy, read with it."""
    path = CASES / "suppliers_cp1252.csv"
    assert "is not UTF-8 text (byte 0xfc)" in refused(path)
    assert "--encoding cp1252" in refused(path)
    assert "is not ascii text" in refused(path, encoding="ascii")
    records = read_data_set(path, options=ReadOptions(encoding="cp1252")).records
    assert "Müller Autoteile" in {getattr(record, "label", "") for record in records}
    with pytest.raises(UsageError, match="unknown encoding 'klingon'"):
        ReadOptions(encoding="klingon")
    for name in ("rot13", "base64", "punycode\0"):
        with pytest.raises(UsageError, match="unknown encoding"):
            ReadOptions(encoding=name)


def test_utf_16_is_read_by_its_mark_or_where_it_is_named(tmp_path: Path) -> None:
    """Excel's "Unicode text" begins with a mark that says how it is encoded; without the mark somebody must say it."""
    text = "dependant\tneed\nA\tB\n"
    assert len(needs(written(tmp_path, text.encode("utf-16"), "table.txt"))) == 1
    path = written(tmp_path, text.encode("utf-16-le"), "table.txt")
    assert "is UTF-16 text" in refused(path)
    assert len(needs(path, encoding="utf-16-le")) == 1


@pytest.mark.parametrize("first", ["sep=;\r\n", "SEP=;\n", '"sep=;"\n'])
def test_a_first_line_of_excel_names_the_delimiter(tmp_path: Path, first: str) -> None:
    """``sep=;`` is not the header; the lines below keep their numbers."""
    path = written(tmp_path, f"\ufeff{first}dependant;need;a,b\nA;B;\n")
    assert "table.csv:2: unknown column 'a,b'" in refused(path).replace(f"{tmp_path}/", "")
    path = written(tmp_path, f"{first}dependant;need\nA;\n")
    assert "table.csv:3: need is empty" in refused(path).replace(f"{tmp_path}/", "")
    assert "the delimiter '%' is not known" in refused(written(tmp_path, "sep=%\ndependant%need\nA%B\n"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_text_file_may_be_a_table(tmp_path: Path, delimiter: str) -> None:
    """.txt with any delimiter; in a folder text files are notes and are passed over."""
    text = "dependant,need\nA,B\n".replace(",", delimiter)
    assert len(needs(written(tmp_path, text, "table.txt"))) == 1
    written(tmp_path, "name: tiny\n", "dataset.yaml")
    assert read_data_set(tmp_path).records == ()


# Numbers


def test_percentages_are_read_with_their_sign() -> None:
    """share_percent.csv: 45% is 0.45."""
    assert shares(CASES / "share_percent.csv") == [Decimal("0.45"), Decimal("0.55")]


def test_plain_percentages_are_read_where_the_column_is_declared() -> None:
    """share_0_100.csv: refused with the hint; read with --percent."""
    assert "--percent share" in refused(CASES / "share_0_100.csv")
    assert shares(CASES / "share_0_100.csv", percent=("share",)) == [Decimal("0.45"), Decimal("0.55")]


def test_a_column_may_be_declared_by_the_name_it_has_in_the_file(tmp_path: Path) -> None:
    """--rename and --percent go together, by the old name and by the new one."""
    path = written(tmp_path, "dependant,need,provider,Quota\nShop,stock,Acme,12.5\n")
    for name in ("Quota", "share"):
        assert shares(path, rename=(("Quota", "share"),), percent=(name,)) == [Decimal("0.125")]


def test_decimal_commas_are_read_where_they_are_declared(tmp_path: Path) -> None:
    """0,45 is refused with the hint; with --decimal , it is 0.45, and a point is refused."""
    path = written(tmp_path, "dependant;need;provider;share\nShop;stock;Acme;0,45\nShop;stock;Beta;12,5 %\n")
    assert "--decimal ," in refused(path)
    assert shares(path, decimal=",") == [Decimal("0.45"), Decimal("0.125")]
    path = written(tmp_path, "dependant;need;provider;share\nShop;stock;Acme;0.45\n")
    assert "'0.45' has a point, in a table with decimal commas" in refused(path, decimal=",")
    with pytest.raises(UsageError, match="a point or a comma"):
        ReadOptions(decimal="'")


# Rejected rows


def test_sound_rows_are_loaded_and_the_others_kept(tmp_path: Path) -> None:
    """one_bad_of_1001.csv: nothing without the options; with them 1,000 needs, and one row in the file with its reason."""
    path = CASES / "one_bad_of_1001.csv"
    assert "1 problem:" in refused(path)
    kept = tmp_path / "rejects.csv"
    (data_set,) = read_sources([path], ReadOptions(allow_rejects=True, rejects=kept))
    assert sum(isinstance(record, Dependency) for record in data_set.records) == 1000
    (notice,) = data_set.notices
    assert (notice.message, notice.hint) == ("1 row rejected", f"they are in {kept}, with the reasons")
    (row,) = csv.DictReader(io.StringIO(kept.read_text("utf-8")))
    assert list(row) == ["file", "line", "problem", "dependant", "need"]
    assert (row["file"], row["line"]) == (str(path), str(bad_line(path)))
    assert row["problem"]


def bad_line(path: Path) -> int:
    """The line of the first row of the case that is not whole."""
    rows = path.read_text("utf-8").splitlines()
    return next(at for at, row in enumerate(rows, 1) if row.count(",") != 1 or not all(row.split(",")))


def test_a_record_is_rejected_as_a_whole(tmp_path: Path) -> None:
    """Half the suppliers of a need would say something else: its rows go together, formulas made harmless."""
    text = "dependant,need,provider,share,comment\nShop,stock,Acme,0.5,=1+1\nShop,stock,Beta,x,\nShop,power,Volt,,fine\n"
    path, kept = written(tmp_path, text.replace("=1+1", "+cmd|calc")), tmp_path / "rejects.csv"
    (data_set,) = read_sources([path], ReadOptions(allow_rejects=True, rejects=kept))
    assert [record.name for record in data_set.records if isinstance(record, Dependency)] == ["shop--needs--power"]
    first, second = csv.DictReader(io.StringIO(kept.read_text("utf-8")))
    assert first["problem"].startswith("the row in line 3: ")
    assert second["problem"].startswith("shop--needs--stock: supply.1.share: 'x' is not a number")
    assert first["comment"] == "'+cmd|calc"
    assert [notice.message for notice in data_set.notices] == ["2 rows rejected, 1 of them for another row of their record"]
    kept.write_text(kept.read_text("utf-8").replace(",x,", ",0.5,"), "utf-8")
    (data_set,) = read_sources([kept], ReadOptions(ignore_unknown=True))
    assert [item.comment for item in data_set.records if isinstance(item, Dependency)] == ["+cmd|calc"]


def test_rejected_rows_are_loaded_once_they_are_corrected(tmp_path: Path) -> None:
    """The columns before the row are no fields: what was wrong with a row does not become the reason of its record."""
    path, kept = written(tmp_path, "dependant,need,provider\nShop,stock,Acme\nShop,,Volt\n"), tmp_path / "rejects.csv"
    read_sources([path], ReadOptions(allow_rejects=True, rejects=kept))
    kept.write_text(kept.read_text("utf-8").replace("Shop,,", "Shop,power,"), "utf-8")
    (data_set,) = read_sources([kept], ReadOptions(ignore_unknown=True))
    (record,) = (record for record in data_set.records if isinstance(record, Dependency))
    assert (record.name, record.reason) == ("shop--needs--power", None)


def test_rows_that_name_what_was_rejected_go_too(tmp_path: Path) -> None:
    """What a row refers to must be there afterwards."""
    text = "class,id,label,partOf,until\nCompany,a,A,,someday\nCompany,b,B,a,\nCompany,c,C,,\n"
    path, kept = written(tmp_path, text), tmp_path / "rejects.csv"
    (data_set,) = read_sources([path], ReadOptions(allow_rejects=True, rejects=kept))
    assert [record.name for record in data_set.records] == ["c"]
    assert [row["line"] for row in csv.DictReader(io.StringIO(kept.read_text("utf-8")))] == ["2", "3"]


def test_what_is_no_row_cannot_be_rejected(tmp_path: Path) -> None:
    """An unknown column, a broken YAML file and a table with no sound row are errors; no file is written."""
    kept = tmp_path / "rejects.csv"
    options = ReadOptions(allow_rejects=True, rejects=kept)
    for text in ("dependant,need,colour\nA,B,red\n", "dependant,need\nA,\n", 'dependant,need\nA,"B\n'):
        with pytest.raises(InvalidData):
            read_sources([written(tmp_path, text)], options)
    assert not kept.exists()
    with pytest.raises(UsageError, match="goes with --rejects"):
        ReadOptions(allow_rejects=True)


# Shocks


def test_a_table_can_hold_shocks(tmp_path: Path) -> None:
    """Rows of one shock are its hits; a target is a name or the id of a record; a severity a word or a number."""
    written(tmp_path, "name: tiny\n", "dataset.yaml")
    written(tmp_path, "dependant,need,provider\nShop,stock,Acme Ltd\n", "suppliers.csv")
    text = (
        "shock,target,severity,status,label\n"
        "strike,Acme Ltd,high,Potential,Strike at Acme\nstrike,shop--needs--stock,30%,,\nfire,shop--needs--stock--acme-ltd,,,\n"
    )
    written(tmp_path, text, "what-if.csv")
    fire, strike = [record for record in read_data_set(tmp_path).records if isinstance(record, Shock)]
    assert (fire.name, fire.label, fire.hit[0].severity) == ("fire", "fire", None)
    assert str(fire.hit[0].target).endswith("/shop--needs--stock--acme-ltd")
    assert (strike.name, strike.label, str(strike.status)) == ("strike", "Strike at Acme", "Potential")
    given = {hit.target: (hit.severity, hit.severity_value) for hit in strike.hit}
    assert [str(word or number) for word, number in given.values()] == ["High", "0.3"]
    assert [name.rsplit("/", 1)[1] for name in given] == ["acme-ltd", "shop--needs--stock"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("fire,,high", "target is empty"),
        ("fire,Shop,hihg", "'hihg'"),
        ("fire,Shop,30", "--percent"),
        ("fire,Shop,high\nfire,shop,low", "duplicate target 'shop' of 'fire'"),
        ("fire,Shp,high", "hit names shp"),
    ],
)
def test_what_is_wrong_with_a_shock_is_said_with_its_line(folder: Folder, rows: str, message: str) -> None:
    """Each problem at the row that has it."""
    result = folder.problems({"a.csv": "dependant,need\nShop,stock\n", "shocks.csv": f"shock,target,severity\n{rows}\n"})
    place = f"shocks.csv:{1 + len(rows.splitlines())}: "
    assert any(problem.startswith(place) and message in problem for problem in result), result


def test_rows_of_one_shock_share_its_other_fields(folder: Folder) -> None:
    """Lists are merged without duplicates; a different single value is a problem with both lines."""
    files = {"a.csv": "dependant,need\nShop,stock\n"}
    rows = "shock,target,severity,altLabel,comment\nfire,Shop,high,Blaze; Fire 1,A fire\nfire,stock,low,Blaze,A fire\n"
    (fire,) = [record for record in folder.read({**files, "shocks.csv": rows}).records if isinstance(record, Shock)]
    assert (fire.alt_label, fire.comment) == (("Blaze", "Fire 1"), "A fire")
    (problem,) = folder.problems({**files, "shocks.csv": rows.replace("low,Blaze,A fire", "low,Blaze,A flood")})
    assert "shocks.csv:3: comment is 'A flood' here and 'A fire' in line 2 (all rows of one shock must have" in problem


# JSON Lines


def test_json_lines_say_what_yaml_says(folder: Folder) -> None:
    """One record a line, the same fields, numbers as they are written."""
    lines = (
        '{"class": "Company", "id": "acme", "label": "Acme", "altLabel": ["Acme Ltd"]}\n\n'
        '{"class": "Company", "id": "hold", "label": "Hold"}\n'
        '{"class": "Ownership", "id": "o", "owner": "hold", "owned": "acme", "share": 0.30, "direct": true, "comment": null}\n'
    )
    yaml = (
        "Company:\n  acme: {label: Acme, altLabel: [Acme Ltd]}\n  hold: {label: Hold}\n"
        "Ownership:\n  o: {owner: hold, owned: acme, share: 0.30, direct: true}\n"
    )
    assert folder.read_one("a.jsonl", lines).records == folder.read_one("a.yaml", yaml).records


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.jsonl: is empty"),
        ('{"class": "Company"', "a.jsonl:1: is not valid JSON"),
        ("[1]", "a.jsonl:1: is not a record"),
        ('{"id": "a"}', "a.jsonl:1: has no class"),
        ('{"class": "Compny", "id": "a"}', "did you mean Company"),
        ('{"class": "Company", "label": "A"}', "a.jsonl:1: has no id"),
        ('{"class": "Company", "id": "a", "id": "b"}', "duplicate field 'id'"),
        ('{"class": "Company", "id": "a", "label": "\\u0000"}', "control character U+0000"),
        ('{"class": "Company", "id": "a", "label": ' + "[" * 30 + "]" * 30 + "}", "more than 20 levels of nesting"),
        ("[" * 100_000, "a.jsonl:1: has more"),
        ('{"class": "Company", "id": "a", "lable": "A"}', "did you mean label"),
        ('{"schema": "Company", "properties": {}}\n{"schema": "Person", "properties": {}}', "looks like FollowTheMoney"),
    ],
)
def test_what_is_wrong_with_json_lines_is_said_with_its_line(folder: Folder, text: str, message: str) -> None:
    """Never a traceback, and one problem where nothing in the file is ours."""
    result = folder.problems({"a.jsonl": text}, "a.jsonl")
    assert any(message in problem for problem in result), result


# Standard input


def test_unknown_fields_of_json_lines_may_be_left_out(tmp_path: Path) -> None:
    """With the option, one notice names them; fields can be renamed as columns can."""
    path = written(tmp_path, '{"class": "Company", "id": "acme", "Name": "Acme", "colour": "red"}\n', "a.jsonl")
    options = ReadOptions(rename=(("Name", "label"),), ignore_unknown=True)
    data_set = read_data_set(path, options=options)
    assert [record.label for record in data_set.records if isinstance(record, Company)] == ["Acme"]
    assert [str(notice).rpartition("/")[2] for notice in data_set.notices] == [
        "a.jsonl:1: fields left out: colour (--ignore-unknown)"
    ]


def given(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let this stand on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), "utf-8"))


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("csv", b"id,label,class\nacme,Acme,Company\n"),
        ("jsonl", b'{"class": "Company", "id": "acme", "label": "Acme"}'),
        ("yaml", b"Company: {acme: {label: Acme}}"),
        ("ttl", b'<https://w3id.org/knockon/local/acme> a ko:Company ; rdfs:label "Acme"@en .'),
    ],
)
def test_standard_input_is_read_in_its_form(monkeypatch: pytest.MonkeyPatch, form: str, content: bytes) -> None:
    """``-`` with a form; the data set is called stdin."""
    if form == "ttl":
        content = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items()).encode() + content
    given(monkeypatch, content)
    (data_set,) = read_sources(["-"], ReadOptions(form=form))
    assert data_set.info.short_name == "stdin"
    assert [(type(record), record.name) for record in data_set.records] == [(Company, "acme")]


def test_standard_input_without_a_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is guessed, nothing is read twice, nothing is read without end."""
    given(monkeypatch, b"dependant,need\nA,B\n")
    with pytest.raises(UsageError, match="--from, one of csv, tsv"):
        read_sources(["-"])
    with pytest.raises(UsageError, match="read once"):
        read_sources(["-", "-"], ReadOptions(form="csv"))
    with pytest.raises(UsageError, match="unknown form 'docx'"):
        ReadOptions(form="docx")
    monkeypatch.setattr("knockon.authoring.source.SIZE_LIMIT", 10)
    with pytest.raises(InvalidData, match="standard input: is larger"):
        read_sources(["-"], ReadOptions(form="csv"))


# Ownership


def test_only_direct_shares_are_summed(folder: Folder) -> None:
    """indirect_ownership/: an indirect holding repeats what others hold; where nobody says it is one, that is the hint."""
    with pytest.raises(InvalidData, match="mark an indirect one with direct: false"):
        read_data_set(CASES / "indirect_ownership")
    files = {path.name: path.read_text("utf-8") for path in (CASES / "indirect_ownership").iterdir()}
    rows = files["ownership.csv"].splitlines()
    direct = ["direct", "true", "true", "false"]
    files["ownership.csv"] = "\n".join(f"{row},{word}" for row, word in zip(rows, direct, strict=True))
    records: tuple[Statement, ...] = folder.read(files).records
    assert [record.direct for record in records if isinstance(record, Ownership)] == [True, True, False]
