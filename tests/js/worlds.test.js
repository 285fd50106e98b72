// Worlds: what held on a day, and the way back to everything.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

provide({
  ...pageData({
    entities: ["old", "new", "shop"],
    needs: [
      ["shop", "old", 0.5],
      ["shop", "new", 0.9, "", "2024-01-01"],
    ],
    since: { new: "2024-01-01" },
  }),
  days: { named: [[], []], of: 2, stop: ["2023-12-31", "2024-01-01"] },
});
const { edges, facts, nodes } = await import("../../web/src/model/data.js");
const worlds = await import("../../web/src/model/world-filter.js");
const { search } = await import("../../web/src/model/search.js");
const { worldName, worldNotice } = await import("../../web/src/model/worlds.js");
const { goBack, remember, state, subscribe, changed } = await import("../../web/src/store.js");

test("a day has what holds on it, and all sources have everything again", () => {
  assert.ok(worlds.enter({ document: -1, day: "2023-12-31" }));
  assert.deepEqual(
    facts.map((fact) => fact.inWorld),
    [true, false],
  );
  assert.equal(nodes[2].edges.length, 1);
  assert.equal(worlds.present().edges.length, 1);
  assert.match(worldNotice({ document: -1, day: "2023-12-31" }), /1 of 2 facts hold on this day/);
  assert.ok(!worlds.enter({ document: -1, day: "2023-12-31" }), "the same world again is no change");
  worlds.enter(worlds.WHOLE);
  assert.ok(edges.every((edge) => edge.inWorld));
  assert.equal(nodes[2].edges.length, 2);
  assert.equal(worldName(worlds.WHOLE), "All sources");
});
test("search finds only what is there, and a notice counts what holds without dates", () => {
  const day = { document: -1, day: "2023-12-31" };
  worlds.enter(day);
  assert.deepEqual([search("new"), search("old").map((node) => node.label)], [[], ["old"]]);
  const notice = "2 of 3 entities, 1 of 2 facts hold on this day, 1 of them without dates, taken to hold always";
  assert.equal(worldNotice(day), notice);
  worlds.enter(worlds.WHOLE);
  assert.deepEqual(
    search("new").map((node) => node.label),
    ["new"],
  );
  assert.equal(worldNotice(worlds.WHOLE), "");
});
test("a listener of the store is called with the reason of each change, until it leaves", () => {
  /** @type {[string, ChangeOptions][]} */
  const calls = [];
  const leave = subscribe((reason, options) => calls.push([reason, options]));
  changed("selected", { centre: true });
  leave();
  changed("selected");
  assert.deepEqual(calls, [["selected", { centre: true }]]);
});
test("the way back restores view, selection and world", () => {
  state.selected = 1;
  remember();
  Object.assign(state, {
    selected: 2,
    view: "compare",
    world: { document: -1, day: "2023-12-31" },
  });
  assert.ok(goBack());
  assert.deepEqual([state.selected, state.view, state.world], [1, "map", worlds.WHOLE]);
  assert.ok(!goBack());
});
test("lists come in several forms, and are lists afterwards", async () => {
  const { unpacked } = await import("../../web/src/model/packing.js");
  const nodes = {
    since: { "=": 0, but: [[1, 7]], rows: 3 },
    label: { "+": { "=": 1, but: [[0, 5]], rows: 3 } },
    row: { "#": "YHgZ" },
    alias: { "|": [1, 0, 2], items: { "+": { "#": "CCC" } } },
    x: [1, 2],
  };
  assert.deepEqual(unpacked({ nodes, title: "t" }), {
    nodes: { since: [0, 7, 0], label: [5, 6, 7], row: [12, -3, 400], alias: [[1], [], [2, 3]], x: [1, 2] },
    title: "t",
  });
});
