// What an entity weighs on the map: what it loses where a run is on, else how many need it. Size and labels follow it.
import { nodes } from "./data.js";
import { impactOf, impacts } from "./runs.js";

/**
 * How many entities need it, a supplier by way of what it supplies.
 * @param {number} node
 */
export function neededBy(node) {
  const dependants = new Set();
  for (const edge of nodes[node].edges)
    if (edge.to === node && edge.from !== node && edge.kind.family === "need") dependants.add(edge.from);
  return dependants.size;
}
/** Whether a run is on whose losses are shown. */
export const hasLosses = () => impacts.length > 0;
/**
 * To compare entities by: the greater, the more it matters.
 * @param {number} node
 */
export const weight = (node) => (hasLosses() ? (impactOf.get(node)?.loss ?? 0) : neededBy(node));

const [LEAST, MOST] = [9, 23];
/**
 * The radius of the sign of an entity, in units of the drawing: its area grows with what it weighs.
 * @param {number} node
 */
export const signSize = (node) =>
  hasLosses()
    ? LEAST + (MOST - LEAST) * Math.sqrt(weight(node))
    : Math.min(MOST, LEAST + 2 + 2.2 * Math.sqrt(weight(node)));
