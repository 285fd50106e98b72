// Which entities are on the map at first and why, and which join when there is to be more.
import { nodes } from "./data.js";
import { plural } from "./format.js";
import { degree, isHub, neighbours, starts } from "./graph.js";
import { hits, impacts } from "./runs.js";
import { hasLosses, neededBy, weight } from "./weight.js";

// A graph of as many entities is shown as a whole.
export const WHOLE_GRAPH = 80;

/**
 * What is needed says more than what is merely related.
 * @param {number} node
 */
const needs = (node) => nodes[node].edges.filter((edge) => edge.kind.family === "need").length;
/** @param {number} node */
const links = (node) => degree(node) + 3 * needs(node) - (isHub(node) ? 1e6 : 0);
const present = () => nodes.filter((node) => node.inWorld).map((node) => node.index);

/**
 * Breadth first from the start, not through hubs: they would bring in half the graph.
 * @param {Set<number>} visible
 * @param {number} limit
 * @param {number} [depth]
 */
export function grow(visible, limit, depth = Infinity) {
  const before = visible.size;
  let layer = visible.size ? [...visible] : starts();
  layer.forEach((node) => visible.add(node));
  for (let step = 0; step < depth && layer.length; step += 1) {
    const next = new Set();
    for (const node of layer.filter(isOpen))
      for (const near of neighbours(node)) if (!visible.has(near)) next.add(near);
    layer = [...next].sort((a, b) => links(b) - links(a) || a - b).slice(0, Math.max(0, limit - visible.size));
    layer.forEach((node) => visible.add(node));
  }
  // What nothing leads to comes last, and on its own.
  if (depth === Infinity && visible.size === before) {
    for (const node of present().sort((a, b) => degree(b) - degree(a) || a - b)) {
      if (visible.size >= limit) break;
      visible.add(node);
    }
  }
}
/** @param {number} node */
const isOpen = (node) => !isHub(node) || starts().includes(node);

/** Tells which of two matters more: by loss or by need, then by links. Each is looked up once. */
function ranking() {
  /** @type {Map<number, [weight: number, links: number]>} */
  const known = new Map();
  /** @param {number} node */
  const of = (node) => {
    if (!known.has(node)) known.set(node, [weight(node), links(node)]);
    return /** @type {[number, number]} */ (known.get(node));
  };
  return (/** @type {number} */ a, /** @type {number} */ b) => {
    const [one, two] = [of(a), of(b)];
    return one[0] !== two[0] ? one[0] > two[0] : one[1] !== two[1] ? one[1] > two[1] : a < b;
  };
}
/**
 * The one of some entities that matters most.
 * @param {Iterable<number>} nodes
 * @param {ReturnType<typeof ranking>} outranks
 */
function foremost(nodes, outranks) {
  let best = -1;
  for (const node of nodes) if (best < 0 || outranks(node, best)) best = node;
  return best;
}
/** What the shock hits, else the best connected company and what is needed most. */
function seeds() {
  if (hasLosses()) return hits().filter((node) => nodes[node].inWorld);
  const needed = present().filter((node) => neededBy(node) > 0);
  return [...new Set([...starts(), ...(needed.length ? [foremost(needed, ranking())] : [])])];
}
/**
 * Of what is next to what is shown, always the one that matters most, as long as there is room.
 * @param {Set<number>} visible
 * @param {number} room
 */
function growByWeight(visible, room) {
  const outranks = ranking();
  if (!visible.size) for (const node of seeds().slice(0, room)) visible.add(node);
  /** @type {Set<number>} */
  const next = new Set();
  /** @param {number} node */
  const open = (node) => {
    if (isOpen(node)) for (const near of neighbours(node)) if (!visible.has(near)) next.add(near);
  };
  visible.forEach(open);
  while (visible.size < room && next.size) {
    const best = foremost(next, outranks);
    next.delete(best);
    visible.add(best);
    open(best);
  }
}
/**
 * As much as there is room for, from what is there already: what is linked to it, then whatever matters most.
 * @param {Set<number>} visible
 * @param {number} room
 */
export function growToRoom(visible, room) {
  growAtFirst(visible, room);
  while (visible.size < Math.min(room, present().length)) {
    const rest = present().filter((node) => !visible.has(node));
    visible.add(foremost(rest, ranking()));
    growByWeight(visible, room);
  }
}

// What was chosen last, to say whether that is still what is shown.
/** @type {{ chosen: Set<number>, why: string }} */
let first = { chosen: new Set(), why: "" };
/**
 * A small graph as a whole; of a large one what loses most, or what is needed most.
 * @param {Set<number>} visible
 * @param {number} room
 */
export function growAtFirst(visible, room) {
  const all = present();
  const start = visible.size ? [] : seeds();
  if (all.length <= Math.max(WHOLE_GRAPH, room)) for (const node of all) visible.add(node);
  else growByWeight(visible, room);
  first = { chosen: new Set(visible), why: reason(start, visible) };
}
/** @param {string} label */
const shortened = (label) => ([...label].length > 40 ? `${[...label].slice(0, 39).join("")}…` : label);
/**
 * @param {number[]} start
 * @param {Set<number>} visible
 */
function reason(start, visible) {
  if (!start.length) return "what was on the map, and what matters most next to it";
  if (!hasLosses()) {
    const labels = start.map((node) => shortened(nodes[node].label)).join(" and ");
    const which = start.some((node) => neededBy(node) > 0) ? "needed most" : "best connected";
    return `${labels}, and what is ${which} around ${start.length > 1 ? "them" : "it"}`;
  }
  const losing = impacts.filter((impact) => impact.node >= 0 && nodes[impact.node].inWorld);
  const missing = losing.filter((impact) => !visible.has(impact.node)).length;
  if (!missing)
    return `all ${plural(losing.length, "entity that loses", "entities that lose")} something, and what is linked to them`;
  return `what the shock hits, and around it what loses most; ${plural(missing, "more loses", "more lose")} something`;
}
/**
 * Which part of the graph is on the map, in words; empty where that is all of it.
 * @param {Set<number>} visible
 */
export function whyShown(visible) {
  const all = present();
  if (all.every((node) => visible.has(node))) return "";
  const kept = [...first.chosen].filter((node) => visible.has(node)).length;
  if (kept < first.chosen.size) return "what you chose";
  return visible.size > kept
    ? `${first.why}; ${plural(visible.size - kept, "more was", "more were")} added`
    : first.why;
}
