// The slot, supply and source that determine each loss, as graph/knockon/propagation/trace.py finds them: a search from the
// hits over the edges that make a loss what it is gives each node the one nearest to the shock.
import { MODE, NONE } from "./network.js";

// The relative rounding error of a solved loop, by which a sum may exceed its parts.
const SLACK = 1e-12;

/** @typedef {{ slot: number, supply: number, source: number, target: number, part: number, cost: number }} Edge */

/**
 * @param {import("./rounds.js").Equations} equations at the point
 * @param {Settled} settled
 * @returns {Bindings} by node, hidden ones included: -1 where there is none
 */
export function findBindings(equations, { before, state: after }) {
  const { network, hit } = equations;
  const [step, slot, supply, source] = [0, 1, 2, 3].map(() => new Int32Array(network.size).fill(NONE));
  const bindings = { step, slot, supply, source };
  for (const tolerance of [0, SLACK]) {
    hit.node.forEach((loss, node) => {
      if (loss > 0 && step[node] === NONE && loss >= after[node] * (1 - tolerance)) step[node] = 0;
    });
    arrive(bindings, bindingEdges(equations, before, after, tolerance));
    if (after.every((loss, node) => !(loss > 0) || step[node] !== NONE)) break;
  }
  joinInnerEdges(network, bindings);
  return bindings;
}

/**
 * The edges that bind, by slot: hits and needs before supplies, of a sum the largest part first.
 * @param {import("./rounds.js").Equations} equations
 * @param {Float64Array} before
 * @param {Float64Array} after
 * @param {number} tolerance
 */
function bindingEdges(equations, before, after, tolerance) {
  const { network, hit, weight } = equations;
  /** @type {Edge[]} */
  const edges = [];
  for (let slot = 0; slot < network.slotOwner.length; slot += 1) {
    const lost = after[network.slotOwner[slot]];
    if (!(lost > hit.node[network.slotOwner[slot]])) continue;
    const short = equations.short(slot, before);
    if (weight[slot] * short < lost * (1 - tolerance)) continue;
    const enough = short * (1 - tolerance);
    const need = network.need[slot];
    if (hit.slot[slot] >= enough) edges.push(edge(network, slot, NONE, NONE, Infinity));
    if (need !== NONE && before[need] >= enough) edges.push(edge(network, slot, NONE, need, Infinity));
    const unmet = equations.unmet(slot, before);
    if (unmet >= enough) edges.push(...bindingSupplies(equations, slot, unmet, before, tolerance));
  }
  return edges;
}
/**
 * @param {EngineNetwork} network
 * @param {number} slot
 * @param {number} supply
 * @param {number} source
 * @param {number} part
 * @returns {Edge}
 */
function edge(network, slot, supply, source, part) {
  const target = network.slotOwner[slot];
  // An edge from a hidden node to one of the same entity is no step.
  const inner = source >= network.entities && network.entity[source] === network.entity[target];
  return { slot, supply, source, target, part, cost: inner ? 0 : 1 };
}
/**
 * Of a sum the supplies that lose at least as much as it comes to, of the others those that the shortage is as large as.
 * @param {import("./rounds.js").Equations} equations
 * @param {number} slot
 * @param {number} unmet
 * @param {Float64Array} before
 * @param {number} tolerance
 */
function bindingSupplies(equations, slot, unmet, before, tolerance) {
  const { network, hit } = equations;
  const sum = network.mode[slot] === MODE.shares;
  /** @type {Edge[]} */
  const edges = [];
  for (let supply = network.supplyStart[slot]; supply < network.supplyStart[slot + 1]; supply += 1) {
    const lost = equations.supplyLoss(supply, before);
    const part = network.share[supply] * lost;
    const binds = sum ? part > 0 && lost >= unmet * (1 - SLACK) : Math.abs(lost - unmet) <= tolerance * unmet;
    const through = hit.supply[supply] < lost * (1 - tolerance);
    if (binds) edges.push(edge(network, slot, supply, through ? network.provider[supply] : NONE, sum ? part : 0));
  }
  edges.sort((a, b) => b.part - a.part || a.supply - b.supply);
  // One that could replace the suppliers determines the shortage where it loses less than they do.
  const backups = network.backups.get(slot) ?? [];
  const instead = backups.filter((node) => node !== NONE && Math.abs(before[node] - unmet) <= tolerance * unmet);
  return [...edges, ...instead.map((node) => edge(network, slot, NONE, node, 0))];
}

/**
 * Follow edges from what is hit, and fill in the binding of each node that they reach: of equally near ones the first.
 * @param {Bindings} bindings
 * @param {Edge[]} edges
 */
function arrive({ step, slot, supply, source }, edges) {
  /** @type {Map<number, number[]>} */
  const out = new Map();
  /** @type {number[][]} The edges that arrive at each step. */
  const queue = [];
  const push = (/** @type {number} */ row, /** @type {number} */ from) => {
    (queue[from + edges[row].cost] ??= []).push(row);
  };
  edges.forEach((edge, row) => {
    if (edge.source === NONE) push(row, 0);
    else if (step[edge.source] !== NONE) push(row, step[edge.source]);
    else if (out.has(edge.source)) out.get(edge.source)?.push(row);
    else out.set(edge.source, [row]);
  });
  for (let at = 0; at < queue.length; at += 1)
    while (queue[at]?.length) {
      const arriving = queue[at].sort((a, b) => a - b);
      queue[at] = [];
      /** @type {number[]} */
      const reached = [];
      for (const row of arriving) {
        const edge = edges[row];
        if (step[edge.target] !== NONE) continue;
        reached.push(edge.target);
        step[edge.target] = at;
        [slot[edge.target], supply[edge.target], source[edge.target]] = [edge.slot, edge.supply, edge.source];
      }
      for (const node of reached) for (const row of out.get(node) ?? []) push(row, at);
    }
}

/**
 * Give each node whose source is a hidden node of the same entity the binding of that one.
 * @param {EngineNetwork} network
 * @param {Bindings} bindings
 */
function joinInnerEdges({ size, entities, entity }, { slot, supply, source }) {
  if (size === entities) return;
  for (let node = 0; node < size; node += 1) {
    let behind = node;
    while (source[behind] >= entities && entity[source[behind]] === entity[behind]) behind = source[behind];
    [slot[node], supply[node], source[node]] = [slot[behind], supply[behind], source[behind]];
  }
}
