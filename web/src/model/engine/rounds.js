// One round of the equations of graph/knockon/propagation/leontief.py at one bound: 0 low, 1 point, 2 high.
import { MODE, NONE } from "./network.js";

/** The losses that a shock itself sets. @param {EngineNetwork} network */
const noHits = (network) => ({
  node: new Float64Array(network.size),
  slot: new Float64Array(network.slotOwner.length),
  supply: new Float64Array(network.provider.length),
});

/**
 * Return the losses that hits set at one bound; of several hits on one target the greatest counts. An entity without its
 * provisions is hit with the entity, and slots whose records are about one need are hit together.
 * @param {EngineNetwork} network
 * @param {readonly Hit[]} hits
 * @param {number} bound
 * @returns {InitialLosses}
 */
export function initialLosses(network, hits, bound) {
  const losses = noHits(network);
  for (const { kind, index, severity } of hits) losses[kind][index] = Math.max(losses[kind][index], severity[bound]);
  network.twin.forEach((twin, node) => {
    if (twin !== NONE) losses.node[twin] = losses.node[node];
  });
  for (const supply of network.unhit) losses.supply[supply] = 0;
  if (!network.hitWith.length) return losses;
  const shared = new Float64Array(losses.slot.length);
  network.hitWith.forEach((first, slot) => (shared[first] = Math.max(shared[first], losses.slot[slot])));
  return { ...losses, slot: shared.map((_, slot) => shared[network.hitWith[slot]]) };
}

/** The equations of one shock at one bound. */
export class Equations {
  /**
   * @param {EngineNetwork} network
   * @param {InitialLosses} hit
   * @param {number} bound
   */
  constructor(network, hit, bound) {
    this.network = network;
    this.hit = hit;
    this.bound = bound;
    this.weight = network.weights[bound];
    this.lost = new Float64Array(widest(network));
  }
  /**
   * The loss of a supply in a state: losses of nodes, from 0 to 1.
   * @param {number} supply
   * @param {Float64Array} state
   */
  supplyLoss(supply, state) {
    const provider = this.network.provider[supply];
    return Math.max(provider === NONE ? 0 : state[provider], this.hit.supply[supply]);
  }
  /**
   * The part of a need that its supplies, and those that could replace them, fail to meet.
   * @param {number} slot
   * @param {Float64Array} state
   */
  unmet(slot, state) {
    const [first, end] = [this.network.supplyStart[slot], this.network.supplyStart[slot + 1]];
    let unmet = first === end ? 0 : this.combined(slot, first, end, state);
    for (const node of this.network.backups.get(slot) ?? []) unmet = Math.min(unmet, node === NONE ? 0 : state[node]);
    return unmet;
  }
  /**
   * @param {number} slot
   * @param {number} first
   * @param {number} end
   * @param {Float64Array} state
   */
  combined(slot, first, end, state) {
    const { network, lost } = this;
    const mode = network.mode[slot];
    if (mode === MODE.shares) return this.shared(slot, first, end, state);
    let [least, greatest] = [Infinity, -Infinity];
    for (let supply = first; supply < end; supply += 1) {
      const loss = this.supplyLoss(supply, state);
      lost[supply - first] = loss;
      least = Math.min(least, loss);
      greatest = Math.max(greatest, loss);
    }
    if (mode === MODE.allOf) return greatest;
    if (mode === MODE.anyOf) return least;
    if (mode === MODE.disputed) return this.bound === 0 ? least : greatest;
    return lost.slice(0, end - first).sort()[Math.max(network.atLeast[slot], 1) - 1];
  }
  /**
   * The sum of share times loss; shares that nobody stated are all at the least or the most harmed at a bound.
   * @param {number} slot
   * @param {number} first
   * @param {number} end
   * @param {Float64Array} state
   */
  shared(slot, first, end, state) {
    const { share, unstated, split, remainder } = this.network;
    let [total, fixed, greatest, least, most] = [0, 0, 0, 1, 0];
    for (let supply = first; supply < end; supply += 1) {
      const loss = this.supplyLoss(supply, state);
      const part = share[supply] * loss;
      total += part;
      if (share[supply] > 0) greatest = Math.max(greatest, loss);
      if (!unstated[supply]) fixed += part;
      else if (loss < least) least = loss;
      if (unstated[supply] && loss > most) most = loss;
    }
    // A weighted sum may exceed its greatest part by rounding, and rounding must not move a bound past the point.
    if (!split[slot] || this.bound === 1) return Math.min(total, greatest);
    if (this.bound === 0) return Math.min(fixed + remainder[slot] * least, total, greatest);
    return Math.min(Math.max(fixed + remainder[slot] * most, total), greatest);
  }
  /**
   * The shortage of a slot: the greatest of its hit, the loss of its need, and what supplies fail to meet.
   * @param {number} slot
   * @param {Float64Array} state
   */
  short(slot, state) {
    const need = this.network.need[slot];
    return Math.max(this.hit.slot[slot], need === NONE ? 0 : state[need], this.unmet(slot, state));
  }
  /**
   * The loss of a node after one round.
   * @param {number} node
   * @param {Float64Array} state
   */
  loss(node, state) {
    let loss = this.hit.node[node];
    const end = this.network.slotStart[node + 1];
    for (let slot = this.network.slotStart[node]; slot < end; slot += 1)
      loss = Math.max(loss, this.weight[slot] * this.short(slot, state));
    return loss;
  }
  /**
   * The state after one round of all nodes.
   * @param {Float64Array} state
   */
  advance(state) {
    return state.map((_, node) => this.loss(node, state));
  }
}

/** The most supplies of a slot. @param {EngineNetwork} network */
function widest({ supplyStart }) {
  let most = 1;
  for (let slot = 1; slot < supplyStart.length; slot += 1)
    most = Math.max(most, supplyStart[slot] - supplyStart[slot - 1]);
  return most;
}
