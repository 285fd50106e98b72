// What is asked of the page: a shock of the data set, or hits of one's own, and changes to what there is. No run is computed here.
import { shocks } from "./computed/shocks.js";
import { facts, nodes, raw } from "./data.js";
import { percent } from "./format.js";

// The most hits, and the most changes, of one question.
export const MOST = 12;
// The most of them that a title names, as in graph/knockon/analysis/custom_shock.py; from this severity on, what is hit fails.
const [NAMED, FAILS] = [3, 0.9];

/** What the page opens on. @type {Asked | null} */
export const firstQuestion = raw.cascade || raw.network?.opens ? { shock: 0 } : null;

/** Whether it is more than a shock of the data set. @param {Asked | null} asked */
export const isWhatIf = (asked) => Boolean(asked?.hits?.length || asked?.levers?.length);
/** The row of the shock where nothing else is asked, or -1. @param {Asked | null} asked */
export const shockAlone = (asked) => (asked && !isWhatIf(asked) ? (asked.shock ?? -1) : -1);
/** @type {(asked: Asked) => Asked} */
export const withoutChanges = ({ shock, hits }) => trimmed({ shock, hits });
/** Without the lists that are empty. @type {(asked: Asked) => Asked} */
export const trimmed = ({ shock, hits, levers }) => ({
  ...(shock === undefined ? {} : { shock }),
  ...(hits?.length ? { hits } : {}),
  ...(levers?.length ? { levers } : {}),
});
/** Whether anything is hit; changes alone ask nothing. @param {Asked} asked */
export const hitsAnything = ({ shock, hits }) => shock !== undefined || Boolean(hits?.length);
/** @type {(one: Asked | null, other: Asked | null) => boolean} */
export const sameQuestion = (one, other) =>
  JSON.stringify(one && trimmed(one)) === JSON.stringify(other && trimmed(other));

/** @param {QuestionHit} hit */
export const hitTarget = (hit) => ("node" in hit ? `node ${hit.node}` : `fact ${hit.fact}`);
/** The point of a severity or criticality. @param {Amount} severity */
export const point = (severity) => (Array.isArray(severity) ? severity[1] : severity);
/**
 * A question that hits something else as well, or hits it this hard where it does already.
 * @param {Asked} asked
 * @param {QuestionHit} hit
 */
export function withHit(asked, hit) {
  const hits = asked.hits ?? [];
  const place = hits.findIndex((other) => hitTarget(other) === hitTarget(hit));
  return { ...asked, hits: place < 0 ? [...hits, hit] : hits.with(place, hit) };
}
/** @param {Asked} asked @param {number} place */
export const withoutHit = (asked, place) => trimmed({ ...asked, hits: asked.hits?.toSpliced(place, 1) });
/** @param {Asked} asked @param {QuestionLever} lever @param {number} [place] of the lever that it replaces */
export const withLever = (asked, lever, place = -1) => {
  const levers = asked.levers ?? [];
  return { ...asked, levers: place < 0 ? [...levers, lever] : levers.with(place, lever) };
};
/**
 * A question with a change where it has none of this kind of this fact, with another one where it has, and without one that it has.
 * @param {Asked} asked
 * @param {QuestionLever} lever
 */
export function toggledLever(asked, lever) {
  const levers = asked.levers ?? [];
  const place = levers.findIndex((other) => other.fact === lever.fact && leverKind(other) === leverKind(lever));
  return place >= 0 && sameLever(levers[place], lever) ? withoutLever(asked, place) : withLever(asked, lever, place);
}
/** @type {(one: QuestionLever, other: QuestionLever) => boolean} */
export const sameLever = (one, other) => JSON.stringify(one) === JSON.stringify(other);
/** @param {QuestionLever} lever */
export const leverKind = (lever) =>
  "criticality" in lever ? "criticality" : "source" in lever ? "source" : "buffer" in lever ? "buffer" : "supplier";
/** @param {Asked} asked @param {number} place */
export const withoutLever = (asked, place) => trimmed({ ...asked, levers: asked.levers?.toSpliced(place, 1) });

/** What a question is called. @param {Asked | null} asked */
export function questionLabel(asked) {
  if (!asked) return "";
  const shock =
    asked.shock === undefined ? "" : (shocks[asked.shock]?.label ?? raw.cascade?.run.shock_label ?? "Shock");
  const hits = asked.hits?.length ? hitTitle(asked.hits) : "";
  const base = [shock, hits].filter(Boolean).join("; ");
  const changes = changesTitle(asked.levers ?? []);
  return changes ? `${base}, with ${changes}` : base;
}
/**
 * What happens to what is hit, in the words of hit_title in Python.
 * @param {QuestionHit[]} hits
 */
export function hitTitle(hits) {
  /** @type {Map<string, QuestionHit[]>} */
  const groups = new Map();
  for (const hit of hits.slice(0, NAMED)) {
    const key = `${"fact" in hit} ${hit.severity}`;
    groups.set(key, [...(groups.get(key) ?? []), hit]);
  }
  const phrases = [...groups.values()].map(phrase);
  const more = hits.length - NAMED;
  if (more > 0) phrases.push(`${more} more ${more === 1 ? "is" : "are"} hit`);
  const title = phrases.join("; ");
  return "fact" in hits[0] ? title[0].toUpperCase() + title.slice(1) : title;
}
/** @param {QuestionHit[]} hits that are hit alike */
function phrase(hits) {
  const [isOne, isLink] = [hits.length === 1, "fact" in hits[0]];
  const names = hits.map((hit) => ("node" in hit ? nodes[hit.node].label : linkName(hit.fact)));
  const subject = isOne ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  const severity = point(hits[0].severity);
  const verb = (/** @type {string} */ one, /** @type {string} */ many) => (isOne ? one : many);
  if (severity <= 0) return `${subject} ${verb("loses", "lose")} nothing`;
  if (isLink) return `${subject} ${verb("is", "are")} cut by ${percent(severity)}`;
  return severity >= FAILS
    ? `${subject} ${verb("fails", "fail")} (${percent(severity)})`
    : `${subject} ${verb("loses", "lose")} ${percent(severity)}`;
}
/** A dependency or a supply within a sentence. @param {number} fact */
export function linkName(fact) {
  const { kind, ends, headline } = facts[fact];
  if (ends.length < 2) return headline || kind.label;
  const [one, other] = ends.map((end) => nodes[end].label);
  return kind.key === "dependsOn" ? `the need of ${one} for ${other}` : `the supply of ${one} by ${other}`;
}
/** @param {QuestionLever[]} levers */
function changesTitle(levers) {
  const [named, more] = [levers.slice(0, NAMED).map(leverTitle), levers.length - NAMED];
  if (more > 0) named.push(`${more} more ${more === 1 ? "change" : "changes"}`);
  return named.join(" and ");
}
/** @param {QuestionLever} lever */
export function leverTitle(lever) {
  const ends = facts[lever.fact].ends.map((end) => nodes[end].label);
  const [one, other] = [ends[0], ends[1] ?? ends[0]];
  if ("criticality" in lever) return `${one} needing ${other} by ${percent(point(lever.criticality))}`;
  if ("source" in lever) return `a second source for ${percent(lever.source)} of ${other} for ${one}`;
  if ("buffer" in lever) return `a stock of ${other} for ${lever.buffer} days at ${one}`;
  const source = lever.supplier < 0 ? "another supplier" : nodes[lever.supplier].label;
  if ("instead" in lever) return `${source} in place of ${nodes[lever.instead].label} for ${one}`;
  const part = lever.share === null ? "all" : percent(lever.share);
  return `${part} of ${other} for ${one} from ${source}`;
}
