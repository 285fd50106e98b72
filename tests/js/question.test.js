// What a question is called, how it is put together, and what a table of many shocks lists.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

provide(
  pageData({
    entities: ["mine", "plant", "maker", "seller"],
    needs: [
      ["plant", "mine", 1],
      ["maker", "plant", 0.75, "seller"],
    ],
  }),
);
const question = await import("../../web/src/model/question.js");
const { byLossOf, byReach, entitiesOf, matching } = await import("../../web/src/model/shock-table.js");
const { sight } = await import("../../web/src/model/sight.js");

/** @type {(node: number, severity?: Amount) => QuestionHit} */
const hit = (node, severity = 1) => ({ node, severity });

test("a question is called by what it hits, in the words of Python", () => {
  const label = (/** @type {QuestionHit[]} */ ...hits) => question.questionLabel({ hits });
  assert.equal(label(hit(0)), "mine fails (100%)");
  assert.equal(label(hit(0), hit(1)), "mine and plant fail (100%)");
  assert.equal(label(hit(0, 0.3), hit(1)), "mine loses 30%; plant fails (100%)");
  assert.equal(label(hit(0, 0)), "mine loses nothing");
  assert.equal(label({ fact: 0, severity: 0.5 }), "The need of plant for mine is cut by 50%");
  assert.equal(label(hit(0), hit(1), hit(2), hit(3)), "mine, plant and maker fail (100%); 1 more is hit");
  assert.equal(question.questionLabel(null), "");
});
test("its changes are named after it", () => {
  const asked = { hits: [hit(0)], levers: [{ fact: 0, supplier: -1, share: 0.3 }] };
  assert.equal(question.questionLabel(asked), "mine fails (100%), with 30% of mine for plant from another supplier");
  assert.equal(question.leverTitle({ fact: 0, criticality: 0.25 }), "plant needing mine by 25%");
  assert.equal(question.leverTitle({ fact: 0, buffer: 30 }), "a stock of mine for 30 days at plant");
  assert.equal(question.leverTitle({ fact: 0, supplier: 3, share: null }), "all of mine for plant from seller");
  assert.deepEqual(question.withoutChanges(asked), { hits: [hit(0)] });
});
test("the same thing is hit once, as hard as was said last; changes alone ask nothing", () => {
  const twice = question.withHit(question.withHit({}, hit(0)), hit(0, 0.2));
  assert.deepEqual(twice, { hits: [hit(0, 0.2)] });
  assert.deepEqual(question.withoutHit(twice, 0), {});
  assert.ok(!question.hitsAnything({ levers: [{ fact: 0, buffer: 1 }] }));
  assert.ok(question.hitsAnything({ shock: 0 }));
});
test("a shock alone is no what-if, and the order of what is empty does not matter", () => {
  assert.equal(question.shockAlone({ shock: 2, hits: [] }), 2);
  assert.equal(question.shockAlone({ shock: 2, hits: [hit(0)] }), -1);
  assert.equal(question.shockAlone(null), -1);
  assert.ok(question.sameQuestion({ shock: 1, hits: [], levers: [] }, { shock: 1 }));
  assert.ok(!question.sameQuestion({ shock: 1 }, null));
});

/** @type {(losses: Record<number, number>) => RunLosses} */
const found = (losses) => {
  const entries = Object.entries(losses).map(([node, loss]) => [Number(node), { loss, low: loss, high: loss }]);
  const worst = Number(Object.entries(losses).sort((a, b) => b[1] - a[1])[0]?.[0] ?? -1);
  return {
    reason: "",
    affected: entries.length,
    worst,
    hit: new Set(),
    losses: new Map(/** @type {[number, Loss][]} */ (entries)),
  };
};
test("entities that lose most come first, or those that lose most often", () => {
  const table = {
    world: { document: -1, day: "" },
    found: [found({ 0: 1 }), found({ 1: 0.5, 2: 0.1 }), found({ 1: 0.4 })],
  };
  assert.deepEqual(entitiesOf(table, "most"), [0, 1, 2]);
  assert.deepEqual(entitiesOf(table, "often"), [1, 0, 2]);
  // Where only the list is shown: what loses nothing comes last.
  sight.list = new Set([3, 2, 1]);
  assert.deepEqual(entitiesOf(table, "most"), [1, 2, 3]);
  assert.deepEqual(
    byReach(table, sight.list).map(({ affected, worst }) => [affected, worst]),
    [
      [2, 0.5],
      [1, 0.4],
      [0, 0],
    ],
  );
  sight.list = null;
});
test("shocks go by reach, by the loss of one entity, and by words", () => {
  const shock = (/** @type {number} */ index, /** @type {string} */ label) => ({
    ...{ index, iri: `https://example.org/shock-${index}`, label, status: "Emerging" },
    ...{ comment: "", since: "", until: "", basis: [], measures: [] },
  });
  const table = { world: { document: -1, day: "" }, found: [found({ 0: 1 }), found({ 1: 0.5, 2: 0.1 })] };
  const rows = [
    { shock: shock(0, "A strike"), affected: 1, worst: 1 },
    { shock: shock(1, "Export ban of chips"), affected: 2, worst: 0.5 },
  ];
  assert.deepEqual(
    byLossOf(table, rows, 1).map((row) => row.shock.index),
    [1, 0],
  );
  assert.deepEqual(
    matching(rows, "CHIPS export").map((row) => row.shock.index),
    [1],
  );
  assert.equal(matching(rows, "emerging").length, 2);
  assert.deepEqual(byReach({ ...table, found: [] }), []);
});
test("sentences on a run name records by what they are called, and keep their words", async () => {
  const { withLabels } = await import("../../web/src/model/record-names.js");
  assert.equal(
    withLabels("No source states it (low, plant 2) of record-0, record-2: mine-x (record-9 and 3 more; --financing)."),
    "No source states it (low, plant 2) of the need of plant for mine, the supply of plant by seller: mine-x (record-9 and 3 more; --financing).",
  );
  assert.equal(withLabels("Of the need of plant for mine (record-0), x."), "Of the need of plant for mine, x.");
  assert.equal(withLabels("Of what is dated (record-0)."), "Of what is dated (the need of plant for mine).");
});
