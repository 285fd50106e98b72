// Reads the data of a page from standard input, asks what if each of some entities fails, and writes the times in milliseconds.
import { readFileSync } from "node:fs";
import { provide } from "../web/src/model/source.js";

provide(JSON.parse(readFileSync(0, "utf8")));
const { nodes } = await import("../web/src/model/data.js");
const { networkIn } = await import("../web/src/model/computed/networks.js");
const { questionResult, whatIf } = await import("../web/src/model/computed/what-if.js");
const { lossesOf } = await import("../web/src/model/computed/losses.js");
const WORLD = { document: -1, day: "" };
const ASKED = 60;

const timed = (run) => {
  const start = performance.now();
  const value = run();
  return [performance.now() - start, value];
};
const [network] = timed(() => networkIn(WORLD));
const times = [];
let [affected, shown] = [0, 0];
for (let place = 0; place < ASKED; place += 1) {
  const node = Math.floor((place * nodes.length) / ASKED);
  const question = { label: "?", hits: [{ node, severity: 0.5 + place / 1000 }] };
  const [time, result] = timed(() => questionResult(question, WORLD));
  // The first ones are slow while the code is compiled; the last ones are what a slider feels.
  if (place >= 5) times.push(time);
  affected = Math.max(affected, lossesOf(result).affected);
  shown = timed(() => whatIf(question, WORLD))[0];
}
times.sort((a, b) => a - b);
const median = times[times.length >> 1];
console.log(JSON.stringify({ network, median, worst: times.at(-1), affected, shown }));
