"""How the answers of cli/structure.py read: their rows for people, and what is told beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knockon.cli.messages import note
from knockon.text import Fixed, Span


def point_row(point: Mapping[str, Any]) -> dict[str, Any]:
    """A point of failure as people read it."""
    from knockon.vocabulary import local_name

    name = _with_supplier(point["id"], point["sole_supplier"])
    way = " > ".join([point["id"], *(local_name(hop["dependant"]) for hop in point["path"])])
    marks = ["alone"] if point["single_point"] else []
    marks += ["on every path"] if point["dominator"] else []
    return {
        **point,
        "id": name,
        "loss": Fixed(point["loss"]),
        "range": _range(point),
        "critical": ", ".join(marks),
        "rests_on": links_rest_on(point["path"]) if point["path"] else "",
        "cited": len(point["evidence"]),
        "way": way if point["path"] else "costs nothing by itself",
    }


def set_row(one: Mapping[str, Any]) -> dict[str, Any]:
    """A cut set as people read it."""
    suppliers = one["sole_suppliers"]
    names = [_with_supplier(name, suppliers.get(iri)) for name, iri in zip(one["ids"], one["entities"], strict=True)]
    return {"size": one["size"], "entities": " + ".join(names), "loss": Fixed(one["loss"]), "range": _range(one)}


def _with_supplier(name: str, supplier: str | None) -> str:
    """A need with its only supplier, whose failure does the same."""
    from knockon.vocabulary import local_name

    return f"{name} (or {local_name(supplier)})" if supplier else name


def _range(row: Mapping[str, Any]) -> Span:
    return Span(Fixed(row["loss_low"]), Fixed(row["loss_high"]))


def chokepoint_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything in one list: each row says what it is."""
    rows = [{"kind": "point", "size": 1, "entities": [point["entity"]], **point} for point in answer["points"]]
    rows += [{"kind": "lesser point", "size": 1, "entities": [point["entity"]], **point} for point in answer["lesser"]]
    rows += [{"kind": "cut set", **one} for one in answer["cut_sets"]]
    passage = answer["narrowest"]
    return rows + ([{"kind": "narrowest passage", "size": len(passage), "entities": passage}] if passage else [])


def loop_row(loop: Mapping[str, Any]) -> dict[str, Any]:
    """A loop as people read it."""
    from knockon.vocabulary import local_name

    weakest = min(loop["links"], key=lambda link: link["passes"]["point"])
    marks = [f"{loop['supposed']} supposed"] if loop["supposed"] else []
    marks += ["a supplier that others make up for"] if loop["partial"] else []
    return {
        "strength": Fixed(loop["strength"]),
        "range": Span(Fixed(loop["strength_low"]), Fixed(loop["strength_high"])),
        "length": loop["length"],
        "loop": " needs ".join([*loop["ids"], loop["ids"][0]]),
        "weakest_link": local_name(weakest["dependency"]) if weakest["dependency"] else "supposed",
        "cited": len({tuple(span.values()) for link in loop["links"] for span in link["evidence"]}),
        "rests_on": ", ".join([links_rest_on(loop["links"]), *marks]),
    }


def links_rest_on(links: Sequence[Mapping[str, Any]]) -> str:
    """How many of some links are inferred and how many are judged in part, as their records have it.

    >>> links_rest_on([{"inferred": True, "judged": ["criticality"]}, {"inferred": False, "judged": []}])
    '1 inferred, 1 judged'
    >>> links_rest_on([{"inferred": False, "judged": []}])
    'what is stated'
    """
    counts = {"inferred": sum(bool(link["inferred"]) for link in links), "judged": sum(bool(link["judged"]) for link in links)}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "what is stated"


def concentration_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A need of one dependant, or of all, as people read it."""
    from knockon.vocabulary import local_name

    named = [f"{s['id']} {s['share']:.0%}" for s in row["suppliers"]]
    named += [f"not named {row['unassigned']:.0%}"] if row["unassigned"] else []
    shown: dict[str, Any] = {
        "need": local_name(row["need"]),
        "hhi": Fixed(row["hhi"], 0),
        "suppliers": ", ".join(named) + (" (split equally)" if row["split"] else ""),
        "sole_source": row["sole_source"],
        "cited": len(row["evidence"]),
    }
    if "dependants" in row:
        others = row["dependants_without_supplier"]
        return shown | {"dependants": [local_name(iri) for iri in row["dependants"]], "others": len(others)}
    return shown | {
        "dependant": local_name(row["dependant"]),
        "range": Span(Fixed(row["hhi_low"], 0), Fixed(row["hhi_high"], 0)),
        "criticality": Fixed(row["criticality"]["point"]),
        "alternatives": [_word(word) for word in row["alternatives"]],
        "switching_cost": [word.removeprefix("Switching").lower() for word in row["switching_cost"]],
        "judged": row["judged"],
    }


def _word(alternatives: str) -> str:
    """How many alternatives there are, in one word."""
    return alternatives.removesuffix("s").removesuffix("Alternative").replace("No", "none").lower()


def some_names(iris: Sequence[str], most: int = 8) -> str:
    """The first names of a list, and how many more there are."""
    from knockon.vocabulary import local_name

    more = f" and {len(iris) - most} more" if len(iris) > most else ""
    return (", ".join(local_name(iri) for iri in iris[:most]) or "none") + more


def world_notes(answer: Mapping[str, Any]) -> None:
    """Which day the answer is as of, what of its shock is not hit or ungraded, what fell away, and what was left out."""
    from knockon.analysis.impact.coverage import dependencies_left_out, not_hit
    from knockon.present.caveats import day, fallen, ungraded

    lines = [*day(answer), *not_hit(answer.get("missing_targets") or (), str(answer.get("shock") or ""))]
    lines += [ungraded(answer.get("ungraded_hits") or ()), fallen(answer), dependencies_left_out(answer["left_out"])]
    for line in filter(None, lines):
        note(line)
