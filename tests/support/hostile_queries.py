"""Queries that would take for ever, fill the memory, or leave the store."""

from __future__ import annotations

_PAIRS = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcdefgh")
_DOUBLED = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(31))

#: Queries that are stopped at a limit of time, memory, rows or bytes.
ENDLESS = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "cross product of values": f"SELECT (COUNT(*) AS ?n) {{ {_PAIRS} }}",
    "rows without end": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "distinct rows": "SELECT DISTINCT ?a ?e ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "sorted rows": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?f) ?a",
    "paths over all": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x:none>)* ?b . ?b (!<urn:x:none>)* ?c }",
    "paths and back": "SELECT (COUNT(*) AS ?n) { ?a (!ko:none|^(!ko:none))+ ?b . ?b (!ko:none|!^ko:none)* ?c }",
    "optional paths": "SELECT (COUNT(*) AS ?n) { ?a ((((ko:partOf?)*)+)?|!ko:none)* ?b . ?c !ko:none* ?d }",
    "negations": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?c !ko:none* ?x . ?y !ko:none* ?f FILTER(?x = ?y) } }",
    "doubled text": f"SELECT (STRLEN(?x31) AS ?n) {{ BIND('ab' AS ?x0) {_DOUBLED} }}",
    "joined text": "SELECT (GROUP_CONCAT(?all) AS ?x) { ?a ?b ?c . ?d ?e ?f . BIND(CONCAT(STR(?a), STR(?d)) AS ?all) }",
    "replaced text": (
        "SELECT (STRLEN(REPLACE(?x20, '.', ?x20)) AS ?n) { BIND('ab' AS ?x0) "
        + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(20))
        + " }"
    ),
    "regular expression": (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i "
        "FILTER(REGEX(CONCAT(STR(?a), STR(?d), STR(?g)), '(a*)*(b|c|.)*(x+x+)+y{1,300}$')) }"
    ),
    "large regular expression": "SELECT * { ?a ?b ?c FILTER(REGEX(STR(?c), '((((a{1,100}){1,100}){1,100}){1,100}){1,100}')) }",
    "construct": "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "describe": "DESCRIBE ?a ?d { ?a ?b ?c . ?d ?e ?f }",
    "losses": "SELECT (SUM(ko:loss(?s, ?e)) AS ?n) { ?s a ko:Shock . ?e ?p ?o . ?e2 ?p2 ?o2 . ?e3 ?p3 ?o3 }",
}

#: Queries that do not parse, are too deep or too large; each is answered at once.
REFUSED = {
    "deep brackets": "SELECT (" + "(" * 20_000 + "1" + ")" * 20_000 + " AS ?x) {}",
    "deep groups": "SELECT * " + "{ " * 20_000 + "}" * 20_000,
    "deep paths": "SELECT * { ?s " + "(" * 5_000 + "ko:partOf" + ")*" * 5_000 + " ?o }",
    "deep negations": "SELECT (" + "!" * 50_000 + "true AS ?x) {}",
    "deep filters": "SELECT * { " + "FILTER NOT EXISTS { " * 5_000 + "}" * 5_000 + " }",
    "many parts": "SELECT * { " + "?s ?p ?o . " * 50_000 + "}",
    "many unions": "SELECT * { {} " + "UNION {} " * 50_000 + "}",
    "long sums": "SELECT (1" + "+1" * 200_000 + " AS ?x) {}",
    "long text": "SELECT ('" + "a" * 1_500_000 + "' AS ?x) {}",
    "unclosed": "SELECT * { ?s ?p '''" + "a" * 100_000,
    "a character of its own": "SELECT * { ?s ?p 'a\0b' ",
    "nothing": "",
}


def leaving(port: int) -> dict[str, str]:
    """Return queries that would open a connection to a port of this machine, or read a file."""
    there = f"<http://127.0.0.1:{port}/sparql>"
    pattern = "{ ?s ?p ?o }"
    return {
        "plain": f"SELECT * {{ SERVICE {there} {pattern} }}",
        "silent": f"SELECT * {{ SERVICE SILENT {there} {pattern} }}",
        "mixed case": f"SELECT * {{ sErViCe {there} {pattern} }}",
        "no space": f"SELECT * {{SERVICE{there}{pattern}}}",
        "after a comment": f"SELECT * {{ # x\rSERVICE#<\n{there} {pattern} }}",
        "after a comparison": f"SELECT * {{ FILTER(1<2)SERVICE#>\n{there} {pattern} }}",
        "escaped": f"SELECT * {{ \\u0053ERVICE {there} {pattern} }}",
        "escaped long": f"SELECT * {{ SERV\\U00000049CE {there} {pattern} }}",
        "of a variable": f"SELECT * {{ VALUES ?g {{ {there} }} SERVICE ?g {pattern} }}",
        "by a prefix": f"PREFIX x: <http://127.0.0.1:{port}/> SELECT * {{ SERVICEx:sparql {pattern} }}",
        "in a filter": f"ASK {{ FILTER EXISTS {{ SERVICE {there} {pattern} }} }}",
        "in an optional": f"ASK {{ OPTIONAL {{ SERVICE {there} {pattern} }} }}",
        "in a minus": f"ASK {{ ?s ?p ?o MINUS {{ SERVICE {there} {pattern} }} }}",
        "in a nested query": f"SELECT * {{ {{ SELECT * {{ SERVICE {there} {pattern} }} }} }}",
        "in a construct": f"CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE {there} {pattern} }}",
        "lateral": f"SELECT * {{ ?s ?p ?o LATERAL {{ SERVICE {there} {pattern} }} }}",
        "from": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "from named": "SELECT * FROM NAMED <FILE:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
        "from by a prefix": "PREFIX f: <file:///etc/> SELECT * FROM f:passwd { ?s ?p ?o }",
        "load": f"LOAD {there}",
        "load a file": "LOAD <file:///etc/passwd> INTO GRAPH <urn:x:g>",
        "insert": f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE {there} {pattern} }}",
        "drop": "DROP ALL",
    }
