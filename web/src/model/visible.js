// Which entities are on the map at first, and which join when there is to be more.
import { nodes } from "./data.js";
import { degree, isHub, neighbours, starts } from "./graph.js";

/**
 * What is needed says more than what is merely related.
 * @param {number} node
 */
const needs = (node) => nodes[node].edges.filter((edge) => edge.kind.family === "need").length;
/** @param {number} node */
const weight = (node) => degree(node) + 3 * needs(node) - (isHub(node) ? 1e6 : 0);

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
  /** @param {number} node */
  const open = (node) => !isHub(node) || starts().includes(node);
  for (let step = 0; step < depth && layer.length; step += 1) {
    const next = new Set();
    for (const node of layer.filter(open)) for (const near of neighbours(node)) if (!visible.has(near)) next.add(near);
    layer = [...next].sort((a, b) => weight(b) - weight(a) || a - b).slice(0, Math.max(0, limit - visible.size));
    layer.forEach((node) => visible.add(node));
  }
  // What nothing leads to comes last, and on its own.
  if (depth === Infinity && visible.size === before) {
    for (const node of nodes
      .filter((n) => n.inWorld)
      .map((n) => n.index)
      .sort((a, b) => degree(b) - degree(a) || a - b)) {
      if (visible.size >= limit) break;
      visible.add(node);
    }
  }
}
/**
 * @param {Set<number>} visible
 * @param {number} limit
 * @param {number} [depth]
 */
function growTo(visible, limit, depth = Infinity) {
  for (let before = -1; before < visible.size && visible.size < limit;) {
    before = visible.size;
    grow(visible, limit, depth);
  }
}
/**
 * All of it where there is room; else two steps from the start, and more where that is too little to look at.
 * @param {Set<number>} visible
 * @param {number} room
 */
export function growAtFirst(visible, room) {
  if (nodes.length <= room / 2) return growTo(visible, room);
  grow(visible, room, 2);
  return growTo(visible, room / 2, 1);
}
/**
 * As much as there is room for, from what is there already.
 * @param {Set<number>} visible
 * @param {number} room
 */
export function growToRoom(visible, room) {
  growAtFirst(visible, room);
  growTo(visible, room);
}
