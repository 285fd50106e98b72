// The loss of one node with other criticalities of some slots: graph/knockon/propagation/changed_links.py, a run for each variant.
import { Equations, initialLosses } from "./rounds.js";
import { CAP, EPS, settle } from "./settle.js";

const BOUNDS = [0, 1, 2];

/** Variants of a network under one shock. */
export class Variants {
  /**
   * @param {EngineNetwork} network
   * @param {readonly Hit[]} hits
   * @param {number} node whose loss is computed
   * @param {{ eps?: number, cap?: number }} [options]
   */
  constructor(network, hits, node, { eps = EPS, cap = CAP } = {}) {
    // Criticalities are all that changes, so nothing else is copied, and nothing is derived anew.
    this.network = { ...network, weights: network.weights.map((ends) => ends.slice()) };
    this.hit = BOUNDS.map((bound) => initialLosses(network, hits, bound));
    this.node = node;
    this.eps = eps;
    this.cap = cap;
  }
  /**
   * The loss at one bound: 0 low, 1 point, 2 high.
   * @param {readonly WeightChange[]} changes
   * @param {number} bound
   */
  at(changes, bound) {
    const weights = this.network.weights[bound];
    const before = changes.map(({ slot }) => weights[slot]);
    for (const { slot, weight } of changes) weights[slot] = weight[bound];
    const equations = new Equations(this.network, this.hit[bound], bound);
    const loss = settle(equations, this.eps, this.cap).state[this.node];
    changes.forEach(({ slot }, place) => (weights[slot] = before[place]));
    return loss;
  }
  /** @param {readonly WeightChange[]} changes @returns {Loss} */
  losses(changes) {
    const [low, loss, high] = BOUNDS.map((bound) => this.at(changes, bound));
    return { loss, low: Math.min(low, loss), high: Math.max(high, loss) };
  }
  /**
   * A second source that never loses takes over a share (0..1) of the need of a slot.
   * @param {number} slot
   * @param {number} share
   * @returns {WeightChange}
   */
  source(slot, share) {
    const [low, point, high] = this.network.weights.map((ends) => ends[slot] * (1 - share));
    return { slot, weight: [low, point, high] };
  }
}
