// The graph as far as the filter leaves it on: links, neighbours, and where the story starts.
import { nodes, other } from "./data.js";
import { hits } from "./runs.js";

// What the legend has switched off: names of classes, keys of kinds of links.
export const KINDS_OFF_AT_FIRST = ["jurisdiction"];
/** @type {{ classesOff: Set<string>, kindsOff: Set<string> }} */
export const filter = { classesOff: new Set(), kindsOff: new Set(KINDS_OFF_AT_FIRST) };

const HUB = Math.max(24, Math.round(nodes.length / 12));
/** @param {number} node */
export const degree = (node) => nodes[node].edges.length;
/** @param {Link} edge */
export const edgeOn = (edge) => edge.inWorld && !filter.kindsOff.has(edge.kind.key);
/** @param {number} node */
export const nodeOn = (node) => nodes[node].inWorld && !filter.classesOff.has(nodes[node].class.name);
/**
 * Countries, ideas, and what half the graph is linked to.
 * @param {number} node
 */
export const isHub = (node) => degree(node) > HUB || ["Jurisdiction", "Concept"].includes(nodes[node].class.name);

/**
 * Neighbours over the relations that are on, the best connected first.
 * @param {number} node
 */
export function neighbours(node) {
  const near = new Set(nodes[node].edges.filter(edgeOn).map((edge) => other(edge, node)));
  near.delete(node);
  return [...near].filter(nodeOn).sort((a, b) => degree(b) - degree(a) || a - b);
}

// Where the story starts: what the shock hits, else the best connected company.
export function starts() {
  const hit = hits().filter((node) => nodes[node].inWorld);
  if (hit.length) return hit.slice(0, 40);
  /** @param {Entity[]} pool */
  const best = (pool) =>
    pool.filter((n) => n.inWorld).reduce((top, n) => (top < 0 || degree(n.index) > degree(top) ? n.index : top), -1);
  const company = best(nodes.filter((n) => n.class.name === "Company"));
  const start = company >= 0 ? company : best(nodes);
  return start >= 0 ? [start] : [];
}
