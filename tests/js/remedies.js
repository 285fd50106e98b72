// Reads { data, asked } from standard input, the data of a page and what is asked of it, and writes for each entity what would
// help it, a line each: its loss, second sources and other changes by the record of their dependency, and what stands in the way.
import { readFileSync } from "node:fs";
import { provide } from "../../web/src/model/source.js";

/** @type {{ data: PageData, asked: { question: Asked, entity: string }[] }} */
const { data, asked } = JSON.parse(readFileSync(0, "utf8"));
provide(data);
const { iri, nodes } = await import("../../web/src/model/data.js");
const { networkIn, tables } = await import("../../web/src/model/computed/networks.js");
const { remediesOf, unchangedResult } = await import("../../web/src/model/computed/remedies.js");
const { WHOLE } = await import("../../web/src/model/world-filter.js");

const world = /** @type {WorldNetwork} */ (networkIn(WHOLE));
/** The records of the dependency of a slot. @param {number} slot */
const records = (slot) => tables().slots.records[world.slots[slot]].map((row) => iri(tables().records.name[row]));
/** @param {ShareLoss} at */
const losses = ({ share, low, loss, high }) => [share, low, loss, high];
/** @param {Remedies} found */
function plain({ before, onWay, sources, changes, pairs, obstacles }) {
  const halving = [
    ...sources.flatMap(({ slot, halving: least }) => (least ? [{ slots: [slot], ...least }] : [])),
    ...pairs.found,
  ];
  return {
    before: [before.low, before.loss, before.high],
    onWay,
    sources: sources.map(({ slot, shares }) => [records(slot), shares.map(losses)]),
    halving: halving
      .toSorted((a, b) => a.share - b.share || a.slots[0] - b.slots[0] || a.slots[1] - b.slots[1])
      .map(({ slots, ...least }) => [slots.map(records), ...losses(least)]),
    changes: changes.map(({ slot, lever, low, loss, high }) => [
      records(slot),
      "criticality" in lever ? "criticality" : "instead" in lever ? "provider" : "supplier",
      "supplier" in lever ? nodes[lever.supplier].iri : "",
      "instead" in lever ? nodes[lever.instead].iri : "",
      low,
      loss,
      high,
    ]),
    obstacles: {
      itself: obstacles.itself,
      slots: obstacles.slots.map((slot) => records(slot)[0]),
      ties: obstacles.ties.map(({ loss, ways }) => [loss, ways]),
    },
  };
}
for (const { question, entity } of asked) {
  const computed = unchangedResult(question, WHOLE);
  if (typeof computed === "string") throw new Error(computed);
  const steps = remediesOf(
    computed,
    nodes.findIndex((node) => node.iri === entity),
  );
  let step = steps.next();
  for (let part = 0; !step.done; step = steps.next()) {
    if (!(step.value >= part - 1e-9 && step.value <= 1)) throw new Error(`progress from ${part} to ${step.value}`);
    part = step.value;
  }
  console.log(JSON.stringify(step.value && plain(step.value)));
}
