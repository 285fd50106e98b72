// What a run comes to in words, and those that lose equally much in groups: rules that the bundled data do not need.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

const makers = ["a", "b", "c", "d", "e", "f"];
provide(
  pageData({
    entities: ["mine", ...makers, "shop"],
    needs: [],
    fold: 40,
    classOf: (name) => (name === "shop" ? "Market" : name === "mine" ? "Resource" : "Product"),
    losses: [
      ["mine", 1, 0],
      .../** @type {[string, number, number, string][]} */ (makers.map((name) => [name, 0.5, 1, "mine"])),
      ["shop", 0.25, 1, "a"],
    ],
  }),
);
const { cascadeDrawing } = await import("../../web/src/model/cascade-drawing.js");
const { findingLines, lineText } = await import("../../web/src/model/finding.js");
const { impacts, run } = await import("../../web/src/model/runs.js");

/** @type {Grounds} */
const grounds = {
  row: -1,
  status: "",
  stance: "",
  evidence: [],
  notInForce: "",
  hits: 1,
  ungraded: 0,
  needed: () => new Set(),
  half: 0,
  steps: 0,
  targets: () => [],
  support: () => ({ disputed: 0, split: 0 }),
};
/** @param {Impact[]} list */
const texts = (list) => findingLines({ run: { ...run, unaffected: 2 }, impacts: list }, grounds).map(lineText);
const shown = { step: 1, small: false, row: -1, groups: new Set() };
/** @param {CascadeColumn} column */
const labels = (column) => column.boxes.map(({ label }) => label);

test("a crowded step has those of one class that lose equally much in one box, with one line from each cause", () => {
  const { columns, lines } = cascadeDrawing(shown);
  assert.deepEqual(labels(columns[1]), ["6 × Product", "shop"]);
  assert.deepEqual([columns[1].total, columns[1].boxes[0].members.length], [7, 6]);
  assert.equal(lines.filter(({ cause }) => impacts[cause]?.label === "mine").length, 1);
});
test("a group opens on demand, and where one of it is selected", () => {
  const [{ group }] = cascadeDrawing(shown).columns[1].boxes;
  const open = cascadeDrawing({ ...shown, groups: new Set([group]) });
  assert.deepEqual(labels(open.columns[1]), ["6 × Product", ...makers, "shop"]);
  assert.equal(open.lines.filter(({ cause }) => impacts[cause]?.label === "mine").length, 6);
  const row = impacts.findIndex(({ label }) => label === "c");
  assert.equal(cascadeDrawing({ ...shown, row }).columns[1].boxes[0].open, true);
});
test("customers come first; without a source that is said", () => {
  assert.deepEqual(texts(impacts), [
    "If this happens, shop loses 25% (15–35%); in all, eight of ten entities lose something.",
    "No source is cited for it.",
  ]);
});
test("where classes say nothing, those that lose most are named, and more than five are counted", () => {
  const [who] = texts(impacts.filter(({ label }) => label !== "shop"));
  assert.equal(
    who,
    "If this happens, six entities alike, a, b and c among them, lose 50% (40–60%); in all, seven of nine entities lose something.",
  );
});
test("what stops at its targets and what hits nothing is said", () => {
  assert.match(texts(impacts.slice(0, 1))[0], /in all, one of three entities loses something, which is hit itself\.$/);
  assert.match(texts([])[0], /^None of the two entities of this network loses anything\. No record says/);
});
