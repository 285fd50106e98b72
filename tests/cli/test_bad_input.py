"""Bad calls of every command: the right exit code, a message that says what is wrong, no traceback, nothing half done.

Each case is one line: how it is called, the exit code, and a part of the message.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knockon.controls import HARMFUL

Run = Callable[..., Any]
LONG = "x" * 300

#: Calls on the list of suppliers ``list.csv``, the store ``st`` that holds it twice over, and files that hold nothing good.
CASES = [
    # Options, arguments and commands.
    ("impactt", 2, "Did you mean 'impact'"),
    ("evidence nosuch", 2, "No such command"),
    ("-z", 2, "No such option"),
    ("search Acme --stroe st", 2, "--store"),
    ("show", 2, "Missing argument 'name'"),
    ("profile a b", 2, "too many arguments: b; --store NAME says which data are read"),
    ("ls st", 2, "too many arguments: st; --store NAME"),
    ("serve --store st", 2, "the data are an argument here, without --store: knockon serve STORE"),
    ("validate -s list.csv", 2, "the data are an argument here, without --store: knockon validate SOURCES"),
    ("explain fire", 2, "knockon explain SHOCK ENTITY"),
    ("query", 2, "one of the three"),
    ("query 'ASK {}' --file q.rq", 2, "one of the three"),
    ("query 'ASK {}' --param a=b", 2, "--param goes with --name"),
    ("query 'ASK {}' --show", 2, "--show goes with --name"),
    ("query --name measures-on-entity --param x=1", 2, "has no parameter 'x'"),
    ("mitigate fire --store list.csv", 2, "--protect"),
    ("impact fire --all", 2, "--all"),
    ("impact fire --hit Lumen=high --store list.csv", 2, "one of the three"),
    ("impact --eps 0.1 --set eps=0.2 x --store list.csv", 2, "say the same"),
    ("explore --depth 2 --store list.csv -o x.html", 2, "--centre"),
    ("rank list.csv --sheet one", 2, "table of flows"),
    ("rank list.csv --variant newest", 2, "linear or original"),
    # Empty values, as scripts have them.
    ("impact --store ''", 2, "--store is empty"),
    ("search Acme --type ''", 2, "--type is empty"),
    ("rank list.csv --according-to ''", 2, "--according-to is empty"),
    ("loops --store list.csv --as-of ''", 2, "--as-of is empty"),
    ("validate list.csv --uses ''", 2, "--uses is empty"),
    ("validate list.csv --from ''", 2, "--from is empty"),
    ("load list.csv --store new --as ''", 2, "--as is empty"),
    ("load list.csv --store new --percent ''", 2, "--percent is empty"),
    # Names that nothing has.
    ("impact nosuch --store list.csv", 3, "no shock called 'nosuch' (the graph has none; --hit ENTITY=SEVERITY"),
    ("impact Lumen --store list.csv", 3, "--hit Lumen=high"),
    ("profile Acmee --store list.csv", 3, "did you mean Acme"),
    # Ids of dependencies are no names that somebody meant.
    ("impact --hit accelerators-memry=high --store chips", 3, "did you mean ai-accelerators?"),
    ("profile '\x1b[31mx' --store list.csv", 3, r"'\x1b[31mx'"),
    ("chokepoints '../../etc/passwd' --store list.csv", 3, "no entity called"),
    ("exposure '' --store list.csv", 3, "no entity called ''"),
    ("concentration '<script>' --store list.csv", 3, "no entity called"),
    ("loops --through nosuch --store list.csv", 3, "(`knockon search TEXT --store list.csv` finds names by their words)"),
    ("rank nosuch.csv", 3, "nosuch.csv"),
    ("validate nosuch.csv", 3, "no data set called"),
    ("diff list.csv nosuch.csv", 3, "nosuch.csv"),
    ("diff st@9 st", 3, "revision"),
    ("undo --store st --to 9", 3, "kept are"),
    ("remove nosuch --store st", 3, "nosuch"),
    ("query --name nosuch", 3, "no query called 'nosuch' (`knockon query --list` lists them)"),
    ("query --file nosuch.rq", 3, "no file called"),
    ("search x --type Compny --store list.csv", 2, "did you mean Company"),
    ("impact --hit Lumen=high --store list.csv --without nosuch", 3, "no document called"),
    ("evidence check --documents nosuch", 3, "no folder called"),
    ("evidence check --documents nothing --inventory nosuch", 3, "no inventory called"),
    ("schema --store sensetme", 3, "did you mean sensetime"),
    # Numbers and days.
    ("impact --hit Lumen=2 --store list.csv", 2, "severity"),
    ("impact --hit Lumen=nan --store list.csv", 2, "severity"),
    ("impact --hit Lumen=hihg --store list.csv", 2, "is not a severity"),
    ("impact --hit Lumen --store list.csv", 2, "ENTITY=SEVERITY"),
    ("impact --hit Lumen=high --hit Lumen=low --store list.csv", 2, "twice"),
    ("impact --hit Nobody=high --store list.csv", 3, "Nobody"),
    ("impact --hit Lumen=high --store list.csv --eps nan", 2, "eps"),
    ("impact --hit Lumen=high --store list.csv --cap 0", 2, "cap"),
    ("impact --hit Lumen=high --store list.csv --min-loss 2", 2, "--min-loss"),
    ("impact --hit Lumen=high --store list.csv --model nosuch", 2, "unknown model"),
    ("impact --hit Lumen=high --store list.csv --set horizon=3", 2, "takes no 'horizon'"),
    ("impact --hit Lumen=high --store list.csv --model timeline --set horizon=nan", 2, "whole number"),
    ("impact --hit Lumen=high --store list.csv --stance Nosuch", 2, "is not a stance"),
    ("impact --hit Lumen=high --store list.csv --fail-on 'Acme>nan'", 2, "in 0..1"),
    ("impact --hit Lumen=high --store list.csv --fail-on Acme", 2, "ENTITY>LOSS"),
    ("impact --hit Lumen=high --store list.csv --fail-on 'Nobody>0.5'", 3, "Nobody"),
    ("impact --hit Lumen=high --store list.csv --fail-on 'Acme>0.01'", 6, "BROKEN"),
    ("impact --hit Lumen=high --store list.csv --as-of 2025-02-30", 2, "write 2025-07-01"),
    ("impact --hit Lumen=high --store list.csv --as-of 2025-07", 2, "write 2025-07-01"),
    ("impact --hit Lumen=high --store list.csv --timeout nan", 2, "--timeout"),
    ("impact --hit Lumen=high --store list.csv --timeout -1", 2, "--timeout"),
    ("uncertainty --hit Lumen=high --store list.csv --draws 1000000000000", 2, "at most 10,000,000"),
    ("uncertainty --hit Lumen=high --store list.csv --seed -1", 2, "seed"),
    ("uncertainty --hit Lumen=high --store list.csv --threshold 2", 2, "threshold"),
    ("chokepoints Acme --store list.csv --threshold 2", 2, "threshold"),
    ("loops --store list.csv --if Acme", 2, "DEPENDANT=NEED"),
    ("loops --store list.csv --length 0", 2, "--length"),
    ("concentration --by nosuch --store list.csv", 2, "--by"),
    ("mitigate --hit Lumen=high --protect Acme --store list.csv --buffer-days -inf", 2, "days"),
    ("rank list.csv --precision 16", 2, "--precision"),
    ("rank flows.csv --checkpoint nothing", 2, "nothing is a folder; name the file of a checkpoint"),
    ("rank two.csv", 4, "has two columns that may be 'value': 'amount' and 'sales' (choose one: --rename amount=value)"),
    ("rank bad/wide.csv", 4, "cannot tell what these rows are"),
    ("query --max-memory 999999999999999T 'ASK {}' --store list.csv", 2, "--max-memory is a size"),
    ("rank list.csv --model esri", 2, "money flows"),
    ("schema --store list.csv --top -1", 2, "--top"),
    ("undo --store st --keep 11", 2, "--keep"),
    # Formats and files to write.
    ("schema --store list.csv -f pdf", 2, "'pdf' is not a format of this command"),
    ("schema --store list.csv -o x.docx", 2, "the ending .docx is not a format of this command"),
    ("schema --store list.csv -f parquet", 2, "-o FILE.parquet"),
    ("schema --store list.csv -o no/such/x.json", 2, "the folder no/such does not exist"),
    ("schema --store list.csv -o nothing", 2, "it is a folder"),
    (f"schema --store list.csv -o {LONG}.json", 2, "File name too long"),
    ("schema --store list.csv -o circle", 2, "loop"),
    ("schema --store list.csv -o circle/table.csv", 2, "loop"),
    ("schema --store list.csv --columns nonsense", 2, "no column 'nonsense'"),
    ("schema --store list.csv --sort nonsense", 2, "no column 'nonsense'"),
    ("schema --store list.csv --columns ,", 2, "at least one column"),
    ("show Acme --store list.csv -f ttl --top 1", 2, "ttl has none"),
    ("export --store list.csv -o x.docx", 2, ".ttl"),
    ("demo -o -", 2, "-o FOLDER"),
    ("demo -o list.csv", 2, "is a file"),
    # What changes a store says so before it does.
    ("load more.csv --store st -f csv --columns nonsense", 2, "no column 'nonsense'"),
    ("load more.csv --store st -f json --sort name", 2, "jsonl"),
    ("load more.csv --store st --columns name", 2, "name a format"),
    ("load more.csv --store st -f parquet", 2, "-o FILE.parquet"),
    ("undo --store st -f csv --sort nonsense", 2, "no column 'nonsense'"),
    ("remove list --store st -f csv --sort nonsense", 2, "no column 'nonsense'"),
    ("load list.csv more.csv --store st --as x", 2, "one source"),
    ("load list.csv --store st --as ../x", 2, "write it like x"),
    ("load more.csv bad/nul.csv --store st", 4, "U+0000"),
    ("load list.csv --store sensetime", 2, "bundled"),
    ("load list.csv --store -", 2, "name a folder"),
    ("load list.csv --store https://example.org/sparql", 2, "behind an address is only read"),
    ("load list.csv", 2, "--store"),
    ("load list.csv --store new --allow-rejects", 2, "--rejects"),
    (
        "load bad/short.csv --store new --allow-rejects --rejects no/such/r.csv",
        2,
        "the folder no/such does not exist; create it first",
    ),
    ("load list.csv --store new --rename need", 2, "OLD=NEW"),
    ("load list.csv --store new --encoding rot13", 2, "unknown encoding"),
    ("impact --hit Lumen=high --save-as mine --store list.csv", 2, "knockon load list.csv --store my-store"),
    ("impact --hit Lumen=high --save-as mine", 2, "cannot be written"),
    ("impact --save-as mine --store st", 2, "--hit"),
    ("impact --hit Lumen=high --save-as '\x1b[31m' --store st", 2, "control characters"),
    ("impact --hit Lumen=high --save-as 'a\nb' --store st", 2, "control characters"),
    ("impact --hit Lumen=high --save-as Acme --store st", 2, "another record"),
    ("undo --store list.csv", 2, "no history"),
    ("history", 2, "--store FOLDER"),
    ("undo --store nothing", 2, "neither a store"),
    # Files to read.
    ("validate -", 2, "--from"),
    ("validate - --from nosuch", 2, "unknown form"),
    ("validate - - --from csv", 2, "once"),
    ("validate q.rq", 2, "the ending .rq is not one of"),
    ("validate bad/empty.csv", 4, "is empty"),
    ("validate bad/empty.yaml", 4, "empty.yaml"),
    ("validate bad/header.csv", 4, "header.csv"),
    ("validate bad/nul.csv", 4, "nul.csv:2"),
    ("validate bad/utf16.csv", 4, "encod"),
    ("validate bad/latin1.csv", 4, "--encoding"),
    ("validate bad/binary.xlsx", 4, "binary.xlsx"),
    ("validate bad/binary.ttl", 4, "binary.ttl"),
    ("validate bad/short.csv", 4, "short.csv:2"),
    ("validate bad/foreign.csv", 4, "foreign.csv:1"),
    ("validate bad/control.csv", 4, "U+001B"),
    ("load list.csv --store no/such/deep", 2, "the folder no/such does not exist"),
    ("validate bad/formula.csv", 4, "is a formula"),
    ("validate bad/word.csv", 4, "hihg"),
    ("validate bad/shares.csv", 4, "shares.csv"),
    ("validate bad/value.csv", 4, "value.csv:2"),
    ("validate bad/dates.csv", 4, "dates.csv:2"),
    ("validate bad/day.csv", 4, "2025-02-30"),
    ("validate bad/twice.csv", 4, "twice.csv:3"),
    ("validate bad/tab.yaml", 4, "tab.yaml:2"),
    ("validate bad/alias.yaml", 4, "anchors"),
    ("validate bad/tag.yaml", 4, "tag.yaml"),
    ("validate bad/cut.jsonl", 4, "cut.jsonl:1"),
    ("validate bad/deep.jsonl", 4, "deep.jsonl:1"),
    ("validate bad/cut.ttl", 4, "cut.ttl"),
    ("validate bad/plain.json", 4, "@context"),
    ("validate bad/folder.csv", 4, "folder.csv"),
    (f"validate {LONG}", 2, "File name too long"),
    (f"rank {LONG}", 2, "File name too long"),
    (f"evidence check --documents {LONG}", 2, "File name too long"),
    (f"rank list.csv --checkpoint {LONG}", 2, "File name too long"),
]

QUERIES = {
    "SELECT": "ends too early",
    "SELECT * {": "is not closed",
    "SELECT ?x { ?x nosuch:y ?z }": "prefix nosuch",
    "INSERT DATA { <a> <b> <c> }": "update",
    "DROP ALL": "update",
    "SELECT * { SERVICE <http://x/> { ?a ?b ?c } }": "SERVICE",
    "SELECT * FROM <file:///etc/passwd> { ?a ?b ?c }": "FROM",
    "SELECT ?x { ?x ?y 'unclosed }": "line 1",
    "SELECT * { ?x ?y ?z } LIMIT -1": "line 1",
    "SELECT ?x { ?x ?y ?z } GROUP BY ?z": "GROUP BY",
    "SELECT * { <a b> ?y ?z }": "line 1",
    "ASK {} ASK {}": "line 1",
    "ASK { FILTER(nosuchfn(1)) }": "nosuchfn",
    "ASK { FILTER(ko:los(?x, ?y) > 0) }": "ko:los",
    "# nothing": "empty",
    "SELECT name FROM companies": "?name",
    "\x1b[31mSELECT": "line 1",
    "{" * 3000: "levels of brackets",
}

BAD_FILES: dict[str, bytes] = {
    "empty.csv": b"",
    "empty.yaml": b"",
    "header.csv": b"dependant,need,provider\n",
    "nul.csv": b"dependant,need,provider\nA\0,b,C\n",
    "utf16.csv": "dependant,need,provider\nA,b,C\n".encode("utf-16-le"),
    "latin1.csv": "dependant,need,provider\nA,b,Lumière\n".encode("latin-1"),
    "binary.xlsx": bytes(range(200)),
    "binary.ttl": bytes(range(200)),
    "short.csv": b"dependant,need,provider\nA\nB,c,D\n",
    "foreign.csv": b"foo,bar\n1,2\n",
    "control.csv": b"dependant,need,provider\nA\x1b[31m,b,C\n",
    "formula.csv": b"dependant,need,provider\n=cmd(),b,C\n",
    "word.csv": b"dependant,need,provider,criticality\nA,b,C,hihg\n",
    "shares.csv": b"dependant,need,provider,share\nA,b,C,0.7\nA,b,D,0.9\n",
    "value.csv": b"dependant,need,provider,criticality,criticalityValue\nA,b,C,high,0.1\n",
    "dates.csv": b"dependant,need,provider,from,until\nA,b,C,2025-01-01,2020-01-01\n",
    "day.csv": b"dependant,need,provider,from\nA,b,C,2025-02-30\n",
    "twice.csv": b"dependant,need,provider,criticality\nA,b,C,high\nA,b,C,low\n",
    "tab.yaml": b"Company:\n\tacme: {}\n",
    "alias.yaml": b"a: &a [*a]\n",
    "tag.yaml": b"Company: !!python/object/apply:os.system ['true']\n",
    "cut.jsonl": b'{"class":',
    "deep.jsonl": b"[" * 100_000,
    "cut.ttl": b"<http://a/b> <http://a/c> ",
    "plain.json": b'{"a": 1}',
    "wide.csv": b",".join(b"c%d" % number for number in range(40_000)),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a list, a store of two revisions, and files that hold nothing good."""
    from knockon.graph import open as open_graph

    folder = tmp_path_factory.mktemp("template")
    (folder / "list.csv").write_text("dependant,need,provider,criticality\nAcme,displays,Lumen,high\nCity,phones,Acme,medium\n")
    (folder / "more.csv").write_text("dependant,need,provider\nCity,trams,Rail\n")
    (folder / "flows.csv").write_text("supplier,customer,value\na,b,1\n")
    (folder / "two.csv").write_text("from,to,amount,sales\na,b,1,2\n")
    (folder / "q.rq").write_text("ASK {}")
    (folder / "nothing").mkdir()
    (folder / "circle").symlink_to("circle")
    (folder / "bad" / "folder.csv").mkdir(parents=True)
    for name, content in BAD_FILES.items():
        (folder / "bad" / name).write_bytes(content)
    with open_graph(folder / "st", write=True) as store:
        store.load("chips")
        store.load(folder / "list.csv")
    return folder


@pytest.fixture
def here(template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The template as the working folder: what is refused leaves it as it is."""
    monkeypatch.chdir(template)
    return template


@pytest.fixture
def run(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in the template folder; its exit code, output and messages."""
    import io
    import sys

    from knockon.cli import run as run_command

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(""))
        code = run_command(arguments)
        return code, *capsys.readouterr()

    return call


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder with its time and size, but the lock that writers take."""
    paths = (path for path in folder.rglob("*") if path.name not in {"write.lock", "LOCK", "LOG"})
    found = {str(path): path.lstat() for path in paths}
    return {name: (one.st_mtime_ns if not Path(name).is_dir() else 0, one.st_size) for name, one in found.items()}


@pytest.mark.parametrize(
    ("line", "code", "message"), CASES, ids=lambda value: str(value)[:60] if isinstance(value, str) else ""
)
def test_a_bad_call_is_refused_with_its_reason(run: Run, here: Path, line: str, code: int, message: str) -> None:
    """The exit code, the message, no control characters, and no file that was not there."""
    before = state(here)
    got, _, err = run(*shlex.split(line))
    assert (got, message in err) == (code, True), err
    assert "unexpected " not in err
    assert not HARMFUL.search(err)
    assert state(here) == before


@pytest.mark.parametrize("text", QUERIES, ids=lambda text: ascii(text[:40]))
def test_a_wrong_query_says_what_is_wrong(run: Run, text: str) -> None:
    """Exit 2 and the place in words; JSON where JSON was asked for."""
    code, out, err = run("query", text, "--store", "list.csv", "-f", "json")
    error = json.loads(out)["error"]
    assert (code, error["exit_code"]) == (2, 2)
    assert QUERIES[text] in error["message"], err
    assert not HARMFUL.search(err)


def test_an_option_that_counts_in_centuries_is_no_fault(run: Run) -> None:
    """Numbers larger than what the machine counts with are taken as large."""
    large = "9" * 30
    for arguments in (["loops", "--most", large], ["schema", "--top", large], ["schema", "--timeout", "1e300"]):
        code, _, err = run(*arguments, "--store", "list.csv")
        assert (code, "Traceback" in err) == (0, False), err


def test_messages_that_cannot_be_written_change_no_exit_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard error may be full: the command does what it does, and its exit code says the rest."""
    import sys

    class Full:
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            raise OSError(28, "No space left on device")

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stderr", Full())
    assert [run(*call)[0] for call in (["nosuch"], ["impact", "nosuch"], ["validate", "list.csv"])] == [2, 3, 0]


def test_a_day_that_is_none_makes_no_folder(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be dated is not begun."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    code, _, err = run("load", "list.csv", "--store", "new")
    assert (code, "SOURCE_DATE_EPOCH is 'soon'" in err) == (2, True)
    assert not (here / "new").exists()


def test_no_message_is_longer_than_a_screen(run: Run) -> None:
    """A path of thousands of characters is shown by its beginning."""
    _, _, err = run("validate", "y" * 5000)
    assert len(err) < 300
    assert re.match(r"error: y{80}\.\.\.: File name too long", err)
