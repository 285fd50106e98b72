// What is lit instead of a selection and its neighbours: the ways between two entities, to one, or through one.
// Everything follows from state.ways:
//   { kind: "between", from, to, direction, hops, k, chosen }   chosen: row of the one way that is lit, -1 all of them
//   { kind: "here", to, hops, hits }                            hits: only from what the shock struck
//   { kind: "through", node }
import { narrow } from "../media.js";
import { nodes } from "../model/data.js";
import { plural } from "../model/format.js";
import { filter, nodeOn } from "../model/graph.js";
import { best, spread } from "../model/paths.js";
import { hits } from "../model/runs.js";
import { changed, remember, shown, state } from "../store.js";

/** @type {(word: string) => word is "harm" | "any"} */
export const isDirection = (word) => word === "harm" || word === "any";
/** @type {Record<"hops" | "k", [number, number]>} */
export const BOUNDS = { hops: [1, 10], k: [1, 50] };
/** @type {{ direction: "harm" | "any", hops: number, k: number }} */
export const USUAL = { direction: "harm", hops: 6, k: 5 };
// So many of those that lead here join the map; the list has them all.
const JOIN = 60;

/** @param {number} node */
const brief = (node) => {
  const letters = [...nodes[node].label.slice(0, 200)];
  return letters.length > 60 ? `${letters.slice(0, 59).join("")}…` : letters.join("");
};

/** @param {PathsBetween} ways */
function between(ways) {
  return { ...best(ways.from, ways.to, ways), nodes: new Set(), lines: new Set() };
}
/**
 * From the struck: one best way each. From anybody: all that lies upstream, by distance.
 * @param {PathsHere} ways
 */
function here(ways) {
  if (!ways.hits) {
    const { far, lines } = spread(ways.to, true, ways.hops);
    far.delete(ways.to);
    return { far, lines, nodes: new Set(far.keys()), silent: 0, cut: false };
  }
  /** @type {Found} */
  const result = { far: new Map(), lines: new Set(), nodes: new Set(), silent: 0, cut: false };
  for (const hit of hits()) {
    if (hit === ways.to) continue;
    const {
      ways: [way],
      cut,
    } = best(hit, ways.to, { hops: ways.hops, k: 1 });
    result.cut ||= cut;
    if (!way) {
      result.silent += 1;
      continue;
    }
    result.far.set(hit, way.hops.length);
    light(result, way);
  }
  return result;
}
/** @param {PathsThrough} ways */
function through({ node }) {
  const [up, down] = [true, false].map((back) => spread(node, back, Infinity, shown));
  const others = new Set([...up.far.keys(), ...down.far.keys()]);
  others.delete(node);
  return { nodes: others, lines: new Set([...up.lines, ...down.lines]) };
}
/**
 * @param {{ nodes: Set<number>, lines: Set<number> }} lit
 * @param {Path} way
 */
function light(lit, way) {
  way.nodes.forEach((node) => lit.nodes.add(node));
  way.hops.forEach((hop) => hop.lines.forEach((line) => lit.lines.add(line.index)));
}
/** @type {Record<string, (ways: any) => any>} */
const SEARCHES = { between, here, through };

// Searched once, until something changes that ways hang on; which way is chosen does not.
let kept = /** @type {{ key: string, result?: any }} */ ({ key: "" });
const KEEPING = new Set(["selected", "ways", "view", "picked", "expanded", "collapsed", "more", "restyled"]);
/**
 * What was found: paths, or entities by distance.
 * @param {PathQuery} ways
 * @returns {any}
 */
export function found(ways) {
  if (ways.kind === "through") return through(ways);
  const key = JSON.stringify([{ ...ways, chosen: null }, [...filter.classesOff], [...filter.kindsOff]]);
  if (kept.key !== key) kept = { key, result: SEARCHES[ways.kind](ways) };
  return kept.result;
}

/**
 * @param {PathQuery} ways
 * @param {any} result
 */
function name(ways, result) {
  if (ways.kind === "through")
    return `${plural(result.nodes.size, "entity", "entities")} of the map on ways through ${brief(ways.node)}`;
  if (ways.kind === "here") return `${plural(result.far.size, "entity reaches", "entities reach")} ${brief(ways.to)}`;
  const ends = `${brief(ways.from)} to ${brief(ways.to)}`;
  return result.ways[ways.chosen]
    ? `Path ${ways.chosen + 1} from ${ends}`
    : `${plural(result.ways.length, "path", "paths")} from ${ends}`;
}
/** @param {PathQuery} ways */
function lensOf(ways) {
  const result = found(ways);
  const lit = { name: name(ways, result), nodes: new Set(result.nodes), edges: new Set(result.lines) };
  if (ways.kind === "between") {
    if (!result.ways.length) return null;
    const one = result.ways[ways.chosen];
    const all = { nodes: lit.nodes, lines: lit.edges };
    (one ? [one] : result.ways).forEach((/** @type {Path} */ way) => light(all, way));
  } else lit.nodes.add(ways.kind === "here" ? ways.to : ways.node);
  return ways.kind === "here" && !result.far.size ? null : lit;
}

// Called before each drawing.
let isFromQuery = false;
/** @param {string} reason */
export function syncWays(reason) {
  if (!KEEPING.has(reason)) kept = { key: "" };
  if (state.ways || isFromQuery) state.lens = state.ways ? lensOf(state.ways) : null;
  isFromQuery = Boolean(state.ways);
}

/** @param {PathQuery} ways */
function join(ways) {
  const result = found(ways);
  /** @param {number} node */
  const add = (node) => state.visible.add(node);
  if (ways.kind === "between") {
    [ways.from, ways.to].forEach(add);
    result.ways.forEach((/** @type {Path} */ way) => way.nodes.forEach(add));
  } else if (ways.kind === "here") {
    add(ways.to);
    const near = ways.hits ? [...result.nodes] : [...result.far.keys()];
    near
      .filter((node) => !state.visible.has(node))
      .slice(0, JOIN)
      .forEach(add);
  }
}
/** @param {PathQuery} ways */
export function sentence(ways) {
  const result = found(ways);
  if (ways.kind === "through") return `${name(ways, result)} lit`;
  if (ways.kind === "here") return `${name(ways, result)} within ${plural(ways.hops, "link", "links")}`;
  if (!result.ways.length) return `No path from ${brief(ways.from)} to ${brief(ways.to)}`;
  return `${name(ways, result)} lit`;
}
/**
 * Sets what is lit without drawing it: the address of the page does so too.
 * @param {PathQuery | null} ways
 */
export function setWays(ways) {
  state.ways = ways;
  if (ways) join(ways);
}
/** @param {PathsBetween | PathsHere} ways */
export function show(ways) {
  remember();
  state.view = "map";
  const ends = ways.kind === "between" ? [ways.from, ways.to] : [ways.to];
  if (!ends.includes(state.selected)) state.selected = ends[ends.length - 1];
  setWays(ways);
  // On a narrow page the panel hides most of the map: there the selection stays in sight, else everything.
  changed("ways", { fit: !narrow.matches, centre: narrow.matches, message: sentence(ways) });
}
/**
 * One way alone is lit, or all of them: -1.
 * @param {number} row
 */
export function choose(row) {
  const ways = { .../** @type {PathsBetween} */ (state.ways), chosen: row };
  state.ways = ways;
  changed("ways", { message: sentence(ways) });
}
export function clearLens(message = "Nothing is dimmed for a path any more") {
  if (!state.ways && !state.lens) return false;
  remember();
  state.ways = null;
  state.lens = null;
  changed("ways", { message });
  return true;
}
export function toggleThrough() {
  const node = state.selected;
  if (node < 0 || state.view !== "map") return;
  if (state.ways?.kind === "through") {
    clearLens(`Neighbours of ${brief(node)} lit`);
  } else if (!nodeOn(node)) changed("message", { message: `${brief(node)} is filtered out` });
  else {
    remember();
    state.ways = { kind: "through", node };
    changed("ways", { message: sentence(state.ways) });
  }
}
/**
 * @param {"hops" | "k"} key
 * @param {number} value
 */
export const bounded = (key, value) => Math.min(BOUNDS[key][1], Math.max(BOUNDS[key][0], Math.round(value)));
