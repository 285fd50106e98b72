// Runs that the page computes: of each shock of the data set in each world.
import { leontief } from "../engine/leontief.js";
import { computes, networkIn, tables } from "./networks.js";
import { caseOf, shocks } from "./shocks.js";
import { shownRun } from "./shown-run.js";

/** @type {Map<string, unknown>} */
const known = new Map();
// Results and runs that are kept: those of a few hundred shocks on a large graph would fill the memory.
const KEPT = 24;
/**
 * @template Value
 * @param {string} key
 * @param {() => Value} compute
 * @returns {Value}
 */
export function remembered(key, compute) {
  const value = known.has(key) ? /** @type {Value} */ (known.get(key)) : compute();
  // The oldest goes first.
  known.delete(key);
  known.set(key, value);
  if (known.size > KEPT) known.delete(/** @type {string} */ (known.keys().next().value));
  return value;
}
/** @param {World} world */
export const worldKey = ({ document, day }) => `${document}/${day}`;

/**
 * The result of a shock in a world, by rows of its network; or why there is none.
 * @param {number} shock
 * @param {World} world
 */
export function shockResult(shock, world) {
  const found = networkIn(world);
  if (typeof found === "string") return found;
  return remembered(`result ${shock} ${worldKey(world)}`, () => {
    const asked = caseOf(shock, found);
    return { world: found, shock: asked, result: leontief(found.network, asked.targets, tables().stopping) };
  });
}
/**
 * The run of a shock in a world, as the page shows runs; `reason` says why it is empty.
 * @param {number} shock
 * @param {World} world
 * @returns {ShownRun}
 */
export function shockRun(shock, world) {
  const found = shockResult(shock, world);
  if (typeof found === "string") return empty(shocks[shock]?.label ?? "", found);
  return remembered(`run ${shock} ${worldKey(world)}`, () =>
    shownRun(found.world, found.result, found.shock, shocks[shock]),
  );
}
/** @type {(label: string, reason: string) => ShownRun} */
export const empty = (label, reason) => ({ run: { shock_label: label }, impacts: [], shortages: [], reason });
export { computes };
