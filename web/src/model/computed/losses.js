// The losses of a run without all that is shown of it: for pickers, for the matrix of shocks and entities, for lists.
import { networkIn, tables } from "./networks.js";
import { shockResult, worldKey } from "./run.js";
import { shocks } from "./shocks.js";

/** @type {Map<string, RunLosses>} */
const known = new Map();

/**
 * What a shock takes from each entity of the page that loses something in a world, by row of the page.
 * @param {number} shock
 * @param {World} world
 * @returns {RunLosses}
 */
export function shockLosses(shock, world) {
  const key = `${shock} ${worldKey(world)}`;
  const found = known.get(key) ?? lossesOf(shockResult(shock, world));
  known.set(key, found);
  return found;
}
/**
 * @param {{ world: WorldNetwork, shock: ShockCase, result: EngineResult } | string} found
 * @returns {RunLosses}
 */
export function lossesOf(found) {
  if (typeof found === "string") return { reason: found, affected: 0, worst: -1, hit: new Set(), losses: new Map() };
  const { world, shock, result } = found;
  /** @type {Map<number, Loss>} */
  const losses = new Map();
  let [affected, worst] = [0, -1];
  for (let node = 0; node < world.network.entities; node += 1) {
    if (!(result.loss[node] > 0)) continue;
    affected += 1;
    const row = tables().nodes[node];
    if (row < 0) continue;
    losses.set(row, { loss: result.loss[node], low: result.low[node], high: result.high[node] });
    // The worst of what is not hit itself says more than what is.
    if (result.step[node] > 0 && (worst < 0 || result.loss[node] > /** @type {Loss} */ (losses.get(worst)).loss))
      worst = row;
  }
  const hit = new Set(shock.targets.flatMap(({ kind, index }) => (kind === "node" ? [tables().nodes[index]] : [])));
  return { reason: "", affected, worst, hit, losses };
}
/** Every shock by how many entities it reaches in a world, the farthest first. @param {World} world */
export const byReach = (world) =>
  shocks
    .map((shock) => ({ shock, ...shockLosses(shock.index, world) }))
    .sort((a, b) => b.affected - a.affected || a.shock.index - b.shock.index);
/** Whether a world is computed; else why it is not. @param {World} world */
export const worldReason = (world) => {
  const found = networkIn(world);
  return typeof found === "string" ? found : "";
};
