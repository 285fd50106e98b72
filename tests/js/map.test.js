// The map: which entities are on it and why, what they weigh, where labels find room, and which line lies under the pointer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

const parts = Array.from({ length: 90 }, (_, n) => `P${n}`);
provide(
  pageData({
    entities: ["hub", "core", "alone", ...parts],
    needs: [
      ["hub", "core", 1],
      ...parts.slice(0, 40).map((part) => /** @type {import("./page-data.js").Need} */ (["hub", part, 0.75])),
      ...parts.slice(50).map((part) => /** @type {import("./page-data.js").Need} */ ([part, "core", 0.15])),
      ["P41", "P3"],
      ["P42", "P3"],
    ],
    classOf: (name) => (name === "hub" ? "Company" : "Product"),
  }),
);
const { edges, nodes } = await import("../../web/src/model/data.js");
const { WHOLE_GRAPH, growAtFirst, whyShown } = await import("../../web/src/model/visible.js");
const { neededBy, signSize } = await import("../../web/src/model/weight.js");
const { lineDetails, lineTitle, shortWords } = await import("../../web/src/model/line-words.js");
const { lineAt } = await import("../../web/src/render/line-at.js");
const { bend } = await import("../../web/src/render/geometry.js");
const { scene } = await import("../../web/src/render/scene.js");
const { writing } = await import("../../web/src/render/labels.js");
/** @param {string} label */
const row = (label) => nodes.findIndex((node) => node.label === label);

test("an entity is the larger the more need it", () => {
  assert.deepEqual(["core", "P3", "P0", "hub"].map(row).map(neededBy), [41, 3, 1, 0]);
  const sizes = ["core", "P3", "P0", "hub"].map(row).map(signSize);
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => b - a),
  );
});
test("of a large graph the map has what is needed most around the best connected, and says so", () => {
  const visible = new Set();
  growAtFirst(visible, 16);
  assert.ok(nodes.length > WHOLE_GRAPH);
  assert.equal(visible.size, 16);
  assert.ok(["hub", "core", "P3"].map(row).every((node) => visible.has(node)));
  assert.equal(whyShown(visible), "hub and core, and what is needed most around them");
  const more = new Set([...visible, row("alone")]);
  assert.equal(whyShown(more), "hub and core, and what is needed most around them; 1 more was added");
  more.delete(row("core"));
  assert.equal(whyShown(more), "what you chose");
  assert.equal(whyShown(new Set(nodes.keys())), "");
});
test("a line says who needs what, how much, and that no source is cited", () => {
  const line = edges.find((edge) => edge.from === row("hub") && edge.to === row("core"));
  assert.ok(line);
  assert.equal(lineTitle(line), "hub depends on core");
  assert.deepEqual(lineDetails(line), ["no source cited"]);
  const facts = [
    {
      ...line.facts[0],
      notes: /** @type {Note[]} */ ([
        ["criticality", "high"],
        ["portion", "0.4"],
      ]),
    },
  ];
  assert.equal(shortWords({ ...line, facts }), "depends on · high");
  assert.deepEqual(lineDetails({ ...line, facts }), ["criticality high · portion 0.4 · no source cited"]);
});
/** @type {(id: number, x: number, y: number) => Sign} */
const sign = (id, x, y) => ({
  id,
  x,
  y,
  size: 10,
  family: "thing",
  letter: "Pr",
  loss: null,
  unknown: false,
  marked: false,
});
test("the line under the pointer is the nearest one in reach, straight or bent, and one that is lit comes first", () => {
  const [a, b, c] = [sign(0, 0, 0), sign(1, 200, 0), sign(2, 200, 40)];
  const plain = { family: /** @type {LineFamily} */ ("need"), hub: false };
  const placed = bend([
    { id: 7, from: 0, to: 1, ...plain },
    { id: 8, from: 1, to: 0, ...plain },
    { id: 9, from: 0, to: 2, ...plain },
  ]).map((line) => ({ ...line, a: [a, b, c][line.from], b: [a, b, c][line.to] }));
  const at = (/** @type {number} */ x, /** @type {number} */ y, lit = null) =>
    lineAt(placed, { x, y }, 5, lit)?.id ?? -1;
  assert.equal(at(180, 37), 9);
  assert.equal(at(100, -200), -1);
  const bows = [at(100, 12), at(100, -12)].sort();
  assert.deepEqual(bows, [7, 8]);
  const lit = /** @type {Lit} */ ({ nodes: new Set(), edges: new Set([7]) });
  assert.equal(lineAt(placed, { x: 4, y: 0 }, 5, lit)?.id, 7);
});
test("labels keep off each other, the signs and what lies over the map; the most needed has one, however crowded", () => {
  const ids = [row("core"), ...Array.from({ length: 60 }, (_, n) => row(`P${n}`))];
  Object.assign(scene, {
    drawn: ids,
    lit: null,
    lines: [],
    hides: new Map(),
    weighed: new Map(ids.map((id) => [id, { size: signSize(id), weight: neededBy(id) }])),
  });
  const place = (/** @type {number} */ id) => {
    const at = ids.indexOf(id);
    // A dense square with the most needed in its middle.
    const spot = at === 0 ? 30 : at <= 30 ? at - 1 : at;
    return { x: 200 + 34 * (spot % 8), y: 120 + 34 * Math.floor(spot / 8) };
  };
  const reserved = [{ left: 0, right: 190, top: 0, bottom: 44 }];
  for (const scale of [0.25, 0.6, 1, 3]) {
    const { labels } = writing({ scale, width: 900, height: 600, place, reserved }, (line) => line.length * 6.5);
    assert.ok(
      labels.some(({ id }) => id === row("core")),
      `at ${scale}`,
    );
    const boxes = labels.map(({ x, top, width, lines }) => ({
      left: x - width / 2,
      right: x + width / 2,
      top,
      bottom: top + 14 * lines.length,
    }));
    for (const [i, one] of [...boxes, ...reserved].entries())
      for (const other of boxes.slice(i + 1))
        assert.ok(
          one.left >= other.right || other.left >= one.right || one.top >= other.bottom || other.top >= one.bottom,
        );
  }
});
