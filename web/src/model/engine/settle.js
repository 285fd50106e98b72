// Rounds to the limit, by the stopping rule of graph/knockon/propagation/fixed_point.py, which explains it: a run ends where a
// round changes nothing; at the default eps it goes on until the distance to the limit is at most that; a run that has not
// ended after 32 rounds, and then each time their number has doubled, is solved. Only what may have changed is computed again.
import { limitFrom, ROUNDING_ERROR } from "./limit.js";

/** The default eps: losses are this close to their limits. */
export const EPS = 1e-12;
/** The default number of rounds after which a run stops. */
export const CAP = 10_000;
const FIRST_SOLVE = 32;
// The rate of convergence is that of the greatest rises of successive blocks of so many rounds.
const BLOCK = 8;

/**
 * Run the equations from the hits to their limit.
 * @param {import("./rounds.js").Equations} equations
 * @param {number} [eps]
 * @param {number} [cap]
 * @returns {Settled}
 */
export function settle(equations, eps = EPS, cap = CAP) {
  const front = new Front(equations);
  const speed = new Speed(front.state);
  let nextSolve = FIRST_SOLVE;
  for (let rounds = 1; ; rounds += 1) {
    const rise = front.advance();
    speed.record(rise, rounds);
    if (speed.atRest(rise, eps) || rounds >= cap) return settled(equations, front, speed, { rise, rounds, eps });
    if (2 * rounds === nextSolve) speed.mark = front.state.slice();
    if (rounds !== nextSolve) continue;
    const limit = speed.solved ? null : limitFrom(equations, front.state, speed.mark);
    if (limit) {
      front.moveTo(limit.state);
      speed.solutionError = limit.error;
    }
    speed.mark = front.state.slice();
    nextSolve *= 2;
  }
}

/**
 * @param {import("./rounds.js").Equations} equations
 * @param {Front} front
 * @param {Speed} speed
 * @param {{ rise: number, rounds: number, eps: number }} last
 * @returns {Settled}
 */
function settled(equations, front, speed, { rise, rounds, eps }) {
  let error = speed.errorBound(rise);
  if (eps > EPS && error > EPS) {
    const limit = limitFrom(equations, front.state, speed.mark);
    error = limit
      ? front.state.reduce((far, loss, node) => Math.max(far, limit.state[node] - loss), 0) + limit.error
      : 1;
  }
  // Near a solution rounds change by rounding alone.
  const residual = speed.solved && rise <= ROUNDING_ERROR ? 0 : rise;
  return { state: front.state, before: front.before(), iterations: rounds, residual, error };
}

/** @param {Float64Array} values */
const rowsAbove0 = (values) => [...values.keys()].filter((row) => values[row] > 0);

/** The state, and the nodes whose losses may change in the next round. */
class Front {
  /** @param {import("./rounds.js").Equations} equations */
  constructor(equations) {
    const { network, hit } = equations;
    this.equations = equations;
    /** @type {Float64Array} */
    this.state = hit.node.slice();
    this.stamp = new Uint32Array(network.size);
    this.queue = new Int32Array(network.size);
    this.losses = new Float64Array(network.size);
    this.round = 0;
    /** The nodes that the last round has changed, and their losses before it. */
    this.changed = Int32Array.from(rowsAbove0(hit.node));
    this.old = new Float64Array(0);
    // Nodes to look at although nothing that they need has changed.
    const slots = [...rowsAbove0(hit.slot), ...rowsAbove0(hit.supply).map((supply) => network.supplySlot[supply])];
    this.touched = Int32Array.from(slots, (slot) => network.slotOwner[slot]);
  }
  /** The nodes to compute, each once: how many there are of them in `this.queue`. */
  candidates() {
    const { outStart, outSlot, slotOwner } = this.equations.network;
    const { queue, stamp, touched, changed } = this;
    const round = ++this.round;
    let count = 0;
    for (const node of touched)
      if (stamp[node] !== round) {
        stamp[node] = round;
        queue[count++] = node;
      }
    for (const node of changed)
      for (let out = outStart[node]; out < outStart[node + 1]; out += 1) {
        const owner = slotOwner[outSlot[out]];
        if (stamp[owner] === round) continue;
        stamp[owner] = round;
        queue[count++] = owner;
      }
    return count;
  }
  /** Advance all nodes by one round, and return the greatest rise. */
  advance() {
    const { queue, state, losses } = this;
    const { loss: lossOf } = this.equations;
    const count = this.candidates();
    let [rise, moved] = [0, 0];
    for (let place = 0; place < count; place += 1) {
      const node = queue[place];
      const loss = lossOf(node, state);
      if (loss === state[node]) continue;
      rise = Math.max(rise, Math.abs(loss - state[node]));
      // What has moved so far is no longer needed in the queue.
      queue[moved] = node;
      losses[moved++] = loss;
    }
    this.changed = queue.slice(0, moved);
    this.old = losses.slice(0, moved);
    for (let place = 0; place < moved; place += 1) {
      this.old[place] = state[queue[place]];
      state[queue[place]] = losses[place];
    }
    this.touched = new Int32Array(0);
    return rise;
  }
  /** Go on from another state. @param {Float64Array} state */
  moveTo(state) {
    const moved = [...state.keys()].filter((node) => state[node] !== this.state[node]);
    this.state = state;
    this.touched = Int32Array.from(moved);
    this.changed = Int32Array.from(new Set([...this.changed, ...moved]));
  }
  /** The state before the last round. */
  before() {
    const before = this.state.slice();
    this.changed.forEach((node, place) => (before[node] = this.old[place]));
    return before;
  }
}

/** How fast a run converges: the greatest rise in this block of rounds, in the last one, and in the one before it. */
class Speed {
  /** @param {Float64Array} state */
  constructor(state) {
    this.block = 0;
    this.last = NaN;
    this.earlier = NaN;
    /** The error of the limit that was solved for; NaN where none was. */
    this.solutionError = NaN;
    /** An earlier state, to see which losses move. */
    /** @type {Float64Array} */
    this.mark = state.slice();
  }
  get solved() {
    return !Number.isNaN(this.solutionError);
  }
  /**
   * @param {number} rise
   * @param {number} rounds
   */
  record(rise, rounds) {
    this.block = Math.max(this.block, rise);
    if (rounds % BLOCK === 0) [this.earlier, this.last, this.block] = [this.last, this.block, 0];
  }
  /** The distance to the limit if later blocks shrink as the last two did, at most 1. @param {number} rise */
  errorBound(rise) {
    if (this.solved) return this.solutionError;
    if (rise === 0) return 0;
    const rate = this.last / this.earlier;
    const later = rate < 1 ? (BLOCK * this.last * rate) / (1 - rate) : 1;
    return Math.min(later + BLOCK * this.block, 1);
  }
  /**
   * @param {number} rise
   * @param {number} eps
   */
  atRest(rise, eps) {
    if (rise === 0) return true;
    if (eps > EPS) return rise <= eps;
    if (this.solved && rise <= Math.max(eps, ROUNDING_ERROR)) return true;
    return rise <= eps && this.errorBound(rise) <= EPS;
  }
}
