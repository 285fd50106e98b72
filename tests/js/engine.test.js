// The engine of the page: losses, bounds, bindings and levers of small networks that can be worked out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leontief } from "../../web/src/model/engine/leontief.js";
import { pullLevers } from "../../web/src/model/engine/levers.js";
import { compileNetwork, MODE } from "../../web/src/model/engine/network.js";
import { combine, supplyShares } from "../../web/src/model/engine/shares.js";

/** @typedef {{ owner: number, need?: number, weight?: number | [number, number, number], mode?: number, atLeast?: number, supplies?: [number, number, boolean?][] }} SlotOf */
/**
 * @param {number} entities
 * @param {SlotOf[]} slots in the order of their owners
 */
function network(entities, slots) {
  const ends = slots.map(({ weight = 1 }) => (typeof weight === "number" ? [weight, weight, weight] : weight));
  const supplies = slots.flatMap((slot) => slot.supplies ?? []);
  return compileNetwork({
    entities,
    hidden: [],
    own: [],
    slots: {
      owner: slots.map((slot) => slot.owner),
      need: slots.map((slot) => slot.need ?? -1),
      low: ends.map(([low]) => low),
      point: ends.map(([, point]) => point),
      high: ends.map(([, , high]) => high),
      mode: slots.map((slot) => slot.mode ?? MODE.allOf),
      atLeast: slots.map((slot) => slot.atLeast ?? 0),
      width: slots.map((slot) => (slot.supplies ?? []).length),
    },
    supplies: {
      provider: supplies.map(([provider]) => provider),
      share: supplies.map(([, share]) => share),
      unstated: supplies.map(([, , unstated = false]) => Number(unstated)),
    },
  });
}
/** @type {(index: number, severity?: number, kind?: Hit["kind"]) => Hit} */
const hit = (index, severity = 1, kind = "node") => ({ kind, index, severity: [severity, severity, severity] });
/** @param {EngineResult} result */
const losses = ({ low, loss, high }) => [low, loss, high].map((ends) => [...ends]);

test("a loss runs along a chain, each bound with its own criticality, and the step counts the links", () => {
  const chain = network(3, [
    { owner: 1, need: 0, weight: [0.6, 0.75, 0.9] },
    { owner: 2, need: 1, weight: 0.5 },
  ]);
  const result = leontief(chain, [hit(0)]);
  assert.deepEqual(losses(result), [
    [1, 0.6, 0.3],
    [1, 0.75, 0.375],
    [1, 0.9, 0.45],
  ]);
  assert.deepEqual(
    [[...result.step], [...result.source]],
    [
      [0, 1, 2],
      [-1, 0, 1],
    ],
  );
});
test("two suppliers of whom nobody states a share: any-of at low, half each at the point, all-of at high", () => {
  const shared = network(3, [{ owner: 2, mode: MODE.shares, supplies: [[0, 0.5, true], [1, 0.5, true]] }]); // prettier-ignore
  assert.deepEqual(
    losses(leontief(shared, [hit(0)])).map((ends) => ends[2]),
    [0, 0.5, 1],
  );
});
test("hits on a slot and on a supply count where they are", () => {
  const both = network(3, [{ owner: 2, mode: MODE.anyOf, weight: 0.5, supplies: [[0, 0], [1, 0]] }]); // prettier-ignore
  assert.equal(leontief(both, [hit(0, 0.8, "slot")]).loss[2], 0.4);
  assert.equal(leontief(both, [hit(0, 1, "supply")]).loss[2], 0);
  assert.equal(leontief(both, [hit(0, 1, "supply"), hit(1, 0.6)]).loss[2], 0.3);
});
test("a loop of shares that hardly leaks is solved, and its error is told", () => {
  const loop = network(3, [
    { owner: 0, mode: MODE.shares, supplies: [[1, 1 - 1e-6], [2, 1e-6]] },
    { owner: 1, need: 0 },
  ]); // prettier-ignore
  const result = leontief(loop, [hit(2)]);
  assert.ok(Math.abs(result.loss[0] - 1) <= result.error + 1e-12);
  assert.ok(result.iterations <= 34);
  assert.equal(result.stoppedBy, "tolerance");
});
test("nothing is lost where nothing is hit, on an empty network either", () => {
  assert.equal(leontief(network(0, []), []).iterations, 1);
  assert.deepEqual([...leontief(network(2, [{ owner: 1, need: 0 }]), []).loss], [0, 0]);
});
test("the remainder belongs to those that state no share, and more than the whole is scaled to it", () => {
  assert.deepEqual(supplyShares([0.5, null, null]), { share: [0.5, 0.25, 0.25], unstated: [false, true, true] });
  assert.deepEqual(supplyShares([1, 1]).share, [0.5, 0.5]);
  assert.deepEqual(supplyShares([0.6], [null]).share, [1]);
  assert.equal(combine({ combination: -1, atLeast: 0, stated: [null], passing: [] }).mode, MODE.allOf);
});
test("levers at their ends: a criticality of 0 and of 1, a share of 0 and of 1", () => {
  const plant = network(3, [{ owner: 1, need: 2, weight: 0.5, supplies: [[0, 0]] }]);
  const terms = () => ({ combination: -1, atLeast: 0, stated: [null], passing: [] });
  /** @param {Lever} lever */
  const after = (lever) => leontief(pullLevers(plant, [lever], terms).network, [hit(0)]).loss[1];
  assert.equal(after({ kind: "criticality", slot: 0, weight: [0, 0, 0] }), 0);
  assert.equal(after({ kind: "criticality", slot: 0, weight: [1, 1, 1] }), 1);
  assert.equal(after({ kind: "supplier", slot: 0, provider: -1, share: 0 }), 0.5);
  assert.equal(after({ kind: "supplier", slot: 0, provider: -1, share: 0.5 }), 0.25);
  assert.equal(after({ kind: "supplier", slot: 0, provider: -1, share: 1 }), 0);
  assert.equal(after({ kind: "backup", slot: 0, provider: -1 }), 0);
  assert.equal(after({ kind: "provider", supply: 0, provider: 2 }), 0);
  assert.equal(leontief(plant, [hit(0)]).loss[1], 0.5, "the network itself stays as it was");
});
