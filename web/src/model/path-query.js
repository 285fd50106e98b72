// What may be asked about paths, and what is lit for it: the paths between two entities, those to one, or all through one.
import { nodes } from "./data.js";
import { plural } from "./format.js";
import { filter } from "./graph.js";
import { bestPaths, reach } from "./paths.js";
import { hits } from "./runs.js";

/** @type {(word: string) => word is Direction} */
export const isDirection = (word) => word === "harm" || word === "any";
/** @type {Record<"hops" | "k", [least: number, most: number]>} */
export const BOUNDS = { hops: [1, 10], k: [1, 50] };
/** @type {{ direction: Direction, hops: number, k: number }} */
export const DEFAULTS = { direction: "harm", hops: 6, k: 5 };
/**
 * @param {"hops" | "k"} key
 * @param {number} value
 */
export const bounded = (key, value) => Math.min(BOUNDS[key][1], Math.max(BOUNDS[key][0], Math.round(value)));

// The answer to the last query, until something changes that it depends on; which path is chosen does not.
let known = { key: "", answer: /** @type {unknown} */ (null) };
export const forgetPaths = () => {
  known = { key: "", answer: null };
  back = { key: "", answer: { paths: [], more: false, cut: false } };
};
/**
 * @template Answer
 * @param {PathQuery} query
 * @param {() => Answer} search
 * @returns {Answer}
 */
function once(query, search) {
  const key = JSON.stringify([{ ...query, chosen: null }, [...filter.classesOff], [...filter.kindsOff]]);
  if (known.key !== key) known = { key, answer: search() };
  return /** @type {Answer} */ (known.answer);
}

/** @param {PathsBetween} query */
export const pathsBetween = (query) => once(query, () => bestPaths(query.from, query.to, query));
/**
 * The same query with its ends exchanged.
 * @param {PathsBetween} query
 * @returns {PathsBetween}
 */
export const turned = (query) => ({ ...query, from: query.to, to: query.from, chosen: -1 });
/**
 * As harm travels there is often a way in one direction only: then that one is meant.
 * @param {PathsBetween} query
 */
export const asHarmGoes = (query) =>
  query.direction === "harm" &&
  !bestPaths(query.from, query.to, { ...query, k: 1 }).paths.length &&
  otherWay(query).paths.length
    ? turned(query)
    : query;
/**
 * The paths from the end to the start; found once for each query.
 * @param {PathsBetween} query
 */
export function otherWay(query) {
  const key = JSON.stringify([turned(query), [...filter.classesOff], [...filter.kindsOff]]);
  if (back.key !== key) back = { key, answer: bestPaths(query.to, query.from, query) };
  return back.answer;
}
/** @type {{ key: string, answer: BestPaths }} */
let back = { key: "", answer: { paths: [], more: false, cut: false } };
/** @param {PathsHere} query */
export const pathsHere = (query) => once(query, () => (query.hits ? fromHits(query) : upstream(query)));
/**
 * All whose harm reaches an entity.
 * @param {PathsHere} query
 * @returns {Reaching}
 */
function upstream({ to, hops }) {
  const { far, lines } = reach(to, true, hops);
  far.delete(to);
  return { far, lines, nodes: new Set(far.keys()), without: 0, cut: false };
}
/**
 * The best path from each entity that the shock hits.
 * @param {PathsHere} query
 * @returns {Reaching}
 */
function fromHits({ to, hops }) {
  /** @type {Reaching} */
  const answer = { far: new Map(), lines: new Set(), nodes: new Set(), without: 0, cut: false };
  for (const hit of hits().filter((node) => node !== to)) {
    const { paths, cut } = bestPaths(hit, to, { hops, k: 1 });
    answer.cut ||= cut;
    if (paths.length) answer.far.set(hit, paths[0].hops.length);
    else answer.without += 1;
    paths.forEach((path) => addPath(answer, path));
  }
  return answer;
}
/**
 * All up and downstream of an entity.
 * @param {PathsThrough} query
 * @param {(node: number) => boolean} shown
 */
function through({ node }, shown) {
  const [up, down] = [true, false].map((back) => reach(node, back, Infinity, shown));
  const others = new Set([...up.far.keys(), ...down.far.keys()]);
  others.delete(node);
  return { nodes: others, lines: new Set([...up.lines, ...down.lines]) };
}
/**
 * @param {{ nodes: Set<number>, lines: Set<number> }} lit
 * @param {Path} path
 */
function addPath(lit, path) {
  path.nodes.forEach((node) => lit.nodes.add(node));
  path.hops.forEach((hop) => hop.lines.forEach((line) => lit.lines.add(line.index)));
}

/**
 * The entities that a query names as ends of its paths.
 * @param {PathQuery} query
 */
export const endsOf = (query) =>
  query.kind === "between" ? [query.from, query.to] : query.kind === "here" ? [query.to] : [];
/**
 * The entities on the paths that are found; those through an entity are looked for on the map only.
 * @param {PathQuery} query
 * @returns {number[]}
 */
export function members(query) {
  if (query.kind === "through") return [];
  if (query.kind === "between") return pathsBetween(query).paths.flatMap((path) => path.nodes);
  const answer = pathsHere(query);
  return [...(query.hits ? answer.nodes : answer.far.keys())];
}

/** @param {number} node */
export function shortLabel(node) {
  const letters = [...nodes[node].label.slice(0, 200)];
  return letters.length > 60 ? `${letters.slice(0, 59).join("")}…` : letters.join("");
}
/**
 * What is lit on the map; null where there is nothing to light.
 * @param {PathQuery} query
 * @param {(node: number) => boolean} shown which entities are on the map
 * @returns {Lens | null}
 */
export function lensOf(query, shown) {
  if (query.kind === "through") {
    const { nodes: others, lines } = through(query, shown);
    const name = `${plural(others.size, "entity", "entities")} of the map on ways through ${shortLabel(query.node)}`;
    return { name, nodes: others.add(query.node), edges: lines };
  }
  if (query.kind === "here") {
    const answer = pathsHere(query);
    return answer.far.size
      ? { name: hereName(query), nodes: new Set([...answer.nodes, query.to]), edges: new Set(answer.lines) }
      : null;
  }
  const { paths } = pathsBetween(query);
  const lit = { nodes: new Set(), lines: new Set() };
  (paths[query.chosen] ? [paths[query.chosen]] : paths).forEach((path) => addPath(lit, path));
  return paths.length ? { name: betweenName(query), nodes: lit.nodes, edges: lit.lines } : null;
}
/** @param {PathsHere} query */
const hereName = (query) =>
  `${plural(pathsHere(query).far.size, "entity reaches", "entities reach")} ${shortLabel(query.to)}`;
/** @param {PathsBetween} query */
function betweenName(query) {
  const { paths } = pathsBetween(query);
  const ends = `${shortLabel(query.from)} to ${shortLabel(query.to)}`;
  return paths[query.chosen]
    ? `Path ${query.chosen + 1} from ${ends}`
    : `${plural(paths.length, "path", "paths")} from ${ends}`;
}
/**
 * What came of a query, in a sentence.
 * @param {PathQuery} query
 * @param {(node: number) => boolean} shown
 */
export function sentence(query, shown) {
  if (query.kind === "here") return `${hereName(query)} within ${plural(query.hops, "link", "links")}`;
  const lens = lensOf(query, shown);
  if (lens) return `${lens.name} lit`;
  const { from, to } = /** @type {PathsBetween} */ (query);
  return `No path from ${shortLabel(from)} to ${shortLabel(to)}`;
}
