// One path as a row of a table: its chain of entities, and the source of each link.
import { choosePath as lightPath } from "../actions/path-highlight.js";
import { $, find, h, named, nodesOf, quietLine } from "../dom.js";
import { nodes } from "../model/data.js";
import { plural } from "../model/format.js";
import { entityButton } from "./entity-button.js";
import { noteLines, sources } from "./facts.js";

/** @param {number} row */
export function choosePath(row) {
  const top = $("panel").scrollTop;
  lightPath(row);
  $("panel").scrollTop = top;
  (find($("ways"), `[data-way="${row}"]`) ?? find($("ways"), "h3")).focus({ preventScroll: true });
}
/**
 * One step of a chain, which runs downwards: the arrow points from the one who needs to what is needed.
 * @param {Hop} hop
 */
function relation(hop) {
  const relations = [
    ...new Set(hop.lines.map((line) => (line.from === hop.from ? `↓${line.kind.label}` : `↑${line.kind.inverse}`))),
  ];
  const each = relations
    .slice(0, 2)
    .map((text) => [h("span", { class: "arrow" }, text[0]), h("span", {}, text.slice(1))]);
  return h("span", { class: "relation" }, each, relations.length > 2 && ` and ${relations.length - 2} more`);
}
/** @param {Hop} hop */
function hopSources(hop) {
  const carriers = hop.lines.flatMap((line) => line.facts.map((fact) => /** @type {[Link, Fact]} */ ([line, fact])));
  const rest = carriers.length - 3;
  return [
    ...carriers.slice(0, 3).map(carrier),
    rest > 0 && quietLine(`and ${plural(rest, "more fact", "more facts")}: see the facts of either entity`),
  ];
}
/** @param {[Link, Fact]} pair */
function carrier([line, fact]) {
  const [from, to] = [line.from, line.to].map((node) => named(nodes[node].label, "span", { class: "label" }));
  return h(
    "div",
    { class: "carrier" },
    h("p", { class: "key" }, from, ` ${line.kind.label} `, to),
    noteLines(fact),
    sources(fact.evidence),
  );
}
/**
 * @param {Path} path
 * @param {boolean} open
 */
function evidence(path, open) {
  const box = h("details", { open }, h("summary", {}, h("span", {}, "Sources")));
  // A hundred paths have thousands of sources: written when somebody looks.
  const fill = () => {
    if (box.open && box.children.length === 1) box.append(...nodesOf(path.hops.map(hopSources)));
  };
  box.addEventListener("toggle", fill);
  fill();
  return box;
}
/**
 * @param {Path} path
 * @param {number} row
 * @param {number} chosen
 */
export function pathRow(path, row, chosen) {
  const chain = h(
    "ol",
    { class: "chain" },
    h("li", {}, entityButton(path.nodes[0], { clipped: true })),
    path.hops.map((hop, i) => h("li", {}, relation(hop), entityButton(path.nodes[i + 1], { clipped: true }))),
  );
  const light = h(
    "button",
    {
      type: "button",
      class: "number",
      "data-way": String(row),
      "aria-pressed": String(row === chosen),
      "aria-label": `Light path ${row + 1} alone`,
      onclick: () => choosePath(row === chosen ? -1 : row),
    },
    String(row + 1),
  );
  return h(
    "tr",
    { "aria-current": row === chosen ? "true" : null },
    h("td", {}, light),
    h("td", { class: "number" }, String(path.hops.length)),
    h("td", {}, chain, evidence(path, row === chosen)),
  );
}
