// The shares of the suppliers of one need: the rule for weights of graph/knockon/network/supply_shares.py and suppliers.py.
import { MODE } from "./network.js";

// Of shares that add up to 1 within this nothing remains; sums of binary numbers differ by the other from those of decimals.
const [EXACT, ROUNDING] = [1e-6, 1e-12];
/** @param {number} total */
const nearOne = (total) => (Math.abs(total - 1) <= ROUNDING ? 1 : total);
/** @param {(number | null)[]} shares */
const sum = (shares) => shares.reduce((/** @type {number} */ total, share) => total + (share ?? 0), 0);

/**
 * Stated shares count as stated, those that state none divide the remainder, and those of `leftOut`, who do not count, pass to
 * the others.
 * @param {(number | null)[]} counting
 * @param {(number | null)[]} [leftOut]
 * @returns {{ share: number[], unstated: boolean[] }}
 */
export function supplyShares(counting, leftOut = []) {
  const without = counting.filter((share) => share === null).length;
  const total = sum(counting);
  let known = nearOne(Math.min(total, 1));
  let passed = sum(leftOut);
  // The stated shares of absent suppliers do not fit beside the others, which have replaced them.
  if (without && known + passed > 1 + EXACT) passed = 0;
  let remainder = without || leftOut.includes(null) ? Math.max(1 - known - passed, 0) : 0;
  if (remainder <= EXACT + ROUNDING) remainder = 0;
  if (!without) [passed, remainder] = [passed + remainder, 0];
  const own = known + remainder;
  const whole = nearOne(Math.min(own + passed, 1));
  if (whole !== own) {
    if (own) [known, remainder] = [(known * whole) / own, (remainder * whole) / own];
    else [known, remainder] = [0, without ? whole : 0];
  }
  const scaled = (/** @type {number} */ share) => (known === total ? share : (share * known) / total);
  return {
    share: counting.map((share) => (share === null ? remainder / Math.max(without, 1) : scaled(share))),
    unstated: counting.map((share) => share === null && without > 1 && remainder > 0),
  };
}

/**
 * How the suppliers of a need combine, from what its records state.
 * @param {SupplyTerms} terms
 * @returns {{ mode: number, atLeast: number, share: number[], unstated: boolean[] }}
 */
export function combine({ combination, atLeast, stated, passing }) {
  const mode = combination < 0 ? MODE.shares : combination;
  const none = { share: stated.map(() => 0), unstated: stated.map(() => false) };
  const shares = mode === MODE.shares ? supplyShares(stated, passing) : none;
  const needed = Math.min(atLeast, stated.length);
  // The share of a sole supplier that meets the whole need has no effect, whether or not anybody stated it.
  if (shares.share.length === 1 && shares.share[0] === 1) return { mode: MODE.allOf, atLeast: needed, ...none };
  return { mode, atLeast: needed, ...shares };
}
