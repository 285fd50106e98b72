// Reads { data, judged, by, day } from standard input and writes the file of judgements as a string of JSON; `judged` has the
// names of judgements with their keys.
import { readFileSync } from "node:fs";
import { provide } from "../../web/src/model/source.js";

/** @type {{ data: PageData, judged: [string, VerdictKey][], by: string, day: string }} */
const { data, judged, by, day } = JSON.parse(readFileSync(0, "utf8"));
provide(data);
const { contradicted, judgementsYaml } = await import("../../web/src/model/identity.js");
const verdicts = new Map(judged);
console.log(JSON.stringify([judgementsYaml(verdicts, by, day), contradicted(verdicts)?.id ?? null]));
