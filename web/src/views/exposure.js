// What threatens the selected entity: every shock, worst first, and the single failures that take half of it. Both are computed when they are opened.
import { askShock, askWhatIf } from "../actions/question.js";
import { h, named, quietLine } from "../dom.js";
import { computes, worldKey } from "../model/computed/run.js";
import { chokePointsOf, exposureOf } from "../model/computed/single-failures.js";
import { count, percent, plural } from "../model/format.js";
import { lossWords } from "../model/phrases.js";
import { state } from "../store.js";
import { say } from "./announce.js";
import { entityButton } from "./entity-button.js";

// So many milliseconds are computed at once, before the page may do something else; the most names of a group.
const [SLICE, NAMED] = [40, 12];
/** Which parts are open: they stay so from one entity to the next. @type {Set<string>} */
const open = new Set();
/** What was computed, and what is on its way. @type {Map<string, unknown>} */
const known = new Map();
/** @type {Map<string, Generator<number, unknown>>} */
const begun = new Map();

/**
 * The value of a computation in slices, while its place is on the page.
 * @template Value
 * @param {Generator<number, Value>} steps
 * @param {HTMLElement} place
 * @param {(value: Value) => void} done
 */
function inSlices(steps, place, done) {
  const started = performance.now();
  while (performance.now() - started < SLICE) {
    const step = steps.next();
    if (step.done) return done(step.value);
    place.textContent = `Computing: ${percent(step.value)}`;
  }
  setTimeout(() => place.isConnected && inSlices(steps, place, done));
}
/**
 * Fill a place with what is computed under a name: once, and where it was begun for a place that is gone, from there on.
 * @template Value
 * @param {HTMLElement} place
 * @param {string} name
 * @param {() => Generator<number, Value>} compute
 * @param {(value: Value) => Child[]} show
 */
export function fillComputed(place, name, compute, show) {
  /** @param {Value} value */
  const done = (value) => {
    begun.delete(name);
    known.set(name, value);
    place.replaceChildren(h("div", {}, ...show(value)));
  };
  if (known.has(name)) return done(/** @type {Value} */ (known.get(name)));
  const steps = /** @type {Generator<number, Value>} */ (begun.get(name) ?? compute());
  begun.set(name, steps);
  return inSlices(steps, place, done);
}
/**
 * A part that is computed when it is opened.
 * @template Value
 * @param {string} title
 * @param {string} key
 * @param {() => Generator<number, Value>} compute
 * @param {(value: Value) => Child[]} show
 */
function computedPart(title, key, compute, show) {
  const place = h("div", { class: "computed", "aria-live": "polite" });
  const box = h("details", { class: "exposure", open: open.has(title) }, h("summary", {}, h("h3", {}, title)), place);
  box.addEventListener("toggle", () => {
    open[box.open ? "add" : "delete"](title);
    if (box.open && !place.hasChildNodes()) fillComputed(place, `${title} ${key}`, compute, show);
    if (box.open) say(title);
  });
  return box;
}

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
