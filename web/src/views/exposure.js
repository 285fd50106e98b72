// What threatens the selected entity: every shock, worst first, and the single failures that take half of it. Both are computed when they are opened.
import { askShock, askWhatIf } from "../actions/question.js";
import { h, named, quietLine } from "../dom.js";
import { computes, worldKey } from "../model/computed/run.js";
import { chokePointsOf, exposureOf } from "../model/computed/single-failures.js";
import { count, percent, plural } from "../model/format.js";
import { lossWords } from "../model/phrases.js";
import { state } from "../store.js";
import { computedPart } from "./computed-part.js";
import { entityButton } from "./entity-button.js";

// The most names of a group.
const NAMED = 12;

/** @param {number} node */
export function exposurePart(node) {
  if (!computes) return null;
  const { world } = state;
  const key = `${node} ${worldKey(world)}`;
  return [
    computedPart(
      "Every shock, worst first",
      key,
      () => exposureOf(node, world),
      (found) => shockList(found, node),
    ),
    computedPart(
      "Which single failure takes half of it?",
      key,
      () => chokePointsOf(node, world),
      (found) => pointList(found),
    ),
  ];
}
/** @type {(found: Threat[], node: number) => Child[]} */
function shockList(found, node) {
  if (!found.length) return [quietLine("No shock of these data takes anything from it, as far as the records go.")];
  const item = (/** @type {Threat} */ { shock, loss }) =>
    h(
      "li",
      {},
      h("b", { class: "loss" }, lossWords(loss)),
      " ",
      h("button", { type: "button", class: "link", onclick: () => askShock(shock.index, node) }, named(shock.label)),
    );
  return [h("ol", { class: "threats" }, found.map(item))];
}
/** @type {(found: { tried: number, upstream: number, groups: { loss: number, nodes: number[] }[] }, none?: string) => Child[]} */
export function pointList({ tried, upstream, groups }, none = "No single failure takes half of it. ") {
  const scope = `Each of the ${plural(tried, "entity", "entities")} that it depends on was tried alone${tried < upstream ? `, the nearest of ${count(upstream)}` : ""}; a click asks what follows.`;
  if (!tried) return [quietLine("Nothing that it depends on is recorded.")];
  if (!groups.length) return [quietLine(none), quietLine(scope)];
  const asked = (/** @type {number} */ row) =>
    entityButton(row, { onclick: () => askWhatIf({ node: row, severity: 1 }) });
  const group = (/** @type {{ loss: number, nodes: number[] }} */ { loss, nodes: alike }) =>
    h(
      "li",
      {},
      h("b", { class: "loss" }, percent(loss)),
      alike.slice(0, NAMED).map(asked),
      alike.length > NAMED &&
        h("details", {}, h("summary", {}, `${count(alike.length - NAMED)} more`), alike.slice(NAMED).map(asked)),
    );
  return [h("ul", { class: "threats" }, groups.map(group)), quietLine(scope)];
}
