// The side panel: what is known about the selection, and why it loses what it loses.

import { partLine, shortLines } from "./bearing.js";
import { comparedWhys, comparison } from "./compare.js";
import { LAST, lossDot, runFacts } from "./cascade.js";
import { causalPath, documents, impacts, nodes, run, silence } from "./data.js";
import { INFERRED, groupSection, groups, mark, noteLines, sources } from "./facts.js";
import { keepFocus } from "./focus.js";
import { focusStage, tell } from "./main.js";
import { present } from "./members.js";
import { clearSelection, hiddenNeighbours, selectRow, setView, state, toggleNeighbours } from "./state.js";
import { wayButtons, wayParts } from "./waylist.js";
import { $, count, day, glyph, h, named, percent, range } from "./style.js";


const sparql = (name) => {
  const safe = name.replace(/[\u0000-\u0020<>"{}|\\^`]/g, encodeURIComponent);
  return `SELECT ?subject ?property ?object WHERE {\n  { BIND(<${safe}> AS ?subject) ?subject ?property ?object }\n  UNION\n  { BIND(<${safe}> AS ?object) ?subject ?property ?object }\n}`;
};
export async function copy(value, what) {
  let done = true;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // No clipboard in a sandboxed frame: the old way.
    const area = h("textarea", { class: "away", readonly: true });
    area.value = value;
    document.body.append(area);
    const held = document.activeElement;
    area.select();
    done = document.execCommand("copy");
    area.remove();
    held.focus({ preventScroll: true });
  }
  tell(done ? `${what} copied` : `Could not copy: this frame or browser forbids it`);
}
export const button = (label, onclick, props = {}) => h("button", { type: "button", onclick, ...props }, label);

export const number = (value, label) => h("div", {}, h("dt", {}, label), h("dd", {}, count(value)));
function outcome() {
  const grave = impacts.filter((impact) => impact.loss >= 0.5).length;
  return [
    h("h2", {}, "The cascade at a glance"),
    h("dl", { class: "numbers" }, number(run.affected ?? impacts.length, typeof run.unaffected === "number" ? `of ${count((run.affected ?? impacts.length) + run.unaffected)} affected` : "affected"), typeof run.unaffected === "number" && number(run.unaffected, run.unaffected === 1 ? "loses nothing" : "lose nothing"), run.affected === undefined ? number(grave, "lose half or more") : number(impacts.length, "of them on this page"), number(LAST, LAST === 1 ? "step" : "steps")),
    h("p", { class: "quiet" }, !impacts.length ? silence || "Nothing in this graph loses anything by this shock." : "Each column is one step further from the shock. Pick an entity to see why it loses: the way back to the shock, and the source of each link."),
    runFacts(),
  ];
}
function overview() {
  const { nodes: entities, edges: links, facts: known } = present();
  const dated = documents.filter((d, row) => state.world.document < 0 || state.world.document === row).map((d) => h("li", {}, named(d.title, "span", { class: "document" }), h("span", { class: "where" }, ` · ${day(d.issued) || "undated"}`)));
  const cited = known.filter((fact) => fact.evidence.length).length;
  return [
    h("h2", {}, "At a glance"),
    h("dl", { class: "numbers" }, number(entities.length, "entities"), number(links.length, "links"), number(known.length, "facts"), number(cited, "with a source")),
    h("p", { class: "quiet" }, "Select an entity to read its facts, each with its source. A double click brings in its neighbours."),
    documents.length > 0 && h("details", { open: documents.length <= 12 }, h("summary", {}, h("h3", {}, "Sources"), h("span", { class: "count" }, count(dated.length))), h("ul", { class: "sources" }, dated)),
  ];
}

function entityHead(node) {
  return [
    h("div", { class: "title" }, glyph(node.class), h("div", {}, h("p", { class: "class" }, node.class.label, node.inferred && [" ", mark("inferred", INFERRED, "inferred")]), named(node.label, "h2", { tabindex: "-1" }))),
    node.alias.length > 0 && h("p", { class: "aliases" }, "Also ", node.alias.map((name, i) => [i ? ", " : "", named(name)])),
    node.identifier.length > 0 && h("p", { class: "aliases" }, node.identifier.map((name) => named(name, "code"))),
    node.comment && named(node.comment, "p", { class: "comment" }),
    node.bare && h("p", { class: "comment" }, state.world.document >= 0 ? "This document only names it." : "It does not hold on this day; what holds only names it."),
    h("div", { class: "actions" },
      state.view === "map" && button(hiddenNeighbours(node.index).length ? "Expand" : "Collapse", () => toggleNeighbours(node.index), { id: "expand" }),
      state.view === "cascade" && button("Map", () => setView("map")),
      wayButtons(),
      button("Copy IRI", () => copy(node.iri, "IRI")), button("Copy SPARQL", () => copy(sparql(node.iri), "SPARQL"))),
  ];
}

// What a shock does to an entity is a record of its own, named after the shock.
const shockJudged = (impact, shock) => impact.judged.some((iri) => iri.startsWith(`${shock}--`));
// How hard it is, where nobody stated it: the placeholder is named as one.
const amount = (impact, shown) => (impact.ungraded && shown.unstated ? `, by ${shown.unstated}` : "");
function whyStep(impact, { open, run: shown }) {
  const said = [...new Set(impact.facts)];
  const fact = said[0];
  const cited = fact?.evidence.length ? fact.evidence : impact.evidence;
  const link = impact.dependency ? h("div", { class: "carrier" },
    h("p", { class: "key" }, impact.cause < 0 ? "the shock cuts it off from " : fact ? "because it needs " : "through ", fact && fact.ends.length === 2 ? named(nodes[fact.ends[1]].label, "b") : named(impact.dependency), impact.cause < 0 && amount(impact, shown)),
    fact && noteLines(fact), sources(cited)) : null;
  const name = h("button", { type: "button", class: "entity", onclick: () => open(impact) }, lossDot(impact), named(impact.label), h("b", { class: "loss" }, percent(impact.loss)));
  return h("li", {}, link, name, !link && h("div", { class: "carrier" }, h("p", { class: "key" }, "hit by the shock itself", amount(impact, shown)), sources(impact.evidence)));
}
const SHOCK_JUDGED = "What the shock strikes, or how hard, is our reading, not a document’s word";
const UNGRADED = "No source says how hard the shock strikes";
// Of the run that is shown, or of one of two that are compared.
export function why(impact, side = { title: "Why", run, impacts, open: (one) => selectRow(one.index) }) {
  const path = causalPath(impact, side.impacts);
  return h("section", { class: "why", id: "why" },
    h("h3", {}, side.title),
    h("p", { class: "quiet" }, `Loses ${percent(impact.loss)}`, range(impact) && ` (${range(impact)})`, impact.step ? ` at step ${impact.step}` : ", hit by the shock itself", impact.rests && ` · rests on: ${impact.rests}`),
    h("ol", {}, h("li", { class: "shock" }, named(String(side.run.shock_label || side.run.shock || "Shock"), "b"), shockJudged(path[0], side.run.shock) && [" ", mark("judged", SHOCK_JUDGED, "judged")], path[0].ungraded && [" ", mark("ungraded", UNGRADED, "inferred")]), path.map((one) => whyStep(one, side))));
}

// Where the keyboard goes on when what it was on is gone: to the button of the paths that were closed, to the
// heading of another entity, or, where the panel was closed, to the map or the board.
let subject = null;
function instead(held, now) {
  if (!now) return { focus: focusStage };
  return (now === subject && held.closest(".ways") && $("paths")) || $("panel").querySelector("h2[tabindex]");
}
export function renderPanel() {
  const panel = $("panel");
  const impact = state.row >= 0 ? impacts[state.row] : null;
  const node = state.selected >= 0 ? nodes[state.selected] : null;
  const parts = node ? [entityHead(node), wayParts()] : impact ? [named(impact.label, "h2", { tabindex: "-1" })] : [{ cascade: outcome, compare: comparison }[state.view]?.() ?? overview()];
  if (node && state.view !== "compare") parts.push(partLine(node.index), shortLines(node.index));
  if (state.view === "compare") parts.push(...comparedWhys());
  else if (impact) parts.push(why(impact));
  if (node) {
    const sections = groups(node.index).map((group) => groupSection(group, node.index));
    parts.push(sections.length ? sections : h("p", { class: "quiet" }, "Nothing else is known about it."));
    parts.push(h("details", {}, h("summary", {}, h("h3", {}, "Named in"), h("span", { class: "count" }, count(node.evidence.length))), sources(node.evidence)));
  }
  const close = (node || impact) && h("button", { type: "button", class: "close", "aria-label": "Close facts", onclick: () => clearSelection() }, "×");
  keepFocus(panel, () => panel.replaceChildren(...[close, parts].flat(Infinity).filter(Boolean)), (held) => instead(held, node || impact));
  subject = node || impact;
  panel.scrollTop = 0;
  panel.classList.toggle("filled", Boolean(node || impact));
}
