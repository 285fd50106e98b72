// What is shown, what is selected, and the way back. Every change ends in render().
import { edges, impactOf, impacts, nodes, other, raw } from "./data.js";
import { render } from "./main.js";
import { WHOLE, population } from "./members.js";
import { plural } from "./style.js";
import { enterWorld } from "./worlds.js";

// As many entities at first as the window has room for.
const FIRST = Math.max(16, Math.min(48, Math.round((innerWidth * innerHeight) / 22000)));
const LIMITS = [FIRST, 120, 300, 1500, Infinity];
const HUB = Math.max(24, Math.round(nodes.length / 12));
export const state = {
  view: raw.cascade ? "cascade" : "map",
  selected: -1,
  row: -1,
  visible: new Set(),
  classesOff: new Set(),
  kindsOff: new Set(["jurisdiction"]),
  step: 0,
  small: false,
  // The one step that the table of the cascade shows, or -1 for all up to state.step.
  only: -1,
  // Whether anybody has stepped yet: until then the board stands at its beginning.
  moved: false,
  // Whether the last thing done was a step, and not a selection.
  stepped: false,
  // What is lit instead of a selection and its neighbours: { name, nodes, edges }, two sets of rows; or nothing.
  lens: null,
  // What the lens is about: { kind: between, here or through, … }, see ways.js; or nothing.
  ways: null,
  // Which document or which day alone is shown: see worlds.js.
  world: WHOLE,
  // What stands side by side: see compare.js.
  compare: "shocks",
};
// Who came in when an entity was expanded.
const brought = new Map();
export const past = [];
export const future = [];

export const degree = (node) => nodes[node].edges.length;
export const edgeOn = (edge) => edge.here && !state.kindsOff.has(edge.kind.key);
export const nodeOn = (node) => nodes[node].here && !state.classesOff.has(nodes[node].class.name);
export const isHub = (node) => degree(node) > HUB || ["Jurisdiction", "Concept"].includes(nodes[node].class.name);
export const shown = (node) => state.visible.has(node) && nodeOn(node);
export const shownNodes = () => [...state.visible].filter(nodeOn).sort((a, b) => a - b);
export const shownEdges = () => edges.filter((edge) => edgeOn(edge) && shown(edge.from) && shown(edge.to));

// Neighbours over the relations that are on, the best connected first.
export function neighbours(node) {
  const found = new Set(nodes[node].edges.filter(edgeOn).map((edge) => other(edge, node)));
  found.delete(node);
  return [...found].filter(nodeOn).sort((a, b) => degree(b) - degree(a) || a - b);
}
export const shownNeighbours = (node) => neighbours(node).filter((n) => state.visible.has(n));
// Only counted, since the map asks this of every entity it draws.
export function countHidden(node) {
  const found = new Set();
  for (const edge of nodes[node].edges) {
    const near = other(edge, node);
    if (!state.visible.has(near) && edgeOn(edge) && nodeOn(near)) found.add(near);
  }
  return found.size;
}
export const hiddenNeighbours = (node) => neighbours(node).filter((n) => !state.visible.has(n));

// Where the story starts: what the shock hits, else the best connected company.
export function starts() {
  const hit = impacts.filter((i) => i.cause < 0 && i.node >= 0 && nodes[i.node].here).map((i) => i.node);
  if (hit.length) return hit.slice(0, 40);
  const best = (pool) => pool.filter((n) => n.here).reduce((top, n) => (top < 0 || degree(n.index) > degree(top) ? n.index : top), -1);
  const company = best(nodes.filter((n) => n.class.name === "Company"));
  const start = company >= 0 ? company : best(nodes);
  return start >= 0 ? [start] : [];
}

// What is needed says more than what is merely related.
export const needs = (node) => nodes[node].edges.filter((edge) => edge.kind.family === "need").length;
const weight = (node) => degree(node) + 3 * needs(node) - (isHub(node) ? 1e6 : 0);

// Breadth first from the start, not through hubs: they would bring in half the graph.
function grow(limit, depth = Infinity) {
  const before = state.visible.size;
  let layer = state.visible.size ? [...state.visible] : starts();
  layer.forEach((node) => state.visible.add(node));
  const open = (node) => !isHub(node) || starts().includes(node);
  for (let step = 0; step < depth && layer.length; step += 1) {
    const next = new Set();
    for (const node of layer.filter(open)) for (const near of neighbours(node)) if (!state.visible.has(near)) next.add(near);
    layer = [...next].sort((a, b) => weight(b) - weight(a) || a - b).slice(0, Math.max(0, limit - state.visible.size));
    layer.forEach((node) => state.visible.add(node));
  }
  // What nothing leads to comes last, and on its own.
  if (depth === Infinity && state.visible.size === before) {
    for (const node of nodes.filter((n) => n.here).map((n) => n.index).sort((a, b) => degree(b) - degree(a) || a - b)) {
      if (state.visible.size >= limit) break;
      state.visible.add(node);
    }
  }
}

function upTo(limit, depth) {
  for (let before = -1; before < state.visible.size && state.visible.size < limit;) {
    before = state.visible.size;
    grow(limit, depth);
  }
}
// All of it where there is room; else two steps from the start, and more where that is too little to look at.
export function first() {
  if (nodes.length <= FIRST / 2) return upTo(FIRST);
  grow(FIRST, 2);
  return upTo(FIRST / 2, 1);
}
// As much as there is room for, from what is there already.
export function fill() {
  first();
  upTo(FIRST);
}

const snapshot = () => ({ view: state.view, selected: state.selected, row: state.row, visible: new Set(state.visible), lens: state.lens, ways: state.ways, world: state.world, compare: state.compare });
// Another selection is about something else.
function dropLens() {
  state.lens = null;
  state.ways = null;
}
export function remember() {
  past.push(snapshot());
  if (past.length > 100) past.shift();
  future.length = 0;
}
function restore(from, onto) {
  if (!from.length) return false;
  onto.push(snapshot());
  Object.assign(state, from.pop());
  enterWorld();
  render("restored");
  return true;
}
export const goBack = () => restore(past, future);
export const goForward = () => restore(future, past);

export function select(node, options = {}) {
  if (node === state.selected) return;
  remember();
  dropLens();
  state.selected = node;
  state.row = impactOf.has(node) ? impactOf.get(node).index : -1;
  if (node >= 0) state.visible.add(node);
  render("selected", options);
}
export function selectRow(row) {
  remember();
  dropLens();
  state.row = row;
  state.stepped = false;
  state.selected = impacts[row].node;
  if (state.selected >= 0) state.visible.add(state.selected);
  state.step = Math.max(state.step, impacts[row].step);
  render("selected");
}
export function clearSelection() {
  if (state.selected < 0 && state.row < 0) return;
  remember();
  dropLens();
  state.selected = -1;
  state.row = -1;
  render("selected");
}
// A search hit comes with its neighbours, so that it never stands alone.
export function pick(node) {
  remember();
  dropLens();
  state.classesOff.delete(nodes[node].class.name);
  if (state.view === "cascade" && !impactOf.has(node)) state.view = "map";
  if (!state.visible.has(node)) {
    state.visible.add(node);
    hiddenNeighbours(node).filter((n) => !isHub(n)).slice(0, 40).forEach((n) => state.visible.add(n));
  }
  state.selected = node;
  state.row = impactOf.has(node) ? impactOf.get(node).index : -1;
  if (state.row >= 0) state.step = Math.max(state.step, impacts[state.row].step);
  render("picked", { centre: true });
}
export function expand(node) {
  const added = hiddenNeighbours(node).slice(0, 60);
  if (!added.length) return;
  remember();
  added.forEach((n) => state.visible.add(n));
  brought.set(node, [...(brought.get(node) || []), ...added]);
  render("expanded", { said: `${plural(added.length, "neighbour", "neighbours")} of ${nodes[node].label} added` });
}
function collapse(node) {
  const lonely = shownNeighbours(node).filter((n) => shownNeighbours(n).every((m) => m === node));
  const gone = new Set([...(brought.get(node) || []), ...lonely].filter((n) => state.visible.has(n) && n !== node));
  if (!gone.size) return;
  remember();
  gone.forEach((n) => state.visible.delete(n));
  brought.delete(node);
  render("collapsed", { said: `${plural(gone.size, "neighbour", "neighbours")} of ${nodes[node].label} hidden` });
}
export const toggleNeighbours = (node) => (hiddenNeighbours(node).length ? expand(node) : collapse(node));
export function showMore() {
  remember();
  grow(LIMITS.find((limit) => limit > state.visible.size && limit >= Math.min(population, state.visible.size + 1)) ?? Infinity);
  render("more", { fit: true });
}
export function startAgain() {
  remember();
  dropLens();
  state.visible = new Set();
  brought.clear();
  first();
  state.selected = -1;
  state.row = -1;
  render("more", { fit: true });
}
export function setView(view) {
  if (view === state.view) return;
  remember();
  state.view = view;
  if (state.selected >= 0) state.visible.add(state.selected);
  render("view", { fit: state.selected < 0, centre: state.selected >= 0 });
}
