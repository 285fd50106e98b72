// What is lit instead of a selection and its neighbours: state.lens, which follows from state.pathQuery.
import { narrow } from "../media.js";
import { nodeOn } from "../model/graph.js";
import { endsOf, forgetPaths, lensOf, members, sentence, shortLabel } from "../model/path-query.js";
import { changed, remember, shown, state } from "../store.js";

// Entities that join the map, at most, of those that lead to one; the list has them all.
const JOIN = 60;
// Changes that no answer depends on.
const KEEPING = new Set(["selected", "paths", "view", "picked", "expanded", "collapsed", "more", "restyled"]);

// Called before each drawing.
let isFromQuery = false;
/** @param {string} reason */
export function syncPaths(reason) {
  if (!KEEPING.has(reason)) forgetPaths();
  if (state.pathQuery || isFromQuery) state.lens = state.pathQuery ? lensOf(state.pathQuery, shown) : null;
  isFromQuery = Boolean(state.pathQuery);
}
/**
 * Sets what is lit without drawing it: the address of the page does so too.
 * @param {PathQuery | null} query
 */
export function setPathQuery(query) {
  state.pathQuery = query;
  if (!query) return;
  endsOf(query).forEach((node) => state.visible.add(node));
  const joining = members(query).filter((node) => !state.visible.has(node));
  joining.slice(0, query.kind === "here" ? JOIN : Infinity).forEach((node) => state.visible.add(node));
}
/** @param {PathsBetween | PathsHere} query */
export function showPaths(query) {
  remember();
  Object.assign(state, { view: "map", line: -1 });
  const ends = endsOf(query);
  if (!ends.includes(state.selected)) state.selected = ends[ends.length - 1];
  setPathQuery(query);
  // On a narrow page the panel hides most of the map: there the selection stays in sight, else everything.
  changed("paths", { fit: !narrow.matches, centre: narrow.matches, message: sentence(query, shown) });
}
/**
 * One path alone is lit, or all of them: -1.
 * @param {number} row
 */
export function choosePath(row) {
  const query = { .../** @type {PathsBetween} */ (state.pathQuery), chosen: row };
  state.pathQuery = query;
  changed("paths", { message: sentence(query, shown) });
}
export function clearLens(message = "Nothing is dimmed for a path any more") {
  if (!state.pathQuery && !state.lens) return false;
  remember();
  state.pathQuery = null;
  state.lens = null;
  changed("paths", { message });
  return true;
}
export function toggleThrough() {
  const node = state.selected;
  if (node < 0 || state.view !== "map") return;
  if (state.pathQuery?.kind === "through") {
    clearLens(`Neighbours of ${shortLabel(node)} lit`);
  } else if (!nodeOn(node)) changed("message", { message: `${shortLabel(node)} is filtered out` });
  else {
    remember();
    state.pathQuery = { kind: "through", node };
    changed("paths", { fit: true, message: sentence(state.pathQuery, shown) });
  }
}
