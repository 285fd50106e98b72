// The command that gives the same numbers as the page does, where there is one.
import { computes } from "./computed/run.js";
import { shocks } from "./computed/shocks.js";
import { documents, facts, nodes } from "./data.js";
import { shortName } from "./names.js";
import { point } from "./question.js";

/** A word as a shell of Unix reads it. @param {string} word */
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
/** @param {QuestionHit} hit */
const nameOfHit = (hit) => shortName("node" in hit ? nodes[hit.node].iri : facts[hit.fact].record);

/**
 * The command, or why there is none: it begins with "knockon" or with another word.
 * @param {Asked} asked
 * @param {World} world
 * @returns {{ command: string, reason: string }}
 */
export function commandOf(asked, world) {
  const { shock, hits = [], levers = [] } = asked;
  const no = (/** @type {string} */ reason) => ({ command: "", reason });
  if (!computes) return no("This page was made with a model that runs on the command line only.");
  if (levers.length)
    return no("No command computes a shock with these changes; `knockon mitigate` tries changes by itself.");
  if (shock !== undefined && hits.length) return no("No command adds a hit to a shock of the data set.");
  const options = [
    ...hits.map((hit) => `--hit=${quoted(`${nameOfHit(hit)}=${point(hit.severity)}`)}`),
    ...(world.day ? [`--as-of=${world.day}`] : []),
    ...(world.document >= 0 ? [`--according-to=${quoted(shortName(documents[world.document].iri))}`] : []),
  ];
  const name = shock === undefined ? [] : [quoted(shortName(shocks[shock].iri))];
  // A name that begins with a hyphen would be taken for an option.
  const ending = name[0]?.startsWith("-") ? ["--", ...name] : name;
  return { command: ["knockon impact", ...options, ...ending].join(" "), reason: "" };
}
