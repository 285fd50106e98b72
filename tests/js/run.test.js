// What is read of a run, and the tables and comparisons that are made of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

provide(
  pageData({
    entities: ["mine", "plant", "maker", "seller", "other"],
    needs: [
      ["plant", "mine", 1],
      ["maker", "plant", 0.75],
      ["seller", "maker", 0.45],
      ["seller", "other", 0.15],
    ],
    classOf: (name) => (name === "mine" ? "Resource" : "Company"),
    alias: { maker: ["Ünïted Makers"] },
    losses: [
      ["mine", 1, 0],
      ["plant", 0.8, 1, "mine"],
      ["maker", 0.6, 2, "plant"],
      ["seller", 0.27, 3, "maker"],
      ["=gone", 0.03, 3, "maker"],
    ],
  }),
);
const { nodes, facts } = await import("../../web/src/model/data.js");
const runs = await import("../../web/src/model/runs.js");
const { degree, isHub, neighbours, starts } = await import("../../web/src/model/graph.js");
const { grow, growAtFirst } = await import("../../web/src/model/visible.js");
const { search } = await import("../../web/src/model/search.js");
const { csvText, sortedRows, tableCsv, tableOf } = await import("../../web/src/model/tables.js");
const compare = await import("../../web/src/model/compare.js");
/** @param {number} row */
const label = (row) => nodes[row].label;

test("numbers of the data stay numbers", () => {
  assert.deepEqual(
    facts.map((fact) => fact.criticality),
    [1, 0.75, 0.45, 0.15],
  );
  assert.ok(runs.impacts.every((impact) => typeof impact.loss === "number"));
});
test("steps, causes and what is hit", () => {
  assert.deepEqual([runs.firstStep, runs.lastStep], [0, 3]);
  const path = runs.causalPath(runs.impacts[3]).map((impact) => impact.label);
  assert.deepEqual(path, ["mine", "plant", "maker", "seller"]);
  assert.deepEqual(runs.hits().map(label), ["mine"]);
  assert.deepEqual(starts().map(label), ["mine"]);
});
test("small losses are left out at first, and more cards than fit are folded", () => {
  assert.equal(runs.cards(3, false).length, 1);
  assert.equal(runs.cards(3, true).length, 2);
  assert.equal(runs.folded(3, true), 0);
});
test("neighbours come best connected first; nothing here is a hub", () => {
  assert.deepEqual(neighbours(3).map(label), ["maker", "other"]);
  assert.equal(degree(3), 2);
  assert.ok(!isHub(3));
});
test("the map grows from the start, in steps, and ends with everything", () => {
  const visible = new Set();
  grow(visible, 3, 1);
  assert.deepEqual([...visible].map(label), ["mine", "plant"]);
  growAtFirst(visible, 40);
  assert.equal(visible.size, 5);
});
test("search finds names, other names without accents, and classes", () => {
  /** @param {string} query */
  const labels = (query) => search(query).map((node) => node.label);
  assert.deepEqual(labels("maker"), ["maker"]);
  assert.deepEqual(labels("united"), ["maker"]);
  assert.deepEqual(labels("type:resource"), ["mine"]);
  assert.deepEqual(labels("type:company ma"), ["maker"]);
  assert.deepEqual(labels("  "), []);
});
test("tables follow the step and sort by any column", () => {
  const state = { view: /** @type {View} */ ("cascade"), step: 1, only: -1, small: false };
  /** @type {(table: Table, order: Order) => (string | number)[]} */
  const names = (table, order) => sortedRows(table, order).map((row) => row.cells[0]);
  assert.deepEqual(names(tableOf(state, []), { column: 3, down: true }), ["mine", "plant"]);
  assert.deepEqual(
    names(tableOf({ ...state, only: 3, small: true }, []), {
      column: 3,
      down: false,
    }),
    ["=gone", "seller"],
  );
  assert.deepEqual(
    names(tableOf({ ...state, view: "map" }, [0, 1]), {
      column: 0,
      down: true,
    }),
    ["plant", "mine"],
  );
});
test("a saved table has the IRI, the class and plain numbers from 0 to 1, each in a column of its own, and no formula", () => {
  const options = { view: /** @type {View} */ ("cascade"), step: 3, only: -1, small: true };
  const lines = tableCsv(tableOf(options, []), { column: 3, down: true }).split("\r\n");
  assert.equal(lines[0], '"Entity","IRI","Class","Step","Via","Loss","Low","High","Sources","Rests on","Question"');
  assert.equal(lines.length, 1 + runs.impacts.length);
  assert.ok(lines[1].startsWith('"mine","https://example.org/mine","Resource","0","the shock","1","0.9","1",'));
  assert.ok(lines[4].startsWith('"seller","https://example.org/seller","Company","3","maker","0.27",'));
  assert.ok(lines[5].startsWith(`"'=gone",`));
});
test("what a spreadsheet would run has an apostrophe, a plain number has none, and quotes are doubled", () => {
  const cells = ["=1+1", "+1", "-1+2", "@sum", "\t=2", 'say "hi", all', 0.5];
  assert.equal(csvText([cells]), `"'=1+1","+1","'-1+2","'@sum","'\t=2","say ""hi"", all","0.5"`);
});
test("two runs: differences, ranks, and what is in one only", () => {
  /** @type {(iri: string, loss: number) => Impact} */
  const impact = (iri, loss) => ({ ...runs.impacts[0], iri, label: iri, loss, low: loss, high: loss });
  const first = { impacts: [impact("a", 0.5), impact("b", 0.2)] };
  const second = { impacts: [impact("a", 0.1), impact("c", 0.3)] };
  const rows = compare.compared([first, second]);
  const by = Object.fromEntries(rows.map((row) => [row.iri, row]));
  assert.deepEqual([by.a.difference, by.b.difference, by.c.difference], [0.1 - 0.5, -0.2, 0.3]);
  assert.deepEqual([by.a.rankA, by.a.rankB, compare.climb(by.a)], [1, 2, -1]);
  assert.equal(compare.climb(by.c), null);
  assert.deepEqual(
    compare.comparisonCounts(rows).map(([count]) => count),
    [1, 1, 0, 1, 0],
  );
  const sorted = compare.sortedComparison(rows, { column: "difference", down: true }, false);
  assert.deepEqual(
    sorted.map((row) => row.iri),
    ["a", "c", "b"],
  );
});
test("equal losses share a rank, also where rounding tells them apart", () => {
  const ranks = compare.ranks([
    { iri: "a", loss: 0.5 },
    { iri: "b", loss: 0.5 - 1e-8 },
    { iri: "c", loss: 0.1 },
  ]);
  assert.deepEqual([...ranks.values()], [1, 1, 3]);
});
