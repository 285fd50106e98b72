// Why no single change saves anything: graph/knockon/analysis/mitigate/blockers.py.
import { NONE } from "../engine/network.js";

const EQUAL = 1e-9;

/**
 * What stops a change from helping, along the path of the loss from a node back to the shock.
 * @param {import("./trace.js").CausalTrace} trace
 * @param {InitialLosses} hit
 * @param {number} target
 * @returns {{ itself: boolean, slots: number[], ties: { node: number, loss: number, ways: number }[] }} slots that the shock hits,
 *   and nodes that lose equally much in several ways
 */
export function obstaclesOf(trace, hit, target) {
  const { loss, shortage } = trace.result;
  const [path, slots] = [[target], /** @type {number[]} */ ([])];
  const seen = new Set();
  for (let link = trace.link(target), at = target; link && !seen.has(at); link = at === NONE ? null : trace.link(at)) {
    seen.add(at);
    if (hit.slot[link.slot] >= shortage[link.slot] - EQUAL) slots.push(link.slot);
    at = link.source;
    if (at !== NONE) path.push(at);
  }
  const ties = path.map((node) => ({ node, loss: loss[node], ways: waysOf(trace, node) }));
  return { itself: hit.node[target] >= loss[target] - EQUAL, slots, ties: ties.filter(({ ways }) => ways > 1) };
}
/**
 * How many dependencies cost a node as much as it loses.
 * @param {import("./trace.js").CausalTrace} trace
 * @param {number} node
 */
function waysOf(trace, node) {
  const { slotStart, weights } = trace.world.network;
  const { loss, shortage } = trace.result;
  let ways = 0;
  for (let slot = slotStart[node]; slot < slotStart[node + 1]; slot += 1)
    if (trace.slotRecords(slot).length && Math.abs(weights[1][slot] * shortage[slot] - loss[node]) <= EQUAL) ways += 1;
  return ways;
}
