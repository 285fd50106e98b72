// The drawing of a cascade, which the board shows and the saved SVG has: columns, boxes, and lines between them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

provide(
  pageData({
    entities: ["mine", "plant", "maker", "seller"],
    needs: [],
    classOf: (name) => (name === "mine" ? "BusinessUnit" : "Company"),
    losses: [
      ["mine", 1, 0],
      ["plant", 0.8, 1, "mine"],
      ["port", 0.7, 1, "mine"],
      ["rail", 0.6, 1, "mine"],
      ["yard", 0.01, 1, "mine"],
      ["maker", 0.6, 2, "plant"],
      ["seller", 0.27, 3, "maker"],
    ],
    shortages: [
      ["mine", "plant", 0],
      ["mine", "maker", 0],
      ["maker", "plant", 1],
      ["rail", "plant", 1],
      ["maker", "seller", 0],
    ],
  }),
);
const { cascadeDrawing, curve, impactBeside } = await import("../../web/src/model/cascade-drawing.js");
const { impacts } = await import("../../web/src/model/runs.js");

/** @param {string} label */
const row = (label) => impacts.findIndex((impact) => impact.label === label);
const all = { step: 3, small: false, row: -1, groups: new Set() };
/** @param {CascadeColumn} column */
const labels = (column) => column.boxes.map(({ impact }) => impact.label);
/** @param {CascadeLine[]} lines */
const named = (lines) =>
  lines.map(({ cause, effect, look }) => [impacts[cause]?.label ?? "Shock", impacts[effect].label, look]);

test("each step is a column with its greatest losses, and counts what it folds", () => {
  const { columns } = cascadeDrawing(all);
  assert.deepEqual(columns.map(labels), [["mine"], ["plant", "port"], ["maker"], ["seller"]]);
  assert.deepEqual(
    columns.map(({ name, total, folded }) => [name, total, folded]),
    [
      ["Hit", 1, 0],
      ["Step 1", 3, 1],
      ["Step 2", 1, 0],
      ["Step 3", 1, 0],
    ],
  );
  assert.equal(cascadeDrawing({ ...all, small: true }).columns[1].folded, 2);
});
test("columns ahead of the step are counted, and have neither boxes nor lines", () => {
  const { columns, lines } = cascadeDrawing({ ...all, step: 1 });
  assert.deepEqual(
    columns.map(({ reached, current, boxes, total }) => [reached, current, boxes.length, total]),
    [
      [true, false, 1, 1],
      [true, true, 2, 3],
      [false, false, 0, 1],
      [false, false, 0, 1],
    ],
  );
  assert.deepEqual(named(lines), [
    ["Shock", "mine", "binding"],
    ["mine", "plant", "binding"],
    ["mine", "port", "binding"],
  ]);
});
test("a box says what its entity loses, within which range, and of which class it is", () => {
  const [box] = cascadeDrawing(all).columns[1].boxes;
  assert.deepEqual([box.loss, box.range, box.className], ["80%", "70–90%", "Company"]);
  assert.equal(box.description, "plant, loses 80%, between 70–90%, step 1");
  assert.equal(cascadeDrawing(all).columns[0].boxes[0].className, "Business Unit");
});
test("a selection marks the path to it and dims all but what it brings down itself", () => {
  const { columns } = cascadeDrawing({ ...all, row: row("plant") });
  const marks = columns.flatMap(({ boxes }) =>
    boxes.map(({ impact, selected, onPath, dim }) => [impact.label, selected, onPath, dim]),
  );
  assert.deepEqual(marks, [
    ["mine", false, true, false],
    ["plant", true, true, false],
    ["port", false, false, true],
    ["maker", false, false, false],
    ["seller", false, false, true],
  ]);
});
test("lines around a selection: shortages that do not bind first, the path last; folded entities have none", () => {
  const { lines } = cascadeDrawing({ ...all, row: row("plant") });
  assert.deepEqual(named(lines), [
    ["maker", "plant", "thin"],
    ["mine", "port", "faint"],
    ["plant", "maker", "next"],
    ["maker", "seller", "faint"],
    ["Shock", "mine", "path"],
    ["mine", "plant", "path"],
  ]);
  assert.deepEqual(
    lines.map(({ back }) => back),
    [true, false, false, false, false, false],
  );
});
test("a line onwards bends halfway, and one that leads back leaves and arrives in a bow", () => {
  const [line] = cascadeDrawing({ ...all, row: row("plant") }).lines;
  assert.equal(curve({ ...line, back: false }, { x: 0, y: 1 }, { x: 100, y: 2 }), "M0 1C50 1 50 2 100 2");
  assert.equal(curve(line, { x: 100, y: 1 }, { x: 0, y: 2 }), "M100 1C160 1 -60 2 0 2");
});
test("arrow keys move in a column, to the cause, and to the worst effect or else to the nearest box", () => {
  /**
   * @param {string} label
   * @param {string} key
   */
  const beside = (label, key, small = false) => impactBeside(impacts[row(label)], key, small)?.label;
  assert.deepEqual([beside("plant", "ArrowDown"), beside("port", "ArrowUp")], ["port", "plant"]);
  assert.deepEqual([beside("maker", "ArrowLeft"), beside("plant", "ArrowRight")], ["plant", "maker"]);
  assert.equal(beside("port", "ArrowRight"), "maker");
  for (const [label, key] of [
    ["mine", "ArrowLeft"],
    ["seller", "ArrowRight"],
    ["port", "ArrowDown"],
  ])
    assert.equal(beside(label, key), undefined);
});
