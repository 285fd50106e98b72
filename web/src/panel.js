// The side panel: what is known about the selection, and why it loses what it loses.

import { LAST, lossDot, runFacts } from "./cascade.js";
import { causalPath, documents, edges, facts, impacts, nodes, run } from "./data.js";
import { INFERRED, STANCES, groupSection, groups, mark, noteLines, sources } from "./facts.js";
import { tell } from "./main.js";
import { clearSelection, hiddenNeighbours, selectRow, setView, state, toggleNeighbours } from "./state.js";
import { $, glyph, h, named, percent, range } from "./style.js";


const sparql = (name) => {
  const safe = name.replace(/[\u0000-\u0020<>"{}|\\^`]/g, encodeURIComponent);
  return `SELECT ?subject ?property ?object WHERE {\n  { BIND(<${safe}> AS ?subject) ?subject ?property ?object }\n  UNION\n  { BIND(<${safe}> AS ?object) ?subject ?property ?object }\n}`;
};
export async function copy(value, what) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // No clipboard in a sandboxed frame: the old way.
    const area = h("textarea", { class: "away", readonly: true });
    area.value = value;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  tell(`${what} copied`);
}
export const button = (label, onclick, props = {}) => h("button", { type: "button", onclick, ...props }, label);

export const number = (value, label) => h("div", {}, h("dt", {}, label), h("dd", {}, String(value)));
function outcome() {
  const grave = impacts.filter((impact) => impact.loss >= 0.5).length;
  return [
    h("h2", {}, "The cascade at a glance"),
    h("dl", { class: "numbers" }, number(impacts.length, "affected"), typeof run.unaffected === "number" && number(run.unaffected, "unaffected"), number(grave, "lose half or more"), number(LAST, LAST === 1 ? "step" : "steps")),
    h("p", { class: "quiet" }, !impacts.length ? "Nothing in this graph loses anything by this shock." : "Each column is one step further from the shock. Pick an entity to see why it loses: the way back to the shock, and the source of each link."),
    runFacts(),
  ];
}
function overview() {
  const dated = documents.map((d) => h("li", {}, named(d.title, "span", { class: "document" }), h("span", { class: "where" }, ` · ${d.issued || "undated"}`)));
  const cited = facts.filter((fact) => fact.evidence.length).length;
  return [
    h("h2", {}, "At a glance"),
    h("dl", { class: "numbers" }, number(nodes.length, "entities"), number(edges.length, "links"), number(facts.length, "facts"), number(cited, "with a source")),
    h("p", { class: "quiet" }, "Select an entity to read its facts, each with its source. A double click brings in its neighbours."),
    documents.length > 0 && h("details", { open: documents.length <= 12 }, h("summary", {}, h("h3", {}, "Sources"), h("span", { class: "count" }, String(documents.length))), h("ul", { class: "sources" }, dated)),
  ];
}

function entityHead(node) {
  return [
    h("div", { class: "title" }, glyph(node.class), h("div", {}, h("p", { class: "class" }, node.class.label, node.inferred && [" ", mark("inferred", INFERRED, "inferred")]), named(node.label, "h2", { tabindex: "-1" }))),
    node.alias.length > 0 && h("p", { class: "aliases" }, "Also ", node.alias.map((name, i) => [i ? ", " : "", named(name)])),
    node.identifier.length > 0 && h("p", { class: "aliases" }, node.identifier.map((name) => named(name, "code"))),
    node.comment && named(node.comment, "p", { class: "comment" }),
    h("div", { class: "actions" },
      state.view === "map" && button(hiddenNeighbours(node.index).length ? "Expand" : "Collapse", () => toggleNeighbours(node.index), { id: "expand" }),
      state.view === "cascade" && button("Map", () => setView("map")),
      button("Copy IRI", () => copy(node.iri, "IRI")), button("Copy SPARQL", () => copy(sparql(node.iri), "SPARQL"))),
  ];
}

// How an impact is borne out: stance, what was inferred, what was judged.
function support(impact) {
  const said = [impact.stance && (STANCES[impact.stance] || impact.stance), impact.inferred.length && `${impact.inferred.length} inferred`, impact.judged.length && `${impact.judged.length} judged`];
  return said.filter(Boolean).join(" · ");
}
function whyStep(impact) {
  const said = [...new Set(impact.facts)];
  const fact = said[0];
  const cited = fact?.evidence.length ? fact.evidence : impact.evidence;
  const link = impact.dependency ? h("div", { class: "carrier" },
    h("p", { class: "key" }, impact.cause < 0 ? "the shock cuts it off from " : fact ? "because it needs " : "through ", fact && fact.ends.length === 2 ? named(nodes[fact.ends[1]].label, "b") : named(impact.dependency)),
    fact && noteLines(fact), sources(cited)) : null;
  const name = h("button", { type: "button", class: "entity", onclick: () => selectRow(impact.index) }, lossDot(impact), named(impact.label), h("b", { class: "loss" }, percent(impact.loss)));
  return h("li", {}, link, name, !link && h("div", { class: "carrier" }, h("p", { class: "key" }, "hit by the shock itself"), sources(impact.evidence)));
}
export function why(impact) {
  const path = causalPath(impact);
  return h("section", { class: "why", id: "why" },
    h("h3", {}, "Why"),
    h("p", { class: "quiet" }, `Loses ${percent(impact.loss)}`, range(impact) && ` (${range(impact)})`, impact.step ? ` at step ${impact.step}` : ", hit by the shock itself", support(impact) && ` · ${support(impact)}`),
    h("ol", {}, h("li", { class: "shock" }, named(String(run.shock_label || run.shock || "Shock"), "b")), path.map(whyStep)));
}

export function renderPanel() {
  const panel = $("panel");
  const impact = state.row >= 0 ? impacts[state.row] : null;
  const node = state.selected >= 0 ? nodes[state.selected] : null;
  const parts = node ? [entityHead(node)] : impact ? [named(impact.label, "h2", { tabindex: "-1" })] : [state.view === "cascade" ? outcome() : overview()];
  if (impact) parts.push(why(impact));
  if (node) {
    const sections = groups(node.index).map((group) => groupSection(group, node.index));
    parts.push(sections.length ? sections : h("p", { class: "quiet" }, "Nothing else is known about it."));
    parts.push(h("details", {}, h("summary", {}, h("h3", {}, "Named in"), h("span", { class: "count" }, String(node.evidence.length))), sources(node.evidence)));
  }
  const close = (node || impact) && h("button", { type: "button", class: "close", "aria-label": "Close facts", onclick: () => clearSelection() }, "×");
  panel.replaceChildren(...[close, parts].flat(Infinity).filter(Boolean));
  panel.scrollTop = 0;
  panel.classList.toggle("filled", Boolean(node || impact));
}
