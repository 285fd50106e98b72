// Queries of paths: what is lit on the map, what joins it, and the sentence that says what came of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

provide(
  pageData({
    entities: ["mine", "plant", "port", "shop", "bank", "hosting", "nimbus", "island"],
    needs: [
      ["plant", "mine", 1],
      ["port", "mine", 0.5],
      ["shop", "plant", 0.75],
      ["shop", "port", 0.75],
      ["shop", "hosting", null, "nimbus"],
      ["bank", "hosting"],
    ],
    losses: [
      ["mine", 1, 0],
      ["island", 1, 0],
      ["plant", 0.8, 1, "mine"],
    ],
  }),
);
const { edges, nodes } = await import("../../web/src/model/data.js");
const { filter } = await import("../../web/src/model/graph.js");
const query = await import("../../web/src/model/path-query.js");
/** @param {string} label */
const row = (label) => nodes.findIndex((node) => node.label === label);
const everything = () => true;
/** @type {(from: string, to: string, chosen?: number) => PathsBetween} */
const between = (from, to, chosen = -1) => ({
  ...query.DEFAULTS,
  kind: "between",
  from: row(from),
  to: row(to),
  chosen,
});
/** @type {(to: string, hits: boolean) => PathsHere} */
const here = (to, hits) => ({ kind: "here", to: row(to), hops: 6, hits });
/** @type {(node: string) => PathsThrough} */
const through = (node) => ({ kind: "through", node: row(node) });
/** @type {(asked: PathQuery, shown?: (node: number) => boolean) => string[] | null} */
const lit = (asked, shown = everything) => {
  const lens = query.lensOf(asked, shown);
  return lens && [...lens.nodes].map((node) => nodes[node].label).sort();
};

test("numbers are brought back into their bounds", () => {
  assert.deepEqual([query.bounded("hops", 99), query.bounded("hops", 0), query.bounded("k", 2.6)], [10, 1, 3]);
  assert.ok(query.isDirection("harm") && !query.isDirection("sideways"));
});
test("all paths between two entities are lit, or the chosen one alone", () => {
  assert.deepEqual(lit(between("mine", "shop")), ["mine", "plant", "port", "shop"]);
  assert.deepEqual(lit(between("mine", "shop", 1)), ["mine", "port", "shop"]);
  const lens = /** @type {Lens} */ (query.lensOf(between("mine", "shop", 0), everything));
  assert.equal(lens.name, "Path 1 from mine to shop");
  assert.deepEqual(
    [...lens.edges].map((edge) => [edges[edge].from, edges[edge].to].map((node) => nodes[node].label)),
    [
      ["plant", "mine"],
      ["shop", "plant"],
    ],
  );
});
test("where there is no path nothing is lit, and the sentence says so", () => {
  assert.equal(lit(between("shop", "mine")), null);
  assert.equal(query.sentence(between("shop", "mine"), everything), "No path from shop to mine");
  assert.equal(query.sentence(between("mine", "shop"), everything), "2 paths from mine to shop lit");
});
test("an answer follows the filter", () => {
  filter.classesOff.add("Company");
  assert.equal(lit(between("mine", "shop")), null);
  filter.classesOff.delete("Company");
  assert.deepEqual(
    query.members(between("mine", "plant")).map((node) => nodes[node].label),
    ["mine", "plant"],
  );
});
test("to an entity leads all that is upstream, or the best path from each hit", () => {
  assert.deepEqual(lit(here("shop", false)), ["hosting", "mine", "nimbus", "plant", "port", "shop"]);
  assert.deepEqual(lit(here("shop", true)), ["mine", "plant", "shop"]);
  const answer = query.pathsHere(here("shop", true));
  assert.deepEqual([[...answer.far], answer.without], [[[row("mine"), 2]], 1]);
  assert.equal(query.sentence(here("shop", true), everything), "1 entity reaches shop within 6 links");
  assert.equal(lit(here("mine", true)), null);
});
test("through an entity lead its causes and effects on the map; a provider reaches those it supplies alone", () => {
  assert.deepEqual(lit(through("plant")), ["mine", "plant", "shop"]);
  assert.deepEqual(
    lit(through("plant"), (node) => node !== row("shop")),
    ["mine", "plant"],
  );
  assert.deepEqual(lit(through("nimbus")), ["hosting", "nimbus", "shop"]);
  assert.deepEqual(lit(through("bank")), ["bank", "hosting"]);
  assert.equal(query.sentence(through("plant"), everything), "2 entities of the map on ways through plant lit");
});
test("a long label is cut between letters", () => {
  const island = nodes[row("island")];
  island.label = "😀".repeat(80);
  assert.equal(query.shortLabel(island.index), `${"😀".repeat(59)}…`);
  island.label = "island";
});
