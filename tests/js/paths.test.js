// Paths between entities: shortest first, then the most critical, then by name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

const WORDS = { essential: 1, high: 0.75, low: 0.15 };
const dense = Array.from({ length: 8 }, (_, n) => `D${n}`);
provide(
  pageData({
    entities: ["N0", "N1", "N2", "N3", "N4", "N5", "N6", "hosting", "nimbus", "shop", "bank", ...dense],
    needs: [
      ["N1", "N0", WORDS.low],
      ["N2", "N0", WORDS.high],
      ["N3", "N0", WORDS.high],
      ["N4", "N1", WORDS.low],
      ["N4", "N2", WORDS.high],
      ["N4", "N3", WORDS.high],
      ["N5", "N0", WORDS.essential],
      ["N6", "N5", WORDS.essential],
      ["N4", "N6", WORDS.essential],
      ["shop", "hosting", null, "nimbus"],
      ["bank", "hosting"],
      ...dense.flatMap((a) =>
        dense.filter((b) => b !== a).map((b) => /** @type {import("./page-data.js").Need} */ ([a, b, WORDS.high])),
      ),
    ],
  }),
);
const { nodes } = await import("../../web/src/model/data.js");
const { bestPaths, reach } = await import("../../web/src/model/paths.js");
const { filter } = await import("../../web/src/model/graph.js");
/** @param {string} label */
const row = (label) => nodes.findIndex((node) => node.label === label);
/** @type {(from: string, to: string, options?: PathOptions) => { paths: string[], more: boolean, cut: boolean }} */
const ask = (from, to, options) => {
  const { paths, ...rest } = bestPaths(row(from), row(to), options);
  return {
    paths: paths.map((path) => path.nodes.map((node) => nodes[node].label).join(" ")),
    ...rest,
  };
};

test("of equally long paths the one with the more critical needs comes first, and of equal ones the first by name", () => {
  assert.deepEqual(ask("N0", "N4").paths, ["N0 N2 N4", "N0 N3 N4", "N0 N1 N4", "N0 N5 N6 N4"]);
});
test("harm travels from what is needed to what needs it, and not back", () => {
  assert.deepEqual(ask("N4", "N0").paths, []);
  assert.equal(ask("N4", "N0", { direction: "any" }).paths.length, 4);
});
test("no path is longer than asked for", () => {
  for (const hops of [1, 2, 3]) {
    const { paths } = ask("D0", "D7", { hops, k: 50 });
    assert.ok(paths.every((path) => path.split(" ").length - 1 <= hops));
  }
  assert.deepEqual(ask("D0", "D7", { hops: 1 }), {
    paths: ["D0 D7"],
    more: false,
    cut: false,
  });
  assert.equal(ask("D0", "D7", { hops: 2, k: 50 }).more, false);
});
test("a search that gives up says so and keeps what it found", () => {
  const cut = ask("D0", "D7", { k: 50, steps: 20 });
  assert.ok(cut.cut);
  assert.ok(cut.paths.length > 0 && cut.paths.length < 50);
  assert.equal(ask("D0", "D7", { k: 3 }).cut, false);
  assert.ok(ask("D0", "D7", { k: 3 }).more);
});
test("no path leads from an entity to itself, nor through what is filtered out", () => {
  assert.deepEqual(ask("N0", "N0").paths, []);
  filter.kindsOff.add("dependsOn");
  assert.deepEqual(ask("N0", "N4").paths, []);
  filter.kindsOff.delete("dependsOn");
});
test("a provider harms those it supplies, not everybody with the same need", () => {
  assert.deepEqual(ask("nimbus", "shop").paths, ["nimbus hosting shop"]);
  assert.deepEqual(ask("nimbus", "bank").paths, []);
  assert.deepEqual(ask("hosting", "bank").paths, ["hosting bank"]);
  assert.deepEqual(ask("nimbus", "bank", { direction: "any" }).paths, ["nimbus hosting bank"]);
});
test("what lies upstream or downstream comes with its distance", () => {
  /** @param {{ far: Map<number, number> }} reached */
  const labels = ({ far }) => Object.fromEntries([...far].map(([node, hops]) => [nodes[node].label, hops]));
  assert.deepEqual(labels(reach(row("N4"), true)), {
    N4: 0,
    N1: 1,
    N2: 1,
    N3: 1,
    N6: 1,
    N0: 2,
    N5: 2,
  });
  assert.deepEqual(labels(reach(row("nimbus"), false)), {
    nimbus: 0,
    hosting: 1,
    shop: 2,
  });
  assert.deepEqual(labels(reach(row("N4"), true, 1)), {
    N4: 0,
    N1: 1,
    N2: 1,
    N3: 1,
    N6: 1,
  });
});
