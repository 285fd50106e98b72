"""impact, exposure, explain, chains: what shocks do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.options import (
    AccordingTo,
    AsOf,
    Cap,
    Eps,
    FactsOnly,
    Financing,
    Format,
    MinLoss,
    Model,
    Output,
    Stances,
    Store,
    Without,
    emit,
    emit_json,
    emit_rows,
    form_of,
    graph,
    note,
    options,
    working,
)
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.impact import ImpactReport
    from knockon.graph import Graph

_CAPPED = 5
ImpactFormat = Annotated[
    str | None,
    typer.Option("--format", "-f", help="table, json, jsonl, csv, md, or ttl (the run as RDF); --all: csv unless asked."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(impact)
    app.command()(exposure)
    app.command()(explain)
    app.command()(chains)


def impact(
    shock: Annotated[str | None, typer.Argument(help="A shock of the graph; without one they are listed.")] = None,
    hit: Annotated[
        list[str] | None,
        typer.Option(
            "--hit", metavar="ENTITY=SEVERITY", help="A shock of your own: essential, high, medium, low, or 0..1 (repeatable)."
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every shock on every entity.")] = False,
    store: Store = None,
    format_: ImpactFormat = None,
    output: Output = None,
    model: Model = "leontief",
    min_loss: MinLoss = 0.05,
    facts_only: FactsOnly = False,
    financing: Financing = False,
    stance: Stances = None,
    as_of: AsOf = None,
    according_to: AccordingTo = None,
    without: Without = None,
    eps: Eps = None,
    cap: Cap = None,
) -> int:
    """Who loses how much when a shock strikes."""
    given = options(
        model=model, facts_only=facts_only, financing=financing, stance=stance, as_of=as_of,
        according_to=according_to, without=without, eps=eps, cap=cap,
    )  # fmt: skip
    if (shock is not None) + bool(hit) + every > 1:
        raise UsageError("name a shock, or give --hit, or say --all: one of the three")
    opened = graph(store)
    if every:
        return _all(opened, given, form_of(format_, ("csv", "table", "json", "jsonl", "md")), min_loss, output)
    if shock is None and not hit:
        _list(opened, form_of(format_), output)
        return 0
    report = opened.impact(shock, hit=_hits(hit or ()) if hit else None, **given)
    _write(report, form_of(format_, ("table", "json", "jsonl", "csv", "md", "ttl")), min_loss, output)
    return _CAPPED if report.truncated else 0


def _hits(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, equals, severity = one.rpartition("=")
        if not equals or not name.strip() or not severity.strip():
            raise UsageError(f"--hit {one!r}: write ENTITY=SEVERITY, e.g. --hit nvidia=high or --hit nvidia=0.4")
        if name.strip() in found:
            raise UsageError(f"--hit names {name.strip()!r} twice")
        found[name.strip()] = severity.strip()
    return found


def _list(opened: Graph, form: str, output: Path | None) -> None:
    from knockon.model import Shock
    from knockon.vocabulary import local_name

    rows = [
        {
            "shock": shock.name,
            "label": shock.label,
            "status": shock.status.value if shock.status else None,
            "legal_basis": [local_name(iri) for iri in shock.legal_basis],
            "iri": shock.id,
        }
        for shock in opened.records(Shock)
    ]
    emit_rows(rows, ["shock", "label", "status", "legal_basis"], form, output)
    note(f"{len(rows)} shocks; `knockon impact SHOCK` says what one does, `--hit ENTITY=SEVERITY` makes one")


def _all(opened: Graph, given: dict[str, Any], form: str, min_loss: float, output: Path | None) -> int:
    from knockon.analysis.impact import flat

    with working("every shock"):
        reports = opened.impacts(**given)
    rows = [{"shock": r.shock.id, "shock_id": r.shock.name, **flat(i)} for r in reports for i in r.impacts]
    shown = rows if form in {"json", "jsonl", "csv"} else [row for row in rows if row["loss"] >= min_loss]
    columns = ["shock_id", "id", "label", "class", "loss", "loss_low", "loss_high", "step"]
    emit_rows(
        shown, columns if form in {"table", "md"} else ["shock", "entity", *columns, "dependency", "provider"], form, output
    )
    if len(shown) < len(rows):
        note(f"{len(rows) - len(shown)} rows with a loss below {min_loss} not shown; --min-loss 0 shows all")
    return _CAPPED if any(r.truncated for r in reports) else 0


def _write(report: ImpactReport, form: str, min_loss: float, output: Path | None) -> None:
    from knockon.analysis.impact import flat

    if form == "json":
        emit_json(report.to_dict(), output)
        _notes(report)
        return
    if form == "ttl":
        from knockon.analysis.run import turtle

        emit(turtle(report), output)
        return
    if form in {"table", "md"}:
        rows = impact_rows(report, min_loss)
        columns = ["step", "id", "label", "class", "loss", "range", "via", "rests_on"]
    else:
        rows = [{k: v for k, v in flat(one).items() if k not in {"support", "evidence"}} for one in report.impacts]
        columns = ["entity", "id", "label", "class", "loss", "loss_low", "loss_high", "step", "dependency", "provider"]
    emit_rows(rows, columns, form, output, title=report.shock.label)
    hidden = len(report.impacts) - len(rows)
    if hidden:
        note(f"{hidden} entities with a loss below {min_loss} not shown; --min-loss 0 shows all")
    _notes(report)


def impact_rows(report: ImpactReport, min_loss: float) -> list[dict[str, Any]]:
    """The rows of a report as people read them; smaller losses than ``min_loss`` are left out."""
    from knockon.vocabulary import local_name

    rows = []
    for one in report.impacts:
        if one.loss >= min_loss:
            via = local_name(one.dependency) if one.dependency else "hit"
            rows.append(
                {
                    "step": one.step,
                    "id": local_name(one.entity),
                    "label": one.label,
                    "class": one.cls,
                    "loss": f"{one.loss:.2f}",
                    "range": f"{one.loss_low:.2f}-{one.loss_high:.2f}",
                    "via": via + (f" ({local_name(one.provider)})" if one.provider else ""),
                    "rests_on": rests_on(one.support),
                }
            )
    return rows


def rests_on(support: Any) -> str:
    """What an answer rests on, in a few words."""
    said = [support.stance.value.lower() if support.stance else "unsourced"]
    said += [f"{len(support.inferred)} inferred"] if support.inferred else []
    said += [f"{support.unknown} unknown"] if support.unknown else []
    said += [f"{support.disputed} disputed"] if support.disputed else []
    said += [f"{support.split} split shares"] if support.split else []
    return ", ".join(said)


def _notes(report: ImpactReport) -> None:
    from knockon.vocabulary import local_name

    total = len(report.impacts) + report.unaffected
    note(
        f"{len(report.impacts)} of {total} entities lose something; {report.model}, {report.iterations} rounds, "
        f"residual {report.residual:.1g}, stopped by {report.stopped_by}; {report.unknown_share:.0%} of links ungraded"
    )
    if report.model == "leontief":
        note("losses are the greatest single one, not a sum: independent partial losses are understated")
    worse = [c for c in report.companies if c["worst_part"] and c["worst_part_loss"] > c["loss"]]
    for company in worse:
        part = f"its worst part {local_name(company['worst_part'])} {company['worst_part_loss']:.2f}"
        note(f"{company['label']}: {company['loss']:.2f} itself, {part}")
    for missing in report.missing:
        note(f"not hit: {local_name(missing)} is not there")
    if report.fallen:
        note(f"{len(report.fallen)} records fell away with the world asked for: {_some(report.fallen)}")
    if report.left_out:
        reasons = sorted(set(report.left_out.values()))
        note(f"{len(report.left_out)} dependencies left out ({', '.join(reasons)}): {_some(sorted(report.left_out))}")
    if report.truncated:
        note("STOPPED BY ITS CAP: losses may be too low; raise --cap")


def _some(iris: Sequence[str], most: int = 8) -> str:
    from knockon.vocabulary import local_name

    names = ", ".join(local_name(iri) for iri in iris[:most])
    return names + (f" and {len(iris) - most} more (all in --format json)" if len(iris) > most else "")


def exposure(
    entity: Annotated[str, typer.Argument(help="An entity by id, label or IRI.")],
    store: Store = None,
    format_: Format = None,
    output: Output = None,
    model: Model = "leontief",
    facts_only: FactsOnly = False,
    financing: Financing = False,
    stance: Stances = None,
    as_of: AsOf = None,
    according_to: AccordingTo = None,
    without: Without = None,
) -> None:
    """Every shock's loss for one entity, worst first."""
    form = form_of(format_)
    given = options(
        model=model,
        facts_only=facts_only,
        financing=financing,
        stance=stance,
        as_of=as_of,
        according_to=according_to,
        without=without,
    )
    answer = graph(store).exposure(entity, **given)
    if form == "json":
        emit_json(answer, output)
        return
    columns = ["id", "label", "status", "loss", "loss_low", "loss_high", "step", "worst_part", "worst_part_loss"]
    emit_rows(_short(answer["exposures"], "worst_part"), columns, form, output)
    note(f"{len(answer['unaffected'])} shocks do not reach {answer['id']}")


def _short(rows: Sequence[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    from knockon.vocabulary import local_name

    return [{**row, column: local_name(row[column]) if row[column] else None} for row in rows]


def explain(
    shock: Annotated[str, typer.Argument(help="A shock of the graph.")],
    entity: Annotated[str, typer.Argument(help="An entity that it reaches.")],
    store: Store = None,
    format_: Format = None,
    output: Output = None,
    model: Model = "leontief",
    facts_only: FactsOnly = False,
    financing: Financing = False,
    stance: Stances = None,
    as_of: AsOf = None,
    according_to: AccordingTo = None,
    without: Without = None,
) -> None:
    """Why a shock reaches an entity: the causal tree, each edge with its evidence."""
    form = form_of(format_, ("table", "json", "md"))
    given = options(
        model=model,
        facts_only=facts_only,
        financing=financing,
        stance=stance,
        as_of=as_of,
        according_to=according_to,
        without=without,
    )
    answer = graph(store).explain(shock, entity, **given)
    if form == "json":
        emit_json(answer.to_dict(), output)
    elif form == "md":
        emit(answer.to_markdown(), output)
    else:
        from knockon.views.tree import tree

        emit(tree(answer.to_dict()), output)


def chains(
    store: Store = None,
    format_: Format = None,
    output: Output = None,
    facts_only: FactsOnly = False,
    according_to: AccordingTo = None,
    without: Without = None,
) -> None:
    """Each documented chain against the computed cascade."""
    form = form_of(format_)
    answer = graph(store).chains(**options(facts_only=facts_only, according_to=according_to, without=without))
    if form == "json":
        emit_json(answer, output)
        return
    rows = [_chain_row(chain) for chain in answer]
    emit_rows(rows, ["id", "kind", "steps", "reached", "in_order", "missed"], form, output)
    tested = [chain for chain in answer if chain["testable"]]
    full, others = sum(chain["complete"] for chain in tested), len(answer) - len(tested)
    note(f"{full} of {len(tested)} cascades reached in full; the other {others} chains are not testable")


def _chain_row(chain: dict[str, Any]) -> dict[str, Any]:
    if not chain["testable"]:
        return {**chain, "reached": chain["why"], "in_order": None, "missed": None}
    steps = chain["steps"]
    missed = [f"step {s['order']}: {', '.join(s['not_reached'])}" for s in steps if s["not_reached"]]
    reached = f"{sum(s['reached'] for s in steps)} of {len(steps)}"
    return {**chain, "steps": len(steps), "reached": reached, "in_order": chain["in_order"], "missed": missed}
