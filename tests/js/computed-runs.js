// Reads the data of a page from standard input and writes what it computes, as plain values: a line for each shock and world.
import { readFileSync } from "node:fs";
import { provide } from "../../web/src/model/source.js";

provide(JSON.parse(readFileSync(0, "utf8")));
const { raw } = await import("../../web/src/model/data.js");
const { shockRun } = await import("../../web/src/model/computed/run.js");
const { shocks } = await import("../../web/src/model/computed/shocks.js");

for (const { document, date } of raw.network?.worlds ?? [])
  for (const shock of shocks) {
    const run = shockRun(shock.index, { document, day: date });
    const impacts = run.impacts.map(({ evidence, facts, ...impact }) => ({
      ...impact,
      evidence: evidence.map((cited) => [cited.document.iri, cited.start, cited.end, cited.place]),
      facts: facts.map((fact) => fact.index),
    }));
    console.log(JSON.stringify({ ...run, impacts, world: [document, date], shock: shock.iri }));
  }
