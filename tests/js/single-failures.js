// Reads { data, entities } from standard input, the data of a page and IRIs, and writes for each entity a line: what each shock
// takes from it, and the single failures that take half of it.
import { readFileSync } from "node:fs";
import { provide } from "../../web/src/model/source.js";

/** @type {{ data: PageData, entities: string[] }} */
const { data, entities } = JSON.parse(readFileSync(0, "utf8"));
provide(data);
const { nodes } = await import("../../web/src/model/data.js");
const { chokePointsOf, exposureOf } = await import("../../web/src/model/computed/single-failures.js");
const { WHOLE } = await import("../../web/src/model/world-filter.js");

/** @template Value @param {Generator<number, Value>} steps @returns {Value} */
function result(steps) {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
for (const name of entities) {
  const row = nodes.findIndex(({ iri }) => iri === name);
  const shocks = result(exposureOf(row, WHOLE)).map(({ shock, loss }) => [shock.iri, loss.loss]);
  const { groups } = result(chokePointsOf(row, WHOLE));
  const points = groups.flatMap(({ loss, nodes: alike }) => alike.map((node) => [nodes[node].iri, loss]));
  console.log(JSON.stringify({ shocks, points }));
}
