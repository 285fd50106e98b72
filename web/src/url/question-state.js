// What is asked, in the address of the page: by the names of records, never by their rows.
import { openQuestion } from "../actions/question.js";
import { shocks } from "../model/computed/shocks.js";
import { computes } from "../model/computed/run.js";
import { facts } from "../model/data.js";
import { shortName } from "../model/names.js";
import {
  MOST,
  firstQuestion,
  hitsAnything,
  point,
  sameQuestion,
  trimmed,
  withHit,
  withLever,
} from "../model/question.js";
import { firstAgainst, state } from "../store.js";
import { nameOf, named } from "./names.js";
import { listed, register, unlisted } from "./url.js";

const MISSING = "The link asks about something that is not in this data, so that part of the question was left out.";
const LONGEST = 365;

const links = facts.filter((fact) => fact.kind.family === "need");
/** @type {Map<string, number>} */
const rowOf = new Map(links.toReversed().map((fact) => [shortName(fact.record), fact.index]));
/** @type {Map<string, number>} */
const shockOf = new Map(shocks.map((shock) => [shortName(shock.iri), shock.index]));

/** @param {number} value */
const number = (value) => String(Math.round(value * 1e4) / 1e4);
/** @param {QuestionHit} hit */
const hitWords = (hit) =>
  "node" in hit
    ? ["hit", nameOf(hit.node), number(point(hit.severity))]
    : ["cut", shortName(facts[hit.fact].record), number(point(hit.severity))];
/** @param {QuestionLever} lever */
function leverWords(lever) {
  const record = shortName(facts[lever.fact].record);
  if ("criticality" in lever) return ["need", record, [lever.criticality].flat().map(number).join("..")];
  if ("source" in lever) return ["source", record, number(lever.source)];
  if ("buffer" in lever) return ["stock", record, number(lever.buffer)];
  const supplier = lever.supplier < 0 ? "" : nameOf(lever.supplier);
  if ("instead" in lever) return ["instead", record, nameOf(lever.instead), supplier];
  return ["second", record, lever.share === null ? "all" : number(lever.share), supplier];
}
/** @param {Asked} asked */
const questionWords = ({ shock, hits = [], levers = [] }) => [
  ...(shock === undefined ? [] : ["shock", shortName(shocks[shock]?.iri ?? "")]),
  ...hits.flatMap(hitWords),
  ...levers.flatMap(leverWords),
];

/** A share or a number of days as this module writes it; null where it is none. @type {(text: string, most?: number) => number | null} */
const read = (text, most = 1) => (/^\d{1,3}(\.\d{1,4})?$/.test(text) && Number(text) <= most ? Number(text) : null);

/** How many words each item has, with its own. @type {Record<string, number>} */
const WORDS = { shock: 2, hit: 3, cut: 3, need: 3, stock: 3, source: 3, second: 4, instead: 4 };
/**
 * What an item of the address says; false where it makes no sense, null where it names what is not there.
 * @param {string[]} item
 * @returns {Asked | false | null}
 */
function readItem([word, name, third, fourth]) {
  const fact = rowOf.get(name) ?? -1;
  if (word === "shock") return shockOf.has(name) ? { shock: shockOf.get(name) } : null;
  if (word === "hit" || word === "cut") {
    const [severity, row] = [read(third), word === "hit" ? named(name) : fact];
    if (severity === null) return false;
    return row < 0 ? null : { hits: [word === "hit" ? { node: row, severity } : { fact: row, severity }] };
  }
  const lever = readLever(word, fact, third, fourth);
  return lever && { levers: [lever] };
}
/** @type {(word: string, fact: number, third: string, fourth: string) => QuestionLever | false | null} */
function readLever(word, fact, third, fourth) {
  if (word === "instead") {
    const [instead, supplier] = [named(third), fourth ? named(fourth) : -1];
    return fact < 0 || instead < 0 || (fourth && supplier < 0) ? null : { fact, instead, supplier };
  }
  if (word === "need" && third.includes("..")) return readRange(fact, third);
  const value = word === "second" && third === "all" ? 1 : read(third, word === "stock" ? LONGEST : 1);
  if (value === null) return false;
  if (fact < 0) return null;
  if (word === "need") return { fact, criticality: value };
  if (word === "stock") return { fact, buffer: value };
  if (word === "source") return { fact, source: value };
  const supplier = fourth ? named(fourth) : -1;
  return fourth && supplier < 0 ? null : { fact, supplier, share: third === "all" ? null : value };
}
/** A criticality with its range: low..point..high. @type {(fact: number, text: string) => QuestionLever | false | null} */
function readRange(fact, text) {
  const ends = text.split("..").map((end) => read(end));
  const [low, middle, high] = ends;
  if (ends.length !== 3 || low === null || middle === null || high === null || low > middle || middle > high)
    return false;
  return fact < 0 ? null : { fact, criticality: [low, middle, high] };
}
/** Whether there is no room for what an item says. @type {(asked: Asked, item: Asked) => boolean} */
const isFull = ({ hits = [], levers = [] }, item) =>
  Boolean((item.hits && hits.length >= MOST) || (item.levers && levers.length >= MOST));
/** @type {(asked: Asked, item: Asked) => Asked} */
function together(asked, { shock, hits, levers }) {
  if (shock !== undefined) return { shock, ...asked };
  return hits ? withHit(asked, hits[0]) : levers ? withLever(asked, levers[0]) : asked;
}
/**
 * @param {string} text
 * @returns {{ asked: Asked, problem: boolean | string }}
 */
function readQuestion(text) {
  const words = unlisted(text);
  /** @type {Asked} */
  let asked = {};
  /** @type {boolean | string} */
  let problem = true;
  while (words.length) {
    const size = Object.hasOwn(WORDS, words[0]) ? WORDS[words[0]] : 0;
    if (!size || words.length < size) return { asked, problem: false };
    const item = readItem(words.splice(0, size));
    if (item === false) problem = false;
    else if (item === null) problem = problem === false ? false : MISSING;
    else if (isFull(asked, item)) problem = false;
    else asked = together(asked, item);
  }
  return { asked, problem };
}

/** @type {(asked: Asked | null, usual: Asked | null) => string} */
const written = (asked, usual) => (sameQuestion(asked, usual) ? "" : asked ? listed(questionWords(asked)) : "-");
/** @type {(value: string, usual: Asked | null, take: (asked: Asked | null) => void) => boolean | string} */
function taken(value, usual, take) {
  if (value === "" || value === "-") {
    take(value ? null : usual);
    return true;
  }
  const { asked, problem } = readQuestion(value);
  take(hitsAnything(asked) ? trimmed(asked) : usual);
  return problem;
}
export function registerQuestion() {
  if (!computes) return;
  register(
    "ask",
    () => written(state.question, firstQuestion),
    (value) => taken(value, firstQuestion, openQuestion),
    0,
  );
  register(
    "against",
    () => written(state.against, firstAgainst),
    (value) =>
      taken(value, firstAgainst, (asked) => {
        state.against = asked;
      }),
    0,
  );
}
