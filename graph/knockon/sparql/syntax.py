"""What is wrong with a SPARQL text that does not parse, in words and with its place.

The parser lists what it could have read next, which may be half the grammar.
People make a dozen mistakes: a bracket or quote that is not closed, a bare
word, a missing BY. These are looked for first, in the tokens of the text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from knockon.errors import QuerySyntaxError, nearest
from knockon.sparql.tokens import Token, place, tokens
from knockon.vocabulary import PREFIXES

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_WORDS = (
    "SELECT ASK CONSTRUCT DESCRIBE WHERE PREFIX BASE FROM NAMED DISTINCT REDUCED AS GROUP BY HAVING ORDER ASC DESC "
    "LIMIT OFFSET VALUES UNDEF OPTIONAL GRAPH BIND UNION MINUS FILTER EXISTS NOT IN A TRUE FALSE SEPARATOR LATERAL "
    "VERSION SERVICE SILENT COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG LANGMATCHES LANGDIR HASLANG "
    "HASLANGDIR STRLANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE "
    "ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ "
    "NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK "
    "ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE ADJUST E "
)
_KEYWORDS = frozenset(_WORDS.split())
EMPTY = "the query is empty; write e.g. SELECT ?company WHERE { ?company a ko:Company }"
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
#: What the parser says of a text that is well formed and makes no sense, and what that means.
_MEANINGS = {
    "The SELECT contains a variable that is unbound": (
        "SELECT names a variable that has no value beside an aggregate; add it to GROUP BY, or aggregate it"
    ),
    "IRI parsing failed": 'this is not an IRI; IRIs hold no spaces and none of < > " { } | ^ `',
}


def syntax_error(error: SyntaxError, text: str = "") -> QuerySyntaxError:
    """Return our error for one of the SPARQL parser: line, column, and what is wrong there.

    >>> str(syntax_error(SyntaxError("error at 1:35: expected one of ..."), "SELECT ?x WHERE { ?x a ko:Company "))
    "line 1, column 17: '{' is not closed; write '}' where it ends"
    """
    common = faults_of(text)
    return QuerySyntaxError(common[0] if common else _of_parser(str(error.msg or error), text, list(tokens(text))))


def faults_of(text: str) -> list[str]:
    """Return the common mistakes in a text, the most telling first; a query that parses has none.

    >>> faults_of("SELECT ?x { ?x a ko:Company } ORDER ?x")
    ['line 1, column 31: ORDER needs BY: write ORDER BY ?variable']
    """
    read = list(tokens(text))
    found = [check(read) for check in _CHECKS] if read else [(0, EMPTY)]
    return [f"{place(text, fault[0])}: {fault[1]}" for fault in found if fault is not None]


Fault = tuple[int, str] | None


def _undeclared_prefix(read: Sequence[Token]) -> Fault:
    declared, last = set(PREFIXES), ""
    for token in read:
        if token.kind == "prefixed":
            prefix = token.text.split(":", 1)[0]
            if last == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                close = nearest(prefix, declared)
                hint = f"; did you mean {close[0]}:?" if close else ""
                return token.start, f"the prefix {prefix}: is not declared{hint}"
        last = token.text.upper() if token.kind == "keyword" else ""
    return None


def open_string(token: Token) -> str:
    """Return what is wrong with a string that is not closed, or an empty string.

    >>> open_string(Token("string", "'chips", 0))
    "the text that begins here is not closed; write ' where it ends"
    """
    if token.kind == "string":
        quote = token.text[:3] if token.text[:3] in {'"""', "'''"} else token.text[:1]
        if len(token.text) < 2 * len(quote) or not token.text.endswith(quote):
            return f"the text that begins here is not closed; write {quote} where it ends"
    return ""


def _open_string(read: Sequence[Token]) -> Fault:
    return next(((token.start, fault) for token in read if (fault := open_string(token))), None)


def _brackets(read: Sequence[Token]) -> Fault:
    opened: list[Token] = []
    for token in read:
        if token.text in _PAIRS:
            opened.append(token)
        elif token.text in _PAIRS.values():
            if not opened:
                return token.start, f"{token.text!r} closes nothing"
            if _PAIRS[opened[-1].text] != token.text:
                return token.start, f"{token.text!r} stands where {_PAIRS[opened[-1].text]!r} must close {opened[-1].text!r}"
            opened.pop()
    if opened:
        return opened[-1].start, f"{opened[-1].text!r} is not closed; write {_PAIRS[opened[-1].text]!r} where it ends"
    return None


def _form(read: Sequence[Token]) -> Fault:
    """The first word after the prefixes must say what is asked."""
    at = 0
    while at < len(read) and read[at].text.upper() in {"PREFIX", "BASE", "VERSION"}:
        at += 3 if read[at].text.upper() == "PREFIX" else 2
    if at >= len(read):
        return read[-1].start, f"nothing is asked after the prefixes; a query begins with {', '.join(_FORMS)}"
    word = read[at].text
    if word.upper() in _FORMS:
        return None
    close = nearest(word.upper(), _FORMS, 1) if read[at].kind == "keyword" else []
    hint = f"did you mean {close[0]}?" if close else f"a query begins with {', '.join(_FORMS)}"
    return read[at].start, f"{word[:60]!r} does not begin a query; {hint}"


def _prefixes(read: Sequence[Token]) -> Fault:
    for token, after in pairwise(read):
        if token.text.upper() == "PREFIX" and not re.fullmatch(r"[^:]*:", after.text):
            return after.start, "PREFIX needs a name that ends in its colon: PREFIX x: <https://example.org/>"
    return None


def _commas(read: Sequence[Token]) -> Fault:
    """Variables of a SELECT stand side by side."""
    selecting = False
    depth = 0
    for token in read:
        word = token.text.upper()
        selecting = (selecting or word == "SELECT") and word not in {"WHERE", "FROM", "{"}
        depth += (token.text == "(") - (token.text == ")")
        if selecting and depth == 0 and token.text == ",":
            return token.start, "no comma between the variables of a SELECT; leave it out"
    return None


def _clauses(read: Sequence[Token]) -> Fault:
    """Keywords that need something particular after them."""
    for token, after in zip(read, [*read[1:], Token("end", "", 0)], strict=True):
        word = token.text.upper() if token.kind == "keyword" else ""
        if word in {"ORDER", "GROUP"} and after.text.upper() != "BY":
            return token.start, f"{word} needs BY: write {word} BY ?variable"
        if word in {"LIMIT", "OFFSET"} and not after.text.isdigit():
            return token.start, f"{word} needs a whole number, e.g. {word} 10"
        if word in {"FILTER", "HAVING"} and after.kind in {"variable", "string", "iri"}:
            return token.start, f"{word} needs brackets: write {word}(...)"
        if word == "WHERE" and after.text != "{":
            return token.start, "WHERE needs '{' after it"
    return None


def _open_iri(read: Sequence[Token]) -> Fault:
    for token, after in pairwise(read):
        if token.text == "<" and after.kind == "prefixed" and after.start == token.start + 1:
            return token.start, "the IRI that begins here is not closed, or has a space in it; write <...> without spaces"
    return None


def _language(read: Sequence[Token]) -> Fault:
    return next(((t.start, "'@' needs a language after it, e.g. \"chips\"@en") for t in read if t.text == "@"), None)


def _comparison(read: Sequence[Token]) -> Fault:
    """Comparisons stand in the brackets of an expression."""
    opened: list[str] = []
    for token in read:
        if token.text in _PAIRS:
            opened.append(token.text)
        elif token.text in _PAIRS.values():
            opened = opened[:-1]
        elif token.text in {"=", "&", "&&", ">"} and opened[-1:] == ["{"]:
            return token.start, f"a comparison ({token.text}) stands among the triples; write FILTER(...) around it"
    return None


def _unnamed_expression(read: Sequence[Token]) -> Fault:
    """An expression in a SELECT needs a name."""
    depth, begins = 0, -1
    names = False
    for token in read:
        if token.text == "{":
            return None
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "(" and depth == 1:
            begins, names = token.start, False
        names = names or (depth == 1 and token.text.upper() == "AS")
        if token.text == ")" and depth == 0 and not names:
            return begins, "an expression in a SELECT needs a name: write (... AS ?name)"
    return None


def _unfinished_expression(read: Sequence[Token]) -> Fault:
    for token, after in pairwise(read):
        if after.text == ")" and token.text in {"=", "<", ">", "&", "&&", "||", "!", "/", "-"}:
            return after.start, f"an expression is missing between {token.text!r} and ')'"
    return None


def _bare_word(read: Sequence[Token]) -> Fault:
    for token in read:
        if token.kind == "keyword" and token.text.upper() not in _KEYWORDS and not token.text.isdigit():
            word = token.text[:60]
            close = difflib.get_close_matches(word.upper(), sorted(_KEYWORDS), 1, 0.75)
            hint = f"did you mean {close[0]}, or " if close else "write "
            return token.start, (
                f"{word!r} is neither a keyword nor a term; {hint}a variable (?{word}), a name with a prefix (ko:{word}), "
                f'or text in quotes ("{word}")?'
            )
    return None


_CHECKS: tuple[Callable[[Sequence[Token]], Fault], ...] = (
    _open_string, _brackets, _prefixes, _form, _open_iri, _undeclared_prefix, _commas, _unnamed_expression, _clauses,
    _language, _comparison, _unfinished_expression, _bare_word,
)  # fmt: skip


def _of_parser(message: str, text: str, read: Sequence[Token]) -> str:
    """What the parser says, with the token at its place and as much of what it expected as a person can use."""
    match = _POSITION.search(message)
    if not match:
        return " ".join(message.split())
    line, column, expected = match.groups()
    offset = _offset(text, int(line), int(column))
    for part, meaning in _MEANINGS.items():
        if part in expected:
            return f"line {line}, column {column}: {meaning}"
    token = next((token for token in reversed(read) if token.start < offset or token.start == offset == 0), None)
    here = next((token for token in read if token.start == offset), token)
    wanted = _wanted(expected)
    where = f"line {line}, column {column}"
    if offset >= len(text.rstrip()) and (here is None or here.start + len(here.text) <= offset):
        if read[-1].text == "}":
            return f"{where}: the query does not parse; look for a triple, an expression or a clause that is not complete"
        return f"{where}: the query ends too early{f'; {wanted} could follow' if wanted else ''}"
    found = f"{here.text[:60]!r} does not fit here" if here else "this does not parse"
    return f"{where}: {found}{f'; {wanted} could stand here' if wanted else ''}"


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return sum(len(row) + 1 for row in lines[: line - 1]) + column - 1


def _wanted(expected: str) -> str:
    """What the parser expected, in words; empty where that is nothing or too much."""
    words = []
    if re.search(r'"[?$]"', expected):
        words.append("a variable")
    if '":"' in expected or "'A' ..= 'Z'" in expected:
        words.append("a name")
    if "['0'..='9']" in expected:
        words.append("a number")
    words += re.findall(r'"([{}()\[\].;])"', expected)
    return " or ".join(dict.fromkeys(words)) if len(words) <= 6 else ""
