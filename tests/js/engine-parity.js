// Reads networks, shocks and what Python computed for them from standard input, and writes what differs, a line each.
// `node tests/js/engine-parity.js < cases.jsonl`: a line is { name, network, shocks: [{ hits, expected }] }.
import { readFileSync } from "node:fs";
import { leontief } from "../../web/src/model/engine/leontief.js";
import { pullLevers } from "../../web/src/model/engine/levers.js";
import { compileNetwork } from "../../web/src/model/engine/network.js";

// The losses of both engines are equal to this, and to what each says that they may be off.
const TOLERANCE = 1e-12;
const EXACT = /** @type {const} */ (["step", "slot", "supply", "source"]);
const CLOSE = /** @type {const} */ (["low", "loss", "high", "shortage"]);

let [shocks, undecided] = [0, 0];

/**
 * @param {EngineResult} result
 * @param {Expected} expected
 */
function* differences(result, expected) {
  const allowed = TOLERANCE + expected.error + result.error;
  for (const name of CLOSE)
    for (const [row, value] of (expected[name] ?? []).entries())
      if (!(Math.abs(result[name][row] - value) <= allowed))
        yield `${name} of ${row}: ${result[name][row]}, not ${value}`;
  const bindings = EXACT.flatMap((name) =>
    (expected[name] ?? []).flatMap((value, row) =>
      result[name][row] === value ? [] : [`${name} of ${row}: ${result[name][row]}, not ${value}`],
    ),
  );
  // Where a loop was solved, the last digits of equal losses are those of the solver, and decide which of them binds.
  if (bindings.length && expected.error > 0) undecided += 1;
  else yield* bindings;
  // Of a variant Python computes the losses alone.
  if (expected.stoppedBy === undefined) return;
  if (result.stoppedBy !== expected.stoppedBy) yield `stopped by ${result.stoppedBy}, not ${expected.stoppedBy}`;
  if (result.iterations !== expected.iterations) yield `${result.iterations} rounds, not ${expected.iterations}`;
  if (Math.abs(result.residual - expected.residual) > TOLERANCE) yield `residual ${result.residual}`;
}

/** @typedef {Partial<Record<"low" | "loss" | "high" | "shortage" | "step" | "slot" | "supply" | "source", number[]>> & { error: number, iterations: number, residual: number, stoppedBy?: string }} Expected */
/** @typedef {{ name: string, network: NetworkSource, terms?: (SupplyTerms | null)[], shocks: { hits: Hit[], expected: Expected, levers?: Lever[] }[] }} Case */

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  /** @type {Case} */
  const { name, network: source, shocks: asked, terms } = JSON.parse(line);
  const network = compileNetwork(source);
  for (const [row, { hits, expected, levers = [] }] of asked.entries()) {
    shocks += 1;
    const changed = pullLevers(network, levers, (slot) => terms?.[slot] ?? null);
    const placed = hits.map((hit) => (hit.kind === "supply" ? { ...hit, index: changed.supplyPlace[hit.index] } : hit));
    const result = levers.length ? leontief(changed.network, placed) : leontief(network, hits);
    for (const difference of differences(result, expected)) console.log(`${name}, shock ${row}: ${difference}`);
  }
}
console.error(`${shocks} shocks${undecided ? `, bindings of ${undecided} decided by rounding` : ""}`);
