// The reader's list: which entities it has at first, how names are read into it and written out, and what it leaves in sight.
import { nodes, raw } from "./data.js";
import { shortName } from "./names.js";
import { members } from "./path-query.js";
import { causalPath, impactOf, impacts } from "./runs.js";
import { plain, search } from "./search.js";
import { sight } from "./sight.js";

/** The most entities of a list, and of text that is pasted the most letters. */
export const MOST_LISTED = 1000;
const LONGEST = 200000;
/** The most names that are not known and get suggestions, and the most suggestions for one. */
const [TOLD, NEAR] = [20, 3];

/** The list that the page was made with. */
export const firstList = (raw.portfolio?.nodes ?? []).slice(0, MOST_LISTED);
export const firstCompany = raw.portfolio?.company ?? -1;
/** How many entities of the portfolio are not on this page. */
export const leftOut = raw.portfolio?.left_out ?? 0;

/** Without accents, capitals and spaces too many. @param {string} text */
const key = (text) => plain(text).split(/\s+/).filter(Boolean).join(" ");
/** Every entity by what it is called: label, other names, identifiers, IRI with and without the base. @type {Map<string, number[]> | null} */
let called = null;
function names() {
  if (called) return called;
  called = new Map();
  for (const { index, label, alias, identifier, iri } of nodes)
    for (const name of new Set([label, ...alias, ...identifier, iri, shortName(iri)].map(key)))
      called.set(name, [...(called.get(name) ?? []), index]);
  return called;
}
/** Of several entities with a name, those whose label it is come before those that are also called so. @param {string} name */
function lookUp(name) {
  const rows = names().get(key(name)) ?? [];
  const labelled = rows.filter((row) => key(nodes[row].label) === key(name));
  return labelled.length ? labelled : rows;
}
/** A line as it is pasted, without quotation marks around it. @param {string} line */
const bare = (line) =>
  line
    .replace(/^\ufeff/, "")
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .trim();
/**
 * Read names, one a line: those of one entity, and those that are not known or mean several, with entities they may mean.
 * @param {string} text
 * @returns {{ rows: number[], unclear: { name: string, near: number[] }[], more: number, isCut: boolean }} `more`: how many others are unclear
 */
export function readNames(text) {
  const lines = [
    ...new Set(
      text
        .slice(0, LONGEST)
        .split(/\r\n|[\n\r]/)
        .map(bare)
        .filter(Boolean),
    ),
  ];
  const [rows, unclear] = [new Set(), /** @type {string[]} */ ([])];
  for (const name of lines) {
    const found = lookUp(name);
    if (found.length === 1) rows.add(found[0]);
    else unclear.push(name);
  }
  const near = (/** @type {string} */ name) => {
    const found = lookUp(name);
    return (found.length ? found : search(name).map(({ index }) => index)).slice(0, NEAR);
  };
  return {
    rows: [...rows],
    unclear: unclear.slice(0, TOLD).map((name) => ({ name, near: near(name) })),
    more: Math.max(0, unclear.length - TOLD),
    isCut: text.length > LONGEST,
  };
}
/** The list as text, one a line: by label, or by IRI where a label does not tell which entity it is. @param {Iterable<number>} list */
export const listText = (list) =>
  [...list]
    .map((row) => {
      const { label, iri } = nodes[row];
      const found = lookUp(label);
      return found.length === 1 && found[0] === row && label === bare(label) && !/[\n\r]/.test(label) ? label : iri;
    })
    .join("\n");

/** The impacts on the way from the shock to the losses of some entities, with these. @param {Iterable<number>} list */
export function waysTo(list) {
  const ways = new Set();
  for (const node of list) {
    const impact = impactOf.get(node);
    if (impact) for (const { index } of causalPath(impact)) ways.add(index);
  }
  return ways;
}
/**
 * Brings what is in sight in line with the state: before anything is drawn.
 * @param {Pick<PageState, "mine" | "onlyMine" | "selected" | "row" | "line" | "pathQuery" | "lens">} state
 * @param {(line: number) => number[]} endsOf the entities at the ends of a line
 */
export function syncSight({ mine, onlyMine, selected, row, line, pathQuery, lens }, endsOf) {
  Object.assign(sight, { list: null, nodes: null, impacts: null });
  if (!onlyMine) return;
  const ways = waysTo(mine);
  if (impacts[row]) for (const { index } of causalPath(impacts[row])) ways.add(index);
  const onWay = [...ways].map((index) => impacts[index].node).filter((node) => node >= 0);
  const lit = [...(pathQuery ? members(pathQuery) : []), ...(lens?.nodes ?? []), ...endsOf(line)];
  sight.list = mine;
  sight.impacts = ways;
  sight.nodes = new Set([...mine, ...onWay, ...lit, ...(selected >= 0 ? [selected] : [])]);
}
