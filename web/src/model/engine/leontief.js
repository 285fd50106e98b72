// The loss of each node in the end, with exact bounds, steps and bindings: the model leontief of graph/knockon/propagation.
import { findBindings } from "./bindings.js";
import { Equations, initialLosses } from "./rounds.js";
import { CAP, EPS, settle } from "./settle.js";

/**
 * Compute one shock on a network.
 * @param {EngineNetwork} network
 * @param {readonly Hit[]} hits
 * @param {{ eps?: number, cap?: number }} [options]
 * @returns {EngineResult} losses of all nodes, hidden ones included
 */
export function leontief(network, hits, { eps = EPS, cap = CAP } = {}) {
  const run = (/** @type {number} */ bound) => {
    const equations = new Equations(network, initialLosses(network, hits, bound), bound);
    return { equations, settled: settle(equations, eps, cap) };
  };
  const runs = bounds(network, hits).map(run);
  const point = runs[runs.length >> 1];
  const loss = point.settled.state;
  const [low, high] = [runs[0].settled.state, runs[runs.length - 1].settled.state];
  const each = runs.map(({ settled }) => settled);
  const residual = Math.max(...each.map((one) => one.residual));
  return {
    // Each run stops by itself, up to eps short of its limit: low and high enclose the point.
    low: low.map((value, node) => Math.min(value, loss[node])),
    loss,
    high: high.map((value, node) => Math.max(value, loss[node])),
    ...findBindings(point.equations, point.settled),
    shortage: Float64Array.from(network.slotOwner, (_, slot) => point.equations.short(slot, point.settled.before)),
    iterations: Math.max(...each.map((one) => one.iterations)),
    residual,
    error: Math.max(...each.map((one) => one.error)),
    stoppedBy: residual <= eps ? "tolerance" : "cap",
  };
}

/**
 * The bounds that need a run of their own: the point alone where low, point and high are equal everywhere.
 * @param {EngineNetwork} network
 * @param {readonly Hit[]} hits
 */
function bounds({ weights: [low, point, high], readings }, hits) {
  const exact = hits.every(({ severity }) => severity[0] === severity[1] && severity[2] === severity[1]);
  const sure = point.every((weight, slot) => low[slot] === weight && high[slot] === weight);
  return exact && sure && !readings ? [1] : [0, 1, 2];
}
