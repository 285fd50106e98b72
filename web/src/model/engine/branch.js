// The linear equations that hold near a state: each maximum and minimum is replaced by its binding term, as
// graph/knockon/propagation/branch.py does.
import { MODE, NONE } from "./network.js";

/** @typedef {[node: number, slope: number]} Slope a node, and the derivative of a loss by its loss */
/** @typedef {{ loss: number, terms: Slope[] }} Term a loss, and what determines it */

/**
 * The derivative of the next loss of each moving node by the loss of each, row by row.
 * @param {import("./rounds.js").Equations} equations
 * @param {Float64Array} state
 * @param {number[]} moving
 */
export function slopes(equations, state, moving) {
  const { slotStart } = equations.network;
  const column = new Map(moving.map((node, place) => [node, place]));
  const matrix = new Float64Array(moving.length ** 2);
  moving.forEach((node, row) => {
    /** @type {Term} */
    let worst = { loss: 0, terms: [] };
    for (let slot = slotStart[node]; slot < slotStart[node + 1]; slot += 1) {
      const weight = equations.weight[slot];
      const { loss, terms } = short(equations, slot, state);
      if (weight * loss > worst.loss)
        worst = { loss: weight * loss, terms: terms.map(([source, slope]) => [source, slope * weight]) };
    }
    for (const [source, slope] of worst.terms) {
      const place = column.get(source);
      if (place !== undefined) matrix[row * moving.length + place] += slope;
    }
  });
  return matrix;
}

/**
 * Where a hit and another term tie, the other term is taken: it is the one that may rise.
 * @param {import("./rounds.js").Equations} equations
 * @param {number} slot
 * @param {Float64Array} state
 * @returns {Term}
 */
function short({ network, hit, bound }, slot, state) {
  let term = unmet({ network, hit, bound }, slot, state);
  const need = network.need[slot];
  if (need !== NONE && state[need] > term.loss) term = { loss: state[need], terms: [[need, 1]] };
  return hit.slot[slot] > term.loss ? { loss: hit.slot[slot], terms: [] } : term;
}
/**
 * @param {Pick<import("./rounds.js").Equations, "network" | "hit" | "bound">} equations
 * @param {number} slot
 * @param {Float64Array} state
 */
function unmet({ network, hit, bound }, slot, state) {
  const [first, end] = [network.supplyStart[slot], network.supplyStart[slot + 1]];
  const supplies = Array.from({ length: end - first }, (_, place) => supply(network, hit, first + place, state));
  let term = supplies.length ? combined(network, slot, supplies, bound) : { loss: 0, terms: [] };
  for (const node of network.backups.get(slot) ?? []) {
    const loss = node === NONE ? 0 : state[node];
    if (loss < term.loss) term = { loss, terms: node === NONE ? [] : [[node, 1]] };
  }
  return term;
}
/**
 * @param {EngineNetwork} network
 * @param {InitialLosses} hit
 * @param {number} row
 * @param {Float64Array} state
 * @returns {Term}
 */
function supply(network, hit, row, state) {
  const provider = network.provider[row];
  const loss = provider === NONE ? 0 : state[provider];
  if (hit.supply[row] > loss) return { loss: hit.supply[row], terms: [] };
  return { loss, terms: provider === NONE ? [] : [[provider, 1]] };
}
/** The supply with the count-th smallest loss. @type {(supplies: Term[], count: number) => Term} */
const kth = (supplies, count) => supplies.toSorted((a, b) => a.loss - b.loss)[count - 1];

/**
 * @param {EngineNetwork} network
 * @param {number} slot
 * @param {Term[]} supplies
 * @param {number} bound
 * @returns {Term}
 */
function combined(network, slot, supplies, bound) {
  const mode = network.mode[slot];
  if (mode === MODE.anyOf || (mode === MODE.disputed && bound === 0)) return kth(supplies, 1);
  if (mode === MODE.allOf || mode === MODE.disputed) return kth(supplies, supplies.length);
  if (mode === MODE.atLeast) return kth(supplies, Math.max(network.atLeast[slot], 1));
  const shares = sharesAt(network, slot, supplies, bound);
  return {
    loss: supplies.reduce((sum, { loss }, place) => sum + shares[place] * loss, 0),
    terms: supplies.flatMap(({ terms }, place) =>
      terms.map(([node, slope]) => /** @type {Slope} */ ([node, shares[place] * slope])),
    ),
  };
}
/**
 * The shares of a slot for given losses: at a bound what nobody stated belongs to one supply.
 * @param {EngineNetwork} network
 * @param {number} slot
 * @param {Term[]} supplies
 * @param {number} bound
 */
function sharesAt({ share, unstated, split, remainder, supplyStart }, slot, supplies, bound) {
  const first = supplyStart[slot];
  const shares = supplies.map((_, place) => share[first + place]);
  if (bound === 1 || !split[slot]) return shares;
  const among = [...supplies.keys()].filter((place) => unstated[first + place]);
  const better = (/** @type {number} */ a, /** @type {number} */ b) =>
    bound === 0 ? supplies[b].loss < supplies[a].loss : supplies[b].loss > supplies[a].loss;
  const chosen = among.reduce((best, place) => (better(best, place) ? place : best));
  for (const place of among) shares[place] = place === chosen ? remainder[slot] : 0;
  return shares;
}
