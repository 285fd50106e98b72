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
    /** The part of a need that its supplies, and those that could replace them, fail to meet: of a slot in a state. */
    this.unmet = unmetBy(network, hit, bound);
    /** The loss of a node after one round: of a node in a state. */
    this.loss = lossBy(network, hit, this.weight, this.unmet);
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
   * The shortage of a slot: the greatest of its hit, the loss of its need, and what supplies fail to meet.
   * @param {number} slot
   * @param {Float64Array} state
   */
  short(slot, state) {
    const need = this.network.need[slot];
    return Math.max(this.hit.slot[slot], need === NONE ? 0 : state[need], this.unmet(slot, state));
  }
  /**
   * The state after one round of all nodes.
   * @param {Float64Array} state
   */
  advance(state) {
    return state.map((_, node) => this.loss(node, state));
  }
}

/** @typedef {(row: number, state: Float64Array) => number} InState */

/**
 * Rounds call this for each slot, again and again: it holds its arrays, and compares instead of calling Math.
 * @param {EngineNetwork} network
 * @param {InitialLosses} hit
 * @param {Float64Array} weight
 * @param {InState} unmet
 * @returns {InState}
 */
function lossBy({ slotStart, need }, hit, weight, unmet) {
  const [ofNode, ofSlot] = [hit.node, hit.slot];
  return (node, state) => {
    let loss = ofNode[node];
    const end = slotStart[node + 1];
    for (let slot = slotStart[node]; slot < end; slot += 1) {
      let short = unmet(slot, state);
      if (ofSlot[slot] > short) short = ofSlot[slot];
      if (need[slot] !== NONE && state[need[slot]] > short) short = state[need[slot]];
      const value = weight[slot] * short;
      if (value > loss) loss = value;
    }
    return loss;
  };
}
/**
 * @param {EngineNetwork} network
 * @param {InitialLosses} hit
 * @param {number} bound
 * @returns {InState}
 */
function unmetBy(network, hit, bound) {
  const { supplyStart, mode, backups } = network;
  const [shared, ordered] = [sharedBy(network, hit, bound), orderedBy(network, hit, bound)];
  /** @type {InState} */
  const met = (slot, state) => {
    if (supplyStart[slot] === supplyStart[slot + 1]) return 0;
    return mode[slot] === MODE.shares ? shared(slot, state) : ordered(slot, state);
  };
  if (!backups.size) return met;
  return (slot, state) =>
    (backups.get(slot) ?? []).reduce(
      (least, node) => Math.min(least, node === NONE ? 0 : state[node]),
      met(slot, state),
    );
}
/**
 * The sum of share times loss; shares that nobody stated are all at the least or the most harmed at a bound.
 * @param {EngineNetwork} network
 * @param {InitialLosses} hit
 * @param {number} bound
 * @returns {InState}
 */
function sharedBy({ supplyStart, provider, share, unstated, split, remainder }, hit, bound) {
  const ofSupply = hit.supply;
  return (slot, state) => {
    let [total, fixed, greatest, least, most] = [0, 0, 0, 1, 0];
    const end = supplyStart[slot + 1];
    for (let supply = supplyStart[slot]; supply < end; supply += 1) {
      let loss = ofSupply[supply];
      if (provider[supply] !== NONE && state[provider[supply]] > loss) loss = state[provider[supply]];
      const part = share[supply] * loss;
      total += part;
      if (share[supply] > 0 && loss > greatest) greatest = loss;
      if (!unstated[supply]) fixed += part;
      else if (loss < least) least = loss;
      if (unstated[supply] && loss > most) most = loss;
    }
    // A weighted sum may exceed its greatest part by rounding, and rounding must not move a bound past the point.
    if (!split[slot] || bound === 1) return Math.min(total, greatest);
    if (bound === 0) return Math.min(fixed + remainder[slot] * least, total, greatest);
    return Math.min(Math.max(fixed + remainder[slot] * most, total), greatest);
  };
}
/**
 * The greatest loss, the least, or the one in a place between them.
 * @param {EngineNetwork} network
 * @param {InitialLosses} hit
 * @param {number} bound
 * @returns {InState}
 */
function orderedBy(network, hit, bound) {
  const { supplyStart, provider, mode, atLeast } = network;
  const losses = new Float64Array(widest(network));
  return (slot, state) => {
    let [least, greatest, count] = [Infinity, -Infinity, 0];
    for (let supply = supplyStart[slot]; supply < supplyStart[slot + 1]; supply += 1) {
      let loss = hit.supply[supply];
      if (provider[supply] !== NONE && state[provider[supply]] > loss) loss = state[provider[supply]];
      losses[count++] = loss;
      if (loss < least) least = loss;
      if (loss > greatest) greatest = loss;
    }
    if (mode[slot] === MODE.atLeast) return losses.slice(0, count).sort()[Math.max(atLeast[slot], 1) - 1];
    const greatestCounts = mode[slot] === MODE.allOf || (mode[slot] === MODE.disputed && bound > 0);
    return greatestCounts ? greatest : least;
  };
}
/** The most supplies of a slot. @param {EngineNetwork} network */
function widest({ supplyStart }) {
  let most = 1;
  for (let slot = 1; slot < supplyStart.length; slot += 1)
    most = Math.max(most, supplyStart[slot] - supplyStart[slot - 1]);
  return most;
}
