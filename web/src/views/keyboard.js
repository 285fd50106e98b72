// The keys that work wherever the reader is on the page.
import { clearLens, toggleThrough } from "../actions/path-highlight.js";
import { toggleMark } from "../actions/mine.js";
import { clearSelection, select, selectLine, toggleNeighbours } from "../actions/selection.js";
import { $, find, focused, help, target } from "../dom.js";
import { edges, nodes } from "../model/data.js";
import { starts } from "../model/graph.js";
import { towards } from "../render/map.js";
import { goBack, shown, shownEdges, shownNodes, state } from "../store.js";
import { say } from "./announce.js";
import { moveCard } from "./cascade-board.js";
import { focusStage } from "./focus.js";
import { identityKey } from "./identity.js";
import { openPaths } from "./paths-form.js";

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {KeyboardEvent} event */
function onArrow(event) {
  if (["compare", "shocks", "mine", "identity"].includes(state.view)) return undefined;
  const inStage =
    $("map").contains(target(event)) || $("board")?.contains(target(event)) || target(event) === document.body;
  if (!inStage) return undefined;
  event.preventDefault();
  if (state.view === "cascade") {
    moveCard(event.key);
    return focusStage();
  }
  if (state.line >= 0) return select(endTowards(edges[state.line], ...ARROWS[event.key]));
  const start = state.selected >= 0 && shown(state.selected) ? state.selected : -1;
  if (start < 0) return select(starts().find(shown) ?? shownNodes()[0] ?? -1);
  const next = towards(start, ...ARROWS[event.key]);
  return next >= 0 ? select(next) : say(`No neighbour of ${nodes[start].label} in that direction`);
}
/**
 * The end of a line that lies in the direction of an arrow key.
 * @param {Link} line
 * @param {number} dx
 * @param {number} dy
 */
function endTowards({ from, to }, dx, dy) {
  const along = (nodes[to].x - nodes[from].x) * dx + (nodes[to].y - nodes[from].y) * dy;
  return along > 0 ? to : from;
}
// The entity whose lines are read one after the other.
let reading = -1;
/** @param {1 | -1} by */
function nextLine(by) {
  if (state.selected >= 0) reading = state.selected;
  else if (state.line < 0) return say("Select an entity first: l then reads its lines");
  const line = edges[state.line];
  if (line && reading !== line.from && reading !== line.to) reading = line.from;
  const lines = shownEdges().filter((edge) => edge.from === reading || edge.to === reading);
  if (!lines.length) return say(`${nodes[reading].label} has no lines on the map`);
  const at = line ? lines.indexOf(line) : by > 0 ? -1 : lines.length;
  return selectLine(lines[(at + by + lines.length) % lines.length].index);
}
function openPanel() {
  if (state.selected < 0 && state.row < 0 && state.line < 0) return;
  const title = find($("panel"), "h2");
  title.scrollIntoView({ block: "nearest" });
  title.focus();
}
/** The entity of the row that has the focus, else the one that is selected. @param {KeyboardEvent} event */
function mark(event) {
  const row = /** @type {HTMLElement | null} */ (target(event).closest?.("[data-node]"));
  const node = row ? Number(row.dataset.node) : state.selected;
  if (node >= 0) toggleMark(node);
  else say("Select an entity first: m then puts it on your list");
}
// Back: what is lit goes out first, then out of the panel, then to what was before.
function escape() {
  if (clearLens()) return;
  if ($("panel").contains(focused())) focusStage();
  else if (!goBack()) clearSelection();
}
/** @param {KeyboardEvent} event */
function onKey(event) {
  const typing = target(event).matches?.("input:not([type=checkbox], [type=radio], [type=range]), select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || help().open) return;
  const onButton = target(event).matches?.("button, summary, input, th, a");
  if (identityKey(event.key)) return;
  if (ARROWS[event.key] && !target(event).matches?.("input")) onArrow(event);
  else if (event.key === "/") {
    event.preventDefault();
    $("search").focus();
  } else if (event.key === "?") help().showModal();
  else if (event.key === "Escape") escape();
  else if (event.key === "e" && state.selected >= 0 && state.view === "map") toggleNeighbours(state.selected);
  else if (event.key.toLowerCase() === "l" && state.view === "map") nextLine(event.shiftKey ? -1 : 1);
  else if (event.key === "t") toggleThrough();
  else if (event.key === "m") mark(event);
  else if (event.key === "p") {
    // Or the letter would land in the field that opens.
    event.preventDefault();
    openPaths();
  } else if (event.key === "Enter" && (!onButton || target(event).classList.contains("on-path"))) openPanel();
}
export const startKeyboard = () => document.addEventListener("keydown", onKey);
