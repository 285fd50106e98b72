// The least shares of second sources that halve a loss: graph/knockon/analysis/mitigate/second_source.py.
const [PERCENT, HALF, ROUNDING] = [100, 0.5, 1e-9];

/**
 * The least share, in whole percent, with which a second source for each slot of a group halves a loss, where one of all does.
 * No loss rises when a share does, so it is found by bisection.
 * @param {import("../engine/variants.js").Variants} variants
 * @param {readonly number[]} slots
 * @param {number} before the loss without any change
 */
export function leastShare(variants, slots, before) {
  let [enough, tooLittle] = [PERCENT, 0];
  while (enough - tooLittle > 1) {
    const middle = (enough + tooLittle) >> 1;
    const changes = slots.map((slot) => variants.source(slot, middle / PERCENT));
    if (variants.at(changes, 1) <= before * HALF + ROUNDING) enough = middle;
    else tooLittle = middle;
  }
  return enough / PERCENT;
}
