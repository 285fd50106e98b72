// What people do to the selection and to what is on the map; each ends in changed().
import { edges, nodes } from "../model/data.js";
import { filter, isHub, nodeOn } from "../model/graph.js";
import { compareMode } from "../model/compare.js";
import { plural } from "../model/format.js";
import { lineTitle } from "../model/line-words.js";
import { impactOf, impacts } from "../model/runs.js";
import { grow, growAtFirst } from "../model/visible.js";
import { population } from "../model/world-filter.js";
import { changed, hiddenNeighbours, remember, room, shownNeighbours, state } from "../store.js";

const LIMITS = [room, 120, 300, 1500, Infinity];
// The entities that were added when an entity was expanded.
/** @type {Map<number, number[]>} */
const brought = new Map();

// Another selection is about something else.
function dropLens() {
  state.lens = null;
  state.pathQuery = null;
  state.line = -1;
}
/** @param {number} node */
const rowOf = (node) => impactOf.get(node)?.index ?? -1;

/**
 * @param {number} node
 * @param {ChangeOptions} [options]
 */
export function select(node, options = {}) {
  if (node === state.selected) return;
  remember();
  dropLens();
  state.selected = node;
  state.row = rowOf(node);
  if (node >= 0) state.visible.add(node);
  changed("selected", options);
}
/**
 * A line is lit with its two ends, and read in the panel.
 * @param {number} line
 */
export function selectLine(line) {
  if (line === state.line) return;
  remember();
  dropLens();
  Object.assign(state, { selected: -1, row: -1, line });
  changed("selected", { message: `${lineTitle(edges[line])}: line selected` });
}
/** @param {number} row */
export function selectRow(row) {
  remember();
  dropLens();
  state.row = row;
  state.stepped = false;
  state.selected = impacts[row].node;
  if (state.selected >= 0) state.visible.add(state.selected);
  state.step = Math.max(state.step, impacts[row].step);
  changed("selected");
}
export function clearSelection() {
  if (state.selected < 0 && state.row < 0 && state.line < 0) return;
  remember();
  dropLens();
  state.selected = -1;
  state.row = -1;
  changed("selected");
}
/**
 * A search hit is shown with its neighbours, so that it is never alone.
 * @param {number} node
 */
export function pick(node) {
  remember();
  dropLens();
  filter.classesOff.delete(nodes[node].class.name);
  if (state.view === "cascade" && !impactOf.has(node)) state.view = "map";
  if (!state.visible.has(node)) {
    state.visible.add(node);
    hiddenNeighbours(node)
      .filter((n) => !isHub(n))
      .slice(0, 40)
      .forEach((n) => state.visible.add(n));
  }
  state.selected = node;
  state.row = rowOf(node);
  if (state.row >= 0) state.step = Math.max(state.step, impacts[state.row].step);
  changed("picked", { centre: true });
}

/** @param {number} node */
function expand(node) {
  const added = hiddenNeighbours(node).slice(0, 60);
  if (!added.length) return;
  remember();
  added.forEach((n) => state.visible.add(n));
  brought.set(node, [...(brought.get(node) || []), ...added]);
  changed("expanded", { message: `${plural(added.length, "neighbour", "neighbours")} of ${nodes[node].label} added` });
}
/** @param {number} node */
function collapse(node) {
  const lonely = shownNeighbours(node).filter((n) => shownNeighbours(n).every((m) => m === node));
  const gone = new Set([...(brought.get(node) || []), ...lonely].filter((n) => state.visible.has(n) && n !== node));
  if (!gone.size) return;
  remember();
  gone.forEach((n) => state.visible.delete(n));
  brought.delete(node);
  changed("collapsed", { message: `${plural(gone.size, "neighbour", "neighbours")} of ${nodes[node].label} hidden` });
}
/** @param {number} node */
export const toggleNeighbours = (node) => (hiddenNeighbours(node).length ? expand(node) : collapse(node));

export function showMore() {
  remember();
  grow(
    state.visible,
    LIMITS.find((limit) => limit > state.visible.size && limit >= Math.min(population, state.visible.size + 1)) ??
      Infinity,
  );
  changed("more", { fit: true });
}
export function startAgain() {
  remember();
  dropLens();
  state.visible = new Set();
  brought.clear();
  growAtFirst(state.visible, room);
  state.selected = -1;
  state.row = -1;
  changed("more", { fit: true });
}

/**
 * Distances count from the selected entity, where there is one; the harm of a shock counts from the shock.
 * @param {Arrangement["by"]} by
 */
export function arrangeBy(by) {
  if (by === state.arrangement.by) return;
  remember();
  state.arrangement = { by, around: by === "tier" ? state.selected : -1 };
  changed("arranged", { fit: true, message: ARRANGED[by] });
}
/** @type {Record<Arrangement["by"], string>} */
const ARRANGED = {
  links: "Map arranged by links",
  tier: "Map arranged by steps",
  country: "Map arranged by country",
  class: "Map arranged by class",
  alone: "Only what is lit, arranged as harm travels from left to right",
};
/** @param {View} view */
export function setView(view) {
  if (view === state.view) return;
  remember();
  state.view = view;
  if (view !== "map") state.line = -1;
  if (state.selected >= 0) state.visible.add(state.selected);
  const centre = state.selected >= 0 && nodeOn(state.selected);
  changed("view", { fit: !centre, centre });
}
/** @param {CompareMode} mode */
export function setCompareMode(mode) {
  if (compareMode(state) === mode) return;
  remember();
  state.compare = mode;
  changed("compared");
}
export function compareWorlds() {
  if (state.view === "compare") return setCompareMode("worlds");
  state.compare = "worlds";
  return setView("compare");
}
