// What a run comes to in two sentences, by the rules and in the words of graph/knockon/present/report/finding.py.
import { CUSTOMERS, MONEY, groupOf } from "./hit-groups.js";
import { counted, listed, lossWords, numberWord } from "./phrases.js";

/** What comes before the finding, by the status of the shock. @type {Record<string, string>} */
const OPENINGS = {
  InForce: "As long as this is in force, ",
  Emerging: "If this goes on, ",
  Ongoing: "If this goes on, ",
  Happened: "After this, ",
};
// From this width on, a range is called wide; the most names of a list, and how many are named as examples of more.
const [WIDE, NAMED, EXAMPLES] = [0.5, 5, 3];

/**
 * Who is hurt, and how much.
 * @param {Impact[]} impacts
 * @param {Grounds} grounds
 * @returns {Finding | null} null where nothing loses anything
 */
export function findingOf(impacts, grounds) {
  if (!impacts.length) return null;
  const reached = impacts.filter((impact) => impact.step > 0);
  const pool = reached.length ? reached : impacts;
  const of = (/** @type {string[]} */ classes) => leadingOf(pool.filter((impact) => classes.includes(impact.class)));
  const [money, customers] = [of(MONEY), of(CUSTOMERS)];
  return {
    money,
    customers,
    others: money || customers ? null : lastOf(reached, pool, grounds),
    onlyHit: !reached.length,
  };
}
/** Classes say nothing: those that nothing else needs are who the harm ends with. @type {(reached: Impact[], pool: Impact[], grounds: Grounds) => Leading | null} */
function lastOf(reached, pool, grounds) {
  const needed = grounds.needed();
  const last = reached.filter((impact) => !needed.has(impact.iri));
  return leadingOf(last.length ? last : pool);
}
/** Those that lose most of some impacts, all equally much. @param {Impact[]} impacts @returns {Leading | null} */
function leadingOf(impacts) {
  if (!impacts.length) return null;
  const worst = Math.max(...impacts.map(({ loss }) => loss));
  const alike = impacts.filter(({ loss }) => loss === worst);
  return { group: groupOf(alike), lesser: impacts.length - alike.length };
}
/** @param {Finding} finding */
const leadings = ({ money, customers, others }) => [money, customers, others].filter((part) => part !== null);

/**
 * The documents and the uncertain records on the way from the shock to those that the finding names.
 * @param {Finding} finding
 * @param {Impact[]} impacts
 * @param {Grounds} grounds
 */
export function basisOf(finding, impacts, grounds) {
  /** @type {Set<Impact>} */
  const way = new Set();
  for (const { group } of leadings(finding))
    for (const member of group.members) for (let at = member; at && !way.has(at); at = impacts[at.cause]) way.add(at);
  const list = [...way];
  const cited = [...grounds.evidence, ...list.flatMap(({ evidence }) => evidence)];
  const links = new Map(list.filter((impact) => impact.dependency).map((impact) => [impact.dependency, impact]));
  return {
    way: list,
    documents: [...new Map(cited.map(({ document }) => [document.iri, document])).values()],
    judged: new Set(list.flatMap(({ judged }) => judged)).size,
    inferred: new Set(list.flatMap(({ inferred }) => inferred)).size,
    unknown: [...links.values()].filter(isUnstated).length,
  };
}
/** Whether no source says how critical the link is. @param {Impact} impact */
const isUnstated = ({ dependency, facts }) =>
  facts.some(
    (fact) =>
      fact.record === dependency &&
      fact.kind.key === "dependsOn" &&
      fact.criticality === null &&
      !fact.notes.some(([name]) => name === "portion"),
  );

/**
 * The finding as sentences; labels are apart, since they are text of the data.
 * @param {Pick<ShownRun, "run" | "impacts">} shown
 * @param {Grounds} grounds
 * @returns {FindingLine[]}
 */
export function findingLines({ run, impacts }, grounds) {
  const finding = findingOf(impacts, grounds);
  const affected = run.affected ?? impacts.length;
  const all = counted(affected + (run.unaffected ?? 0), "entity", "entities");
  if (!finding) return [[spared(all, run, grounds)]];
  /** @type {[Leading | null, string, string][]} */
  const parts = [
    [finding.money, "revenue or contract", "revenues and contracts"],
    [finding.customers, "company or group", "companies and groups"],
    [finding.others, "", ""],
  ];
  const clauses = parts.flatMap(([leading, one, many]) => (leading ? [leadingWords(leading, one, many)] : []));
  const total = `${numberWord(affected)} of ${all} ${affected === 1 ? "loses" : "lose"} something`;
  const itself = affected > 1 ? ", all of them hit themselves" : ", which is hit itself";
  return [
    [
      OPENINGS[grounds.status] ?? "If this happens, ",
      ...clauses.flatMap((clause, place) => (place ? ["; ", ...clause] : clause)),
      `; in all, ${total}${finding.onlyHit ? itself : ""}${partWords(affected, impacts.length)}.`,
    ],
    certainty(finding, impacts, grounds),
  ];
}
/** Of a part of a graph, whom the names are of. @type {(affected: number, drawn: number) => string} */
const partWords = (affected, drawn) =>
  affected > drawn ? ` (the names are of the ${numberWord(drawn)} drawn here)` : "";
/** @type {(all: string, run: Run, grounds: Grounds) => string} */
function spared(all, { truncated }, { notInForce, hits }) {
  const reason =
    notInForce ||
    (hits
      ? "No record says that anything needs what it hits."
      : "The shock hits nothing that is recorded here: the selected records do not include its targets.");
  const went = truncated ? ", as far as the run went" : "";
  return `None of the ${all} of this network loses anything${went}. ${reason} That does not prove safety: a dependency that is not recorded is not part of the network.`;
}
/** Who of one kind loses most, and how much. @type {(leading: Leading, one: string, many: string) => FindingLine} */
function leadingWords({ group, lesser }, one, many) {
  const { members } = group;
  const named = lesser === 1 ? one : many;
  const others = named ? `other ${named}` : lesser === 1 ? "other" : "others";
  const more = lesser ? `, and ${numberWord(lesser)} ${others} less` : "";
  return [
    ...who(members, many || "entities"),
    ` ${members.length === 1 ? "loses" : "lose"} ${lossWords(group)}${more}`,
  ];
}
/** By name; where they are many, how many they are, and some of them as examples. @type {(members: Impact[], noun: string) => FindingLine} */
function who(members, noun) {
  if (members.length <= NAMED) return names(members);
  return [`${numberWord(members.length)} ${noun} alike, `, ...names(members.slice(0, EXAMPLES)), " among them,"];
}
/** @param {Impact[]} members @returns {FindingLine} */
const names = (members) =>
  members.flatMap((impact, place) => [place ? (place === members.length - 1 ? " and " : ", ") : "", { impact }]);
/** How sure the finding is: its sources, and what is judged, inferred or not known. @type {(finding: Finding, impacts: Impact[], grounds: Grounds) => FindingLine} */
function certainty(finding, impacts, grounds) {
  const { documents, judged, inferred, unknown } = basisOf(finding, impacts, grounds);
  const undated = documents.filter(({ issued }) => !issued).length;
  const authors = (/** @type {string} */ what) => `${what} that the authors of the data judged`;
  /** @type {[number, string, string][]} */
  const weak = [
    [judged, authors("severity or criticality"), authors("severities and criticalities")],
    [inferred, "link that no document states", "links that no document states"],
    [unknown + grounds.ungraded, "number that no source gives", "numbers that no source gives"],
  ];
  const others = weak.filter(([number]) => number).map(([number, one, many]) => counted(number, one, many));
  const rests = !others.length ? "" : documents.length ? `, on ${listed(others)}` : `; it rests on ${listed(others)}`;
  return [sourcesWords(documents.length, undated), `${rests}${width(finding)}.`];
}
/** @type {(documents: number, undated: number) => string} */
function sourcesWords(documents, undated) {
  if (!documents) return "No source is cited for it";
  if (documents === 1) return `All of it rests on one ${undated ? "undated " : ""}document`;
  const dates = undated === documents ? ", none of them dated" : undated ? `, ${numberWord(undated)} undated` : "";
  return `It rests on ${counted(documents, "document")}${dates}`;
}
/** @param {Finding} finding */
const width = (finding) =>
  Math.max(...leadings(finding).map(({ group }) => group.high - group.low)) > WIDE
    ? "; the range is wide, so read the loss as an order of size"
    : "";

/** A line as plain text. @param {FindingLine} line */
export const lineText = (line) => line.map((part) => (typeof part === "string" ? part : part.impact.label)).join("");
