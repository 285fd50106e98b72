// What is shown, what is selected, and the history. After a change of the state, call changed(); the page listens.
import { edges, nodes, other, raw } from "./model/data.js";
import { edgeOn, neighbours, nodeOn } from "./model/graph.js";
import { firstCompany, firstList } from "./model/mine.js";
import { lastStep, showRun } from "./model/runs.js";
import { FIRST_ORDER } from "./model/tables.js";
import { computes } from "./model/computed/run.js";
import { opens, shocks } from "./model/computed/shocks.js";
import { sight } from "./model/sight.js";
import { firstQuestion } from "./model/question.js";
import { runOf } from "./model/question-runs.js";
import { WHOLE, enter } from "./model/world-filter.js";

/** Whether there is a run to show, or one can be asked for. */
export const canAsk = computes || Boolean(raw.cascade);
/** The comparison that was asked for, the run of a shock, all shocks, or the map. @type {View} */
export const firstView =
  opens > 1 ? "compare" : firstQuestion ? "cascade" : computes && shocks.length ? "shocks" : "map";
/** The view where none is named: that of the company of the reader, where there is one and no more was asked of the page. */
export const usualView = () => viewOf(state.company);
/** @type {(company: number) => View} */
const viewOf = (company) => (company >= 0 && !(firstQuestion && company === firstCompany) ? "mine" : firstView);
/** What the first question is compared with at first. @type {Asked | null} */
export const firstAgainst = opens > 1 ? { shock: 1 } : null;

/** @type {PageState} */
export const state = {
  view: viewOf(firstCompany),
  selected: -1,
  // The row of the selected impact, which may be on something that is not drawn.
  row: -1,
  // The row of the selected line.
  line: -1,
  visible: new Set(),
  step: lastStep,
  small: false,
  // The one step that the table of the cascade shows, or -1 for all up to state.step.
  only: -1,
  // Whether the slider was used yet: until then the board is scrolled to its beginning.
  moved: false,
  // The groups of the cascade that are open, by step, class and loss.
  groups: new Set(),
  // Whether the last thing done was a step, and not a selection.
  stepped: false,
  playing: false,
  // How the map is arranged: see render/arrangement.js.
  arrangement: { by: "links", around: -1 },
  // What is lit instead of a selection and its neighbours: { name, nodes, edges }, two sets of rows; or nothing.
  lens: null,
  // What the lens is about: { kind: between, here or through, … }, see path-query.js; or nothing.
  pathQuery: null,
  // Which document or which day alone is shown: see world-filter.js.
  world: WHOLE,
  question: firstQuestion,
  against: firstAgainst,
  kept: null,
  busy: false,
  columns: "most",
  mine: new Set(firstCompany >= 0 ? [...firstList, firstCompany] : firstList),
  company: firstCompany,
  onlyMine: false,
  judged: new Map(),
  pair: 0,
  compare: "shocks",
  onlyDifferent: false,
  // Which parts of the page are open: see parts.js.
  open: { legend: true, drawer: false },
  // By which column each table is sorted.
  sort: {
    map: { ...FIRST_ORDER.map },
    cascade: { ...FIRST_ORDER.cascade },
    compare: { column: "difference", down: true },
  },
};

/** @type {Set<(reason: string, options: ChangeOptions) => void>} */
const listeners = new Set();
/**
 * Call the listener after each change, with its reason and options.
 * @param {(reason: string, options: ChangeOptions) => void} listener
 */
export const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
/**
 * @param {string} reason
 * @param {ChangeOptions} [options]
 */
export function changed(reason, options = {}) {
  for (const listener of listeners) listener(reason, options);
}

// Entities that are shown at first: as many as the window has room for.
export const room = Math.max(
  16,
  Math.min(48, Math.round(((globalThis.innerWidth ?? 1440) * (globalThis.innerHeight ?? 900)) / 22000)),
);
/** The entities of the map, before the filter: where only the list is shown, that and the ways to it. */
const onMap = () => sight.nodes ?? state.visible;
/** @param {number} node */
export const shown = (node) => onMap().has(node) && nodeOn(node);
export const shownNodes = () => [...onMap()].filter(nodeOn).sort((a, b) => a - b);
export const shownEdges = () => edges.filter((edge) => edgeOn(edge) && shown(edge.from) && shown(edge.to));
/** @param {number} node */
export const shownNeighbours = (node) => neighbours(node).filter((n) => onMap().has(n));
/** @param {number} node */
export const hiddenNeighbours = (node) => (sight.nodes ? [] : neighbours(node).filter((n) => !state.visible.has(n)));
/**
 * Counts without a list, since the map asks this of every entity it draws.
 * @param {number} node
 */
export function countHidden(node) {
  if (sight.nodes) return 0;
  const hidden = new Set();
  for (const edge of nodes[node].edges) {
    const near = other(edge, node);
    if (!state.visible.has(near) && edgeOn(edge) && nodeOn(near)) hidden.add(near);
  }
  return hidden.size;
}

/** What the map looks at: it says so itself where there is one. @type {{ read: () => Sighting | null, show: (sighting: Sighting) => void }} */
export const camera = { read: () => null, show: () => {} };
// How many steps of the history were taken: the address of the page follows them.
export const steps = { taken: 0 };
/** @type {Snapshot[]} */
export const past = [];
/** @type {Snapshot[]} */
export const future = [];
const snapshot = () => ({
  view: state.view,
  selected: state.selected,
  row: state.row,
  line: state.line,
  arrangement: state.arrangement,
  visible: new Set(state.visible),
  lens: state.lens,
  pathQuery: state.pathQuery,
  world: state.world,
  compare: state.compare,
  question: state.question,
  against: state.against,
  step: state.step,
  only: state.only,
  mine: state.mine,
  company: state.company,
  onlyMine: state.onlyMine,
  judged: state.judged,
  pair: state.pair,
  groups: state.groups,
  sighting: camera.read(),
});
// Call this before a change that "back" undoes.
export function remember() {
  steps.taken += 1;
  past.push(snapshot());
  if (past.length > 100) past.shift();
  future.length = 0;
}
/**
 * @param {Snapshot[]} from
 * @param {Snapshot[]} onto
 */
function restore(from, onto) {
  if (!from.length) return false;
  onto.push(snapshot());
  const { sighting, ...before } = /** @type {Snapshot} */ (from.pop());
  const { step, only } = before;
  Object.assign(state, before);
  enterWorld();
  // Another world begins at its last step; what was before had one of its own.
  if (step <= lastStep) Object.assign(state, { step, only, groups: before.groups });
  steps.taken += 1;
  changed("restored");
  if (sighting && state.view === "map") camera.show(sighting);
  return true;
}
/**
 * The browser goes back or forward by itself: the steps on the page keep up with it.
 * @param {number} by
 */
export function keepUp(by) {
  const [from, onto] = by < 0 ? [past, future] : [future, past];
  if (Math.abs(by) === 1 && from.pop()) onto.push(snapshot());
}
export const goBack = () => restore(past, future);
export const goForward = () => restore(future, past);

// The question whose run is shown.
let asked = state.question;
if (!asked) showRun(runOf(asked, state.world));
// Brings the rows and the run in line with the world and the question, after an action, the history or an address has set them.
export function enterWorld() {
  const isOther = enter(state.world);
  if ((!isOther && asked === state.question) || !canAsk) return;
  asked = state.question;
  showRun(runOf(asked, state.world));
  state.only = -1;
  state.groups = new Set();
  state.step = lastStep;
  state.playing = false;
}
