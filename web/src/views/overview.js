// The panel where nothing is selected: the run or the graph at a glance.
import { foldable, h, named, numberTerm, quietLine } from "../dom.js";
import { documents } from "../model/data.js";
import { count, day, percent, plural } from "../model/format.js";
import { impacts, lastStep, run, silence } from "../model/runs.js";
import { present } from "../model/world-filter.js";
import { state } from "../store.js";
import { caveats } from "./caveats.js";
import { address } from "./facts.js";

// How the numbers came about: what a reader needs to judge them.
function runFacts() {
  const facts = [
    ["Model", run.model],
    ["Parameters", run.parameters],
    [
      "Stopped",
      typeof run.iterations === "number" &&
        `after ${plural(run.iterations, "iteration", "iterations")}, by ${run.stopped_by}`,
    ],
    ["Residual", run.residual],
    ["Weights unknown", run.unknown_share !== undefined && run.unknown_share > 0 && percent(run.unknown_share)],
    ["Network", run.network_hash && String(run.network_hash).slice(0, 12)],
  ];
  const terms = facts
    .filter(([, value]) => value || value === 0)
    .map(([key, value]) => [h("dt", {}, key), named(String(value), "dd")]);
  return [caveats(), foldable("How it was computed", null, false, h("dl", { class: "run" }, terms))];
}
export function outcome() {
  const grave = impacts.filter((impact) => impact.loss >= 0.5).length;
  return [
    h("h2", {}, "The cascade at a glance"),
    h(
      "dl",
      { class: "numbers" },
      numberTerm(
        run.affected ?? impacts.length,
        typeof run.unaffected === "number"
          ? `of ${count((run.affected ?? impacts.length) + run.unaffected)} affected`
          : "affected",
      ),
      typeof run.unaffected === "number" &&
        numberTerm(run.unaffected, run.unaffected === 1 ? "loses nothing" : "lose nothing"),
      run.affected === undefined
        ? numberTerm(grave, "lose half or more")
        : numberTerm(impacts.length, "of them on this page"),
      numberTerm(lastStep, lastStep === 1 ? "step" : "steps"),
    ),
    quietLine(
      !impacts.length
        ? silence || "Nothing in this graph loses anything by this shock."
        : "Each column is one step further from the shock. Pick an entity to see why it loses: the way back to the shock, and the source of each link.",
    ),
    runFacts(),
  ];
}
export function overview() {
  const { nodes: entities, edges: links, facts: known } = present();
  const dated = documents
    .filter((d, row) => state.world.document < 0 || state.world.document === row)
    .map((d) =>
      h(
        "li",
        {},
        d.title !== d.url && named(d.title, "span", { class: "document" }),
        address(d),
        h("span", { class: "where" }, ` · ${day(d.issued) || "undated"}`),
      ),
    );
  const cited = known.filter((fact) => fact.evidence.length).length;
  return [
    h("h2", {}, "At a glance"),
    h(
      "dl",
      { class: "numbers" },
      numberTerm(entities.length, "entities"),
      numberTerm(links.length, "links"),
      numberTerm(known.length, "facts"),
      numberTerm(cited, "with a source"),
    ),
    quietLine("Select an entity to read its facts, each with its source. A double click brings in its neighbours."),
    documents.length > 0 &&
      foldable("Sources", dated.length, documents.length <= 12, h("ul", { class: "sources" }, dated)),
  ];
}
