// Layouts of their own: a small selection in layers, as harm travels, and groups by step, country and class.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

provide(
  pageData({
    entities: ["mine", "plant", "maker", "seller", "other", "lone"],
    needs: [
      ["plant", "mine", 1],
      ["maker", "plant", 1],
      ["seller", "maker", 0.3],
      ["mine", "seller", 0.1],
    ],
    losses: [
      ["mine", 1, 0],
      ["plant", 0.8, 1, "mine"],
      ["maker", 0.5, 2, "plant"],
    ],
    classOf: (name) => (name === "mine" ? "Resource" : "Company"),
  }),
);
const { nodes } = await import("../../web/src/model/data.js");
const { COLUMN, ROW, layered } = await import("../../web/src/model/layered.js");
const { grouped, groupsOf } = await import("../../web/src/model/grouping.js");
const { arrange, keepPlace } = await import("../../web/src/render/arrangement.js");
const all = nodes.map((node) => node.index);
/** @param {Map<number, Point>} places */
function apart(places) {
  const list = [...places.values()];
  for (const [i, a] of list.entries())
    for (const b of list.slice(i + 1))
      assert.ok(Math.abs(a.x - b.x) >= COLUMN / 2 || Math.abs(a.y - b.y) >= ROW / 2, JSON.stringify([a, b]));
}
/** @type {(from: number, to: number, need?: boolean) => import("../../web/src/model/layered.js").Tie} */
const tie = (from, to, need = true) => ({ from, to, need });

test("what is needed is to the left of the one who needs it, and nothing lies over anything", () => {
  const ties = [tie(1, 0), tie(2, 1), tie(3, 1), tie(4, 2), tie(4, 0), tie(4, 5), tie(6, 4, false)];
  const { places, frames } = layered([0, 1, 2, 3, 4, 5, 6], ties);
  const x = (/** @type {number} */ id) => places.get(id)?.x ?? NaN;
  for (const { from, to, need } of ties) if (need) assert.ok(x(to) < x(from), `${to} before ${from}`);
  // What needs nothing stands just before the first that needs it.
  assert.equal(x(5), x(2));
  apart(places);
  assert.deepEqual(
    frames.map(({ name, count }) => [name, count]),
    [
      ["Harm travels from left to right", 6],
      ["Linked in other ways", 1],
    ],
  );
});
test("a circle, a long chain and sixty needs of one entity are laid out as well, the same every time", () => {
  const circle = layered([0, 1, 2], [tie(0, 1), tie(1, 2), tie(2, 0)]);
  assert.equal(circle.places.size, 3);
  apart(circle.places);
  const chain = Array.from({ length: 3000 }, (_, id) => id);
  const long = layered(
    chain,
    chain.slice(1).map((id) => tie(id, id - 1)),
  );
  assert.ok(
    chain
      .slice(1)
      .every((id) => /** @type {Point} */ (long.places.get(id)).x > /** @type {Point} */ (long.places.get(id - 1)).x),
  );
  const star = Array.from({ length: 61 }, (_, id) => id);
  const wide = layered(
    star,
    star.slice(1).map((id) => tie(0, id)),
  );
  apart(wide.places);
  assert.deepEqual(
    [...wide.places],
    [
      ...layered(
        star,
        star.slice(1).map((id) => tie(0, id)),
      ).places,
    ],
  );
  assert.equal(layered([], []).places.size, 0);
});
test("groups follow the steps of the harm, the distance from an entity, or the class, each with its count", () => {
  /** @param {import("../../web/src/model/grouping.js").Group[]} groups */
  const named = (groups) => groups.map(({ name, members }) => [name, ...members.map((id) => nodes[id].label)]);
  assert.deepEqual(named(groupsOf("tier", all, -1)), [
    ["Hit", "mine"],
    ["Step 1", "plant"],
    ["Step 2", "maker"],
    ["Loses nothing", "seller", "other", "lone"],
  ]);
  assert.deepEqual(named(groupsOf("tier", all, 1)), [
    ["Centre", "plant"],
    ["1 link", "mine", "maker"],
    ["2 links", "seller"],
    ["Not linked", "other", "lone"],
  ]);
  assert.deepEqual(named(groupsOf("class", all, -1)), [
    ["Company", "plant", "maker", "seller", "other", "lone"],
    ["Resource", "mine"],
  ]);
  assert.deepEqual(named(groupsOf("country", all, -1)), [["No country stated", ...nodes.map(({ label }) => label)]]);
});
test("blocks of groups do not overlap, also of thousands in hundreds of groups", () => {
  const { places, frames } = grouped("class", all, -1);
  apart(places);
  for (const [i, a] of frames.entries())
    for (const b of frames.slice(i + 1))
      assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top);
});
test("the map by links has its places back after another arrangement, and what was dragged there", () => {
  const before = nodes.map(({ x, y }) => [x, y]);
  nodes[4].x = before[4][0] = 777;
  keepPlace(4);
  assert.ok(arrange({ by: "tier", around: -1 }, all).moved);
  assert.ok(!arrange({ by: "tier", around: -1 }, all).moved);
  nodes[2].x = -5;
  keepPlace(2);
  assert.ok(arrange({ by: "links", around: -1 }, all).moved);
  assert.deepEqual(
    nodes.map(({ x, y }) => [x, y]),
    before,
  );
});
test("in the world of a document what it says no needs of is not known, and what needs something and loses nothing is spared", async () => {
  const { isSilent } = await import("../../web/src/model/silence.js");
  const document = { document: 0, day: "" };
  const answers = (/** @type {World} */ world) => all.filter((id) => isSilent(id, world)).map((id) => nodes[id].label);
  // "mine", "plant" and "maker" lose; "seller" needs "maker" and loses nothing; nobody says what the others need.
  assert.deepEqual(answers(document), ["other", "lone"]);
  assert.deepEqual(answers({ document: -1, day: "" }), []);
  assert.deepEqual(
    groupsOf("tier", all, -1, (id) => isSilent(id, document)).map(({ name, members }) => [name, members.length]),
    [
      ["Hit", 1],
      ["Step 1", 1],
      ["Step 2", 1],
      ["Loses nothing", 1],
      ["Not known", 2],
    ],
  );
});
