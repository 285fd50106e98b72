// What an entity loses by each shock, and by the failure of each single entity that it depends on: a run each.
import { leontief } from "../engine/leontief.js";
import { NONE } from "../engine/network.js";
import { groupedBy } from "../order.js";
import { networkIn, tables } from "./networks.js";
import { shockResult } from "./run.js";
import { shocks } from "./shocks.js";
import { entityOf } from "./entities.js";
import { causesOf } from "./shown-run.js";
import { placeOfNode } from "./what-if.js";

// The most failures that are tried, the nearest first; from this loss on, an entity is a choke point.
const [MOST, HALF] = [1500, 0.5];

/**
 * What each shock takes from an entity, the worst first; yields after each run.
 * @param {number} node
 * @param {World} world
 * @returns {Generator<number, Threat[]>}
 */
export function* exposureOf(node, world) {
  const place = placeOfNode(node);
  /** @type {Threat[]} */
  const found = [];
  for (const shock of shocks) {
    const run = place === undefined ? "" : shockResult(shock.index, world);
    if (place !== undefined && typeof run !== "string" && run.result.loss[place] > 0)
      found.push({ shock, ...threat(run.world.network, run.result, place) });
    yield (shock.index + 1) / shocks.length;
  }
  return found.sort((a, b) => b.loss.loss - a.loss.loss || b.loss.low - a.loss.low || b.loss.high - a.loss.high);
}
/** The loss of an entity in a run, and the entities by way of which it gets there: each cause is at an earlier step. @type {(network: EngineNetwork, result: EngineResult, place: number) => Omit<Threat, "shock">} */
function threat(network, result, place) {
  const [loss, low, high] = [result.loss, result.low, result.high].map((column) => column[place]);
  const way = [];
  for (let [cause] = causesOf(network, result, place); cause !== undefined; [cause] = causesOf(network, result, cause))
    way.unshift({ node: tables().nodes[cause], label: entityOf(cause).label });
  return { loss: { loss, low, high }, step: result.step[place], way };
}

/**
 * The entities, the failure of which alone takes half or more of an entity, in groups that take equally much; yields after each run.
 * @param {number} node
 * @param {World} world
 * @param {number} [least] the smallest loss that counts, in place of half
 * @returns {Generator<number, { tried: number, upstream: number, groups: { loss: number, nodes: number[] }[] }>}
 */
export function* chokePointsOf(node, world, least = HALF) {
  const found = networkIn(world);
  const place = placeOfNode(node);
  if (typeof found === "string" || place === undefined) return { tried: 0, upstream: 0, groups: [] };
  const upstream = upstreamOf(place, found.network);
  const tried = upstream.slice(0, MOST);
  /** @type {{ loss: number, node: number }[]} */
  const points = [];
  for (const [row, index] of tried.entries()) {
    const result = leontief(found.network, [{ kind: "node", index, severity: [1, 1, 1] }], tables().stopping);
    const loss = Math.round(result.loss[place] * 1e9) / 1e9;
    if (loss >= least && tables().nodes[index] >= 0) points.push({ loss, node: tables().nodes[index] });
    yield (row + 1) / tried.length;
  }
  const groups = [...groupedBy(points, ({ loss }) => String(loss)).values()]
    .map((alike) => ({ loss: alike[0].loss, nodes: alike.map((point) => point.node) }))
    .sort((a, b) => b.loss - a.loss);
  return { tried: tried.length, upstream: upstream.length, groups };
}
/**
 * The entities that one depends on, over any number of links, the nearest first; without itself.
 * @param {number} place
 * @param {EngineNetwork} network
 */
export function upstreamOf(place, network) {
  const { entities, entity } = network;
  const reached = new Set(nodesBehind(place, network).map((node) => entity[node]));
  reached.delete(place);
  return [...reached].filter((node) => node < entities);
}
/**
 * A node and all that it depends on, hidden nodes too, the nearest first.
 * @param {number} place
 * @param {EngineNetwork} network
 */
export function nodesBehind(place, { twin, slotStart, need, supplyStart, provider }) {
  // An entity is also what it is without its provisions.
  const queue = [place, twin[place] ?? NONE].filter((node) => node !== NONE);
  const seen = new Set(queue);
  for (const node of queue)
    for (let slot = slotStart[node]; slot < slotStart[node + 1]; slot += 1)
      for (const next of [need[slot], ...provider.subarray(supplyStart[slot], supplyStart[slot + 1])])
        if (next !== NONE && !seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
  return queue;
}
