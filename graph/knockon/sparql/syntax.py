"""Explain why a SPARQL text does not parse, with line and column.

The parser lists everything it expected, which may be half the grammar. The
common mistakes are few: a bracket or quote that is not closed, a bare word, a
missing BY. These are searched for first, in the tokens of the text.
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
#: Explanations of messages of the parser about well-formed but invalid texts.
_MEANINGS = {
    "The SELECT contains a variable that is unbound": (
        "SELECT names a variable that has no value beside an aggregate; add it to GROUP BY, or aggregate it"
    ),
    "IRI parsing failed": 'this is not an IRI; IRIs contain no spaces and none of < > " { } | ^ `',
}


def syntax_error(error: SyntaxError, text: str = "", *, is_update: bool = False) -> QuerySyntaxError:
    """Convert an error of the SPARQL parser on a query or an update: line, column, and an explanation.

    >>> str(syntax_error(SyntaxError("error at 1:35: expected one of ..."), "SELECT ?x WHERE { ?x a ko:Company "))
    "line 1, column 17: '{' is not closed; write '}' where it ends"
    """
    common = common_faults(text, _UPDATE_CHECKS if is_update else _CHECKS)
    return QuerySyntaxError(common[0] if common else _explain_parser_message(str(error.msg or error), text, list(tokens(text))))


def common_faults(text: str, checks: Sequence[Check] | None = None) -> list[str]:
    """Return the common mistakes in a text, the most specific first; empty for a valid query.

    >>> common_faults("SELECT ?x { ?x a ko:Company } ORDER ?x")
    ['line 1, column 31: ORDER needs BY: write ORDER BY ?variable']
    """
    parsed_tokens = list(tokens(text))
    faults = [check(parsed_tokens) for check in checks or _CHECKS] if parsed_tokens else [(0, EMPTY)]
    return [f"{place(text, fault[0])}: {fault[1]}" for fault in faults if fault is not None]


Fault = tuple[int, str] | None
Check = Callable[[Sequence[Token]], Fault]


def _undeclared_prefix(query_tokens: Sequence[Token]) -> Fault:
    declared, last = set(PREFIXES), ""
    for token in query_tokens:
        if token.kind == "prefixed":
            prefix = token.text.split(":", 1)[0]
            if last == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                suggestions = nearest(prefix, declared)
                hint = f"; did you mean {suggestions[0]}:?" if suggestions else ""
                return token.start, f"the prefix {prefix}: is not declared{hint}"
        last = token.text.upper() if token.kind == "keyword" else ""
    return None


def unclosed_string_fault(token: Token) -> str:
    """Return the message for a string that is not closed, or an empty string.

    >>> unclosed_string_fault(Token("string", "'chips", 0))
    "the text that begins here is not closed; write ' where it ends"
    """
    if token.kind == "string":
        quote = token.text[:3] if token.text[:3] in {'"""', "'''"} else token.text[:1]
        if len(token.text) < 2 * len(quote) or not token.text.endswith(quote):
            return f"the text that begins here is not closed; write {quote} where it ends"
    return ""


def _open_string(query_tokens: Sequence[Token]) -> Fault:
    return next(((token.start, fault) for token in query_tokens if (fault := unclosed_string_fault(token))), None)


def _brackets(query_tokens: Sequence[Token]) -> Fault:
    opened: list[Token] = []
    for token in query_tokens:
        if token.text in _PAIRS:
            opened.append(token)
        elif token.text in _PAIRS.values():
            if not opened:
                return token.start, f"{token.text!r} closes nothing"
            if _PAIRS[opened[-1].text] != token.text:
                return token.start, f"{token.text!r} is where {_PAIRS[opened[-1].text]!r} must close {opened[-1].text!r}"
            opened.pop()
    if opened:
        return opened[-1].start, f"{opened[-1].text!r} is not closed; write {_PAIRS[opened[-1].text]!r} where it ends"
    return None


def _form(query_tokens: Sequence[Token]) -> Fault:
    """Check that the query has a form (SELECT, ASK, ...) after the prefixes."""
    index = 0
    while index < len(query_tokens) and query_tokens[index].text.upper() in {"PREFIX", "BASE", "VERSION"}:
        index += 3 if query_tokens[index].text.upper() == "PREFIX" else 2
    if index >= len(query_tokens):
        return query_tokens[-1].start, f"there is no query after the prefixes; a query begins with {', '.join(_FORMS)}"
    word = query_tokens[index].text
    if word.upper() in _FORMS:
        return None
    suggestions = nearest(word.upper(), _FORMS, 1) if query_tokens[index].kind == "keyword" else []
    hint = f"did you mean {suggestions[0]}?" if suggestions else f"a query begins with {', '.join(_FORMS)}"
    return query_tokens[index].start, f"{word[:60]!r} does not begin a query; {hint}"


def _prefixes(query_tokens: Sequence[Token]) -> Fault:
    for token, after in pairwise(query_tokens):
        if token.text.upper() == "PREFIX" and not re.fullmatch(r"[^:]*:", after.text):
            return after.start, "PREFIX needs a name that ends in its colon: PREFIX x: <https://example.org/>"
    return None


def _commas(query_tokens: Sequence[Token]) -> Fault:
    """Check that the variables of a SELECT are not separated by commas."""
    selecting = False
    depth = 0
    for token in query_tokens:
        word = token.text.upper()
        selecting = (selecting or word == "SELECT") and word not in {"WHERE", "FROM", "{"}
        depth += (token.text == "(") - (token.text == ")")
        if selecting and depth == 0 and token.text == ",":
            return token.start, "no comma is allowed between the variables of a SELECT; remove it"
    return None


def _clauses(query_tokens: Sequence[Token]) -> Fault:
    """Check keywords that must be followed by a certain token."""
    for token, after in zip(query_tokens, [*query_tokens[1:], Token("end", "", 0)], strict=True):
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


def _open_iri(query_tokens: Sequence[Token]) -> Fault:
    for token, after in pairwise(query_tokens):
        if token.text == "<" and after.kind == "prefixed" and after.start == token.start + 1:
            return token.start, "the IRI that begins here is not closed, or has a space in it; write <...> without spaces"
    return None


def _language(query_tokens: Sequence[Token]) -> Fault:
    return next(((t.start, "'@' needs a language after it, e.g. \"chips\"@en") for t in query_tokens if t.text == "@"), None)


def _comparison(query_tokens: Sequence[Token]) -> Fault:
    """Check that comparisons are inside the brackets of an expression."""
    opened: list[str] = []
    for token in query_tokens:
        if token.text in _PAIRS:
            opened.append(token.text)
        elif token.text in _PAIRS.values():
            opened = opened[:-1]
        elif token.text in {"=", "&", "&&", ">"} and opened[-1:] == ["{"]:
            return token.start, f"a comparison ({token.text}) is among the triples; write FILTER(...) around it"
    return None


def _unnamed_expression(query_tokens: Sequence[Token]) -> Fault:
    """Check that each expression in a SELECT has a name."""
    depth, begins = 0, -1
    names = False
    for token in query_tokens:
        if token.text == "{":
            return None
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "(" and depth == 1:
            begins, names = token.start, False
        names = names or (depth == 1 and token.text.upper() == "AS")
        if token.text == ")" and depth == 0 and not names:
            return begins, "an expression in a SELECT needs a name: write (... AS ?name)"
    return None


def _unfinished_expression(query_tokens: Sequence[Token]) -> Fault:
    for token, after in pairwise(query_tokens):
        if after.text == ")" and token.text in {"=", "<", ">", "&", "&&", "||", "!", "/", "-"}:
            return after.start, f"an expression is missing between {token.text!r} and ')'"
    return None


def _bare_word(query_tokens: Sequence[Token]) -> Fault:
    for token in query_tokens:
        if token.kind == "keyword" and token.text.upper() not in _KEYWORDS and not token.text.isdigit():
            word = token.text[:60]
            suggestions = difflib.get_close_matches(word.upper(), sorted(_KEYWORDS), 1, 0.75)
            hint = f"did you mean {suggestions[0]}, or " if suggestions else "write "
            return token.start, (
                f"{word!r} is neither a keyword nor a term; {hint}a variable (?{word}), a name with a prefix (ko:{word}), "
                f'or text in quotes ("{word}")?'
            )
    return None


_CHECKS: tuple[Check, ...] = (
    _open_string, _brackets, _prefixes, _form, _open_iri, _undeclared_prefix, _commas, _unnamed_expression, _clauses,
    _language, _comparison, _unfinished_expression, _bare_word,
)  # fmt: skip


#: The checks of what updates share with queries.
_UPDATE_CHECKS: tuple[Check, ...] = (_open_string, _brackets, _prefixes, _open_iri, _undeclared_prefix)


def _explain_parser_message(message: str, text: str, parsed_tokens: Sequence[Token]) -> str:
    """Rephrase a message of the parser, with the token at its position and a short list of what was expected."""
    match = _POSITION.search(message)
    if not match:
        return " ".join(message.split())
    line, column, expected = match.groups()
    offset = _offset(text, int(line), int(column))
    for part, meaning in _MEANINGS.items():
        if part in expected:
            return f"line {line}, column {column}: {meaning}"
    token = next((token for token in reversed(parsed_tokens) if token.start < offset or token.start == offset == 0), None)
    current = next((token for token in parsed_tokens if token.start == offset), token)
    expected_words = _expected_words(expected)
    where = f"line {line}, column {column}"
    if offset >= len(text.rstrip()) and (current is None or current.start + len(current.text) <= offset):
        if parsed_tokens[-1].text == "}":
            return f"{where}: the query does not parse; look for a triple, an expression or a clause that is not complete"
        return f"{where}: the query ends too early{f'; {expected_words} could follow' if expected_words else ''}"
    finding = f"{current.text[:60]!r} does not fit here" if current else "this does not parse"
    return f"{where}: {finding}{f'; {expected_words} could be here' if expected_words else ''}"


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return sum(len(row) + 1 for row in lines[: line - 1]) + column - 1


def _expected_words(expected: str) -> str:
    """Return what the parser expected, in words; empty if that is nothing or too long."""
    words = []
    if re.search(r'"[?$]"', expected):
        words.append("a variable")
    if '":"' in expected or "'A' ..= 'Z'" in expected:
        words.append("a name")
    if "['0'..='9']" in expected:
        words.append("a number")
    words += re.findall(r'"([{}()\[\].;])"', expected)
    return " or ".join(dict.fromkeys(words)) if len(words) <= 6 else ""
