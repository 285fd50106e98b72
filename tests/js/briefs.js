// Reads { data, shocks } from standard input, the data of a page and IRIs, and writes the brief on each shock as plain text, a line each.
import { readFileSync } from "node:fs";
import { provide } from "../../web/src/model/source.js";

/** @type {{ data: PageData, shocks: string[] }} */
const { data, shocks: asked } = JSON.parse(readFileSync(0, "utf8"));
provide(data);
const { nodes } = await import("../../web/src/model/data.js");
const { briefOf } = await import("../../web/src/model/brief/brief.js");
const { helpLines } = await import("../../web/src/model/brief/helps.js");
const { lineText } = await import("../../web/src/model/brief/lines.js");
const { remediesOf } = await import("../../web/src/model/computed/remedies.js");
const { shockResult, shockRun } = await import("../../web/src/model/computed/run.js");
const { shocks } = await import("../../web/src/model/computed/shocks.js");
const { WHOLE } = await import("../../web/src/model/world-filter.js");

/** @template Value @param {Generator<number, Value>} steps @returns {Value} */
function result(steps) {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
for (const name of asked) {
  const { index, label } = /** @type {PageShock} */ (shocks.find(({ iri }) => iri === name));
  const shown = shockRun(index, WHOLE);
  const { grounds, impacts } = shown;
  if (!grounds) throw new Error(`${name} was not computed`);
  const brief = briefOf({ ...shown, grounds }, { title: label, day: WHOLE.day, chosen: -1 });
  const { finding, likelihood, impact, known, unknown, watch, focus } = brief;
  const computed = shockResult(index, WHOLE);
  const node = impacts[focus]?.node ?? -1;
  const stepOf = (/** @type {number} */ row) => impacts.find((one) => one.node === row)?.step ?? 0;
  const helps =
    typeof computed === "string" || node < 0
      ? []
      : helpLines(nodes[node].label, result(remediesOf(computed, node)), stepOf);
  const lines = { finding, known, unknown, watch, helps, likelihood: [likelihood], impact: [impact] };
  console.log(
    JSON.stringify(Object.fromEntries(Object.entries(lines).map(([key, list]) => [key, list.map(lineText)]))),
  );
}
