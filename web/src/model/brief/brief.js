// A brief on what is asked, for one page: the lines of graph/knockon/present/report/first_page.py, and those that are hurt.
import { raw } from "../data.js";
import { CUSTOMERS, MONEY, hitGroups } from "../hit-groups.js";
import { findingLines } from "../finding.js";
import { percent } from "../format.js";
import { capitalized, counted, lossWords, numberWord } from "../phrases.js";
import { focusOf } from "./focus.js";
import { knownLines, unknownLines, watchLines } from "./known.js";
import { cited, joined, name } from "./lines.js";
import { wayOf } from "./way.js";

/** @type {Record<string, string>} */
const STATUSES = {
  InForce: "in force",
  Emerging: "emerging",
  Ongoing: "under way",
  Happened: "it has happened",
  Potential: "possible, not reported to have happened",
  Hypothetical: "hypothetical, not reported to have happened",
};
// The most documents that are cited for a sentence; the most groups of those that are hurt, and names of a group.
const [CITED, GROUPS, NAMED] = [5, 3, 4];

/**
 * @param {ShownRun & { grounds: Grounds }} shown
 * @param {{ title: string, day: string, chosen: number }} asked the title of the question, the day of the world, and the row
 *   of the entity that is selected, or -1
 * @returns {Brief}
 */
export function briefOf({ run, impacts, grounds }, { title, day, chosen }) {
  const way = wayOf(impacts, grounds);
  const focus = impacts.find(({ node }) => node >= 0 && node === chosen) ?? focusOf(impacts, grounds);
  const isHurt = impacts.length > 0;
  return {
    title,
    finding: withSources(findingLines({ run, impacts }, grounds), way),
    likelihood: likelihoodLine(grounds),
    impact: impactLine(run, impacts, grounds),
    hurt: hurtLines(impacts),
    known: knownLines(impacts, grounds, focus),
    unknown: unknownLines(way, grounds, run, isHurt),
    watch: watchLines(way, impacts, grounds, day),
    focus: focus?.index ?? -1,
  };
}
/** The finding with the documents that it rests on. @type {(lines: FindingLine[], way: Way) => BriefLine[]} */
const withSources = (lines, way) =>
  lines.map((line, place) => {
    const [first = "", ...rest] = line.map((part) => (typeof part === "string" ? part : name(part.impact.label)));
    return place ? [first, ...cited(way.evidence, CITED), ...rest] : [first, ...rest];
  });
/** How likely it is where a source states that; else the status. @param {Grounds} grounds @returns {BriefLine} */
function likelihoodLine({ row, status, stance, evidence }) {
  if (row < 0) return ["Not stated: the shock was made for this report."];
  const sure = evidence.find(({ place }) => CONFIDENCE.test(place));
  if (sure) {
    const [, stated] = /** @type {RegExpExecArray} */ (CONFIDENCE.exec(sure.place));
    return [`A source states it with a confidence of ${stated}`, ...cited([sure]), "."];
  }
  const first = `No source states one. Status: ${STATUSES[status] ?? "not given"}.`;
  const { stances = [], stances_in_words: words = [] } = raw.network?.words ?? {};
  if (!stance || stance === "Asserts") return [first];
  return [
    first,
    ` No source asserts that it happens: it is ${words[stances.indexOf(stance)]}`,
    ...cited(evidence, 2),
    ".",
  ];
}
const CONFIDENCE = /(?:^|, )confidence ([\d.e-]+)$/;
/** How many are hit, how hard, and how far away. @type {(run: Run, impacts: Impact[], grounds: Grounds) => BriefLine} */
function impactLine(run, impacts, { half, steps }) {
  const affected = run.affected ?? impacts.length;
  if (!affected) return ["Nothing that is recorded loses anything."];
  const all = counted(affected + (run.unaffected ?? 0), "entity", "entities");
  const lose = affected === 1 ? "loses something" : "lose something";
  const most = `${half ? numberWord(half) : "none"} ${half > 1 ? "lose half or more" : "loses half or more"}`;
  const far = steps ? `up to ${counted(steps, "step")} from what is hit` : "none beyond what is hit itself";
  return [`${capitalized(numberWord(affected))} of ${all} ${lose}, ${most}; ${far}.`];
}
/** The money and the named customers that are hurt, those that lose equally much together. @param {Impact[]} impacts @returns {Brief["hurt"]} */
function hurtLines(impacts) {
  const reached = impacts.filter(({ step }) => step > 0);
  const kinds = /** @type {const} */ ([
    ["Money", [...MONEY, "Market"]],
    ["Customers and companies", CUSTOMERS.filter((one) => one !== "Market")],
  ]);
  return kinds.flatMap(([title, classes]) => {
    const groups = hitGroups(reached.filter((impact) => classes.includes(impact.class)));
    const lines = groups.slice(0, GROUPS).map((group) => {
      const more = group.members.length - NAMED;
      const labels = group.members.slice(0, NAMED).map(({ label }) => [name(label)]);
      return [
        { strong: lossWords(group) },
        " ",
        ...joined(labels, ", ", more > 0 ? ", " : " and "),
        more > 0 ? ` and ${more} more` : "",
      ];
    });
    const rest = groups.slice(GROUPS).reduce((sum, { members }) => sum + members.length, 0);
    const others = rest ? [[`and ${counted(rest, "other")} at most ${percent(groups[GROUPS].loss)}`]] : [];
    return lines.length ? [{ name: title, lines: [...lines, ...others] }] : [];
  });
}
/** The documents that some lines cite, in the order in which they do. @param {BriefLine[]} lines */
export function sourcesOf(lines) {
  const documents = lines
    .flat()
    .flatMap((part) => (typeof part !== "string" && "cited" in part ? part.cited.map(({ document }) => document) : []));
  return [...new Map(documents.map((document) => [document.iri, document])).values()];
}
/** Publisher, date, address and day of reading of a document. @param {SourceDocument} document */
export function published({ publisher, issued, url, retrieved }) {
  const parts = [
    publisher && `Published by ${publisher}`,
    issued || "undated",
    url,
    retrieved && `retrieved ${retrieved}`,
  ];
  return `${capitalized(parts.filter(Boolean).join("; "))}.`;
}
