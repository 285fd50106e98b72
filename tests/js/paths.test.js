// Paths between entities: shortest first, then the most critical, then by name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

const WORDS = { essential: 1, high: 0.75, low: 0.15 };
const dense = Array.from({ length: 8 }, (_, n) => `D${n}`);
const random = numbers(7);
const drawn = Array.from({ length: 24 }, (_, n) => `R${n}`);
/** @type {import("./page-data.js").Need[]} */
const links = Array.from({ length: 60 }, () => [
  drawn[Math.floor(24 * random())],
  drawn[Math.floor(24 * random())],
  [1, 0.75, 0.15][Math.floor(3 * random())],
]);
provide(
  pageData({
    entities: ["N0", "N1", "N2", "N3", "N4", "N5", "N6", "hosting", "nimbus", "shop", "bank", ...dense, ...drawn],
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
      ...links.filter(([dependant, need]) => dependant !== need),
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
/** A sequence of pseudo-random numbers from 0 to 1: the same each time. */
function numbers(seed = 5) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
/**
 * Every simple path of links that are on, found by trying all: what a search must agree with.
 * @param {number} start
 * @param {number} end
 * @param {"harm" | "any"} direction
 * @param {number} longest
 */
function everyPath(start, end, direction, longest) {
  /** @type {string[]} */
  const complete = [];
  /** @param {number[]} path */
  const walk = (path) => {
    const last = path[path.length - 1];
    if (last === end) complete.push(path.join(" "));
    else if (path.length <= longest)
      for (const { from, to } of nodes[last].edges) {
        const next = to === last ? from : direction === "any" ? to : -1;
        if (next >= 0 && !path.includes(next)) walk([...path, next]);
      }
  };
  walk([start]);
  return new Set(complete);
}
test("the best paths of generated graphs are as short as those that a search of all finds, and none comes twice", () => {
  const random = numbers();
  const pick = () => row(`R${Math.floor(24 * random())}`);
  let seen = 0;
  for (const direction of /** @type {const} */ (["harm", "any"]))
    for (let round = 0; round < 25; round += 1) {
      const [start, end] = [pick(), pick()];
      if (start === end) continue;
      const answer = bestPaths(start, end, { direction, hops: 6, k: 7 });
      const every = everyPath(start, end, direction, 6);
      const paths = answer.paths.map((path) => path.nodes.join(" "));
      const lengths = [...every].map((path) => path.split(" ").length - 1).sort((a, b) => a - b);
      assert.deepEqual(
        answer.paths.map((path) => path.hops.length),
        lengths.slice(0, 7),
      );
      assert.deepEqual([answer.more, answer.cut], [every.size > 7, false]);
      assert.equal(new Set(paths).size, paths.length);
      assert.ok(paths.every((path) => every.has(path)));
      assert.deepEqual(bestPaths(start, end, { direction, hops: 6, k: 7 }), answer);
      seen += paths.length;
    }
  assert.ok(seen > 40);
});
test("an unknown entity has no paths", () => {
  assert.deepEqual(ask("nobody", "N0").paths, []);
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
test("a query against the way of harm is turned round, and its paths are saved link by link, without formulas", async () => {
  const { asHarmGoes, otherWay } = await import("../../web/src/model/path-query.js");
  const { pathsCsv } = await import("../../web/src/model/path-csv.js");
  /** @type {PathsBetween} */
  const query = { kind: "between", from: row("N4"), to: row("N0"), direction: "harm", hops: 6, k: 5, chosen: -1 };
  const meant = asHarmGoes(query);
  assert.deepEqual([meant.from, meant.to], [row("N0"), row("N4")]);
  assert.equal(asHarmGoes(meant), meant);
  assert.equal(otherWay(query).paths.length, 4);
  assert.equal(otherWay(meant).paths.length, 0);
  const label = nodes[row("N0")].label;
  const { paths } = bestPaths(row("N0"), row("N4"), { k: 1 });
  nodes[meant.from].label = "=1+1";
  const lines = pathsCsv(paths, true).split("\r\n");
  nodes[meant.from].label = label;
  assert.equal(lines[0], '"Path","Link","From (harmed first)","Relation","To","Criticality","Sources"');
  assert.equal(lines[1], `"1","1","'=1+1","needed by","N2","0.75",""`);
  assert.equal(lines.length, 3);
});
