// Reads { data, questions } from standard input, the data of a page and what is asked of it, and writes what it computes, as
// plain values: a line for each question, or for each shock in each world where there is none.
import { readFileSync } from "node:fs";
import { provide } from "../../web/src/model/source.js";

/** @type {{ data: PageData, questions: { question: Question, world: World }[] }} */
const { data, questions } = JSON.parse(readFileSync(0, "utf8"));
provide(data);
const { raw } = await import("../../web/src/model/data.js");
const { shockRun } = await import("../../web/src/model/computed/run.js");
const { findingLines, lineText } = await import("../../web/src/model/finding.js");
const { enter } = await import("../../web/src/model/world-filter.js");
const { shocks } = await import("../../web/src/model/computed/shocks.js");
const { whatIf } = await import("../../web/src/model/computed/what-if.js");

/** @param {ShownRun} shown */
function plain({ grounds, ...run }) {
  const impacts = run.impacts.map(({ evidence, facts, ...impact }) => ({
    ...impact,
    evidence: evidence.map((cited) => [cited.document.iri, cited.start, cited.end, cited.place]),
    facts: facts.map((fact) => fact.index),
  }));
  return { ...run, impacts, finding: grounds ? findingLines(run, grounds).map(lineText) : [] };
}
/** What facts say differs between worlds. @param {World} world */
function show(world) {
  if (world.document < 0 || raw.members.some((members) => members.document === world.document)) enter(world);
}
for (const { question, world } of questions) {
  show(world);
  console.log(JSON.stringify(plain(whatIf(question, world))));
}
for (const { document, date } of questions.length ? [] : (raw.network?.worlds ?? [])) {
  show({ document, day: date });
  for (const shock of shocks) {
    const run = plain(shockRun(shock.index, { document, day: date }));
    console.log(JSON.stringify({ ...run, world: [document, date], shock: shock.iri }));
  }
}
