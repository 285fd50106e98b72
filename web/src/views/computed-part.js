// Parts of the panel that take long: computed in slices when they are opened, with progress, and stopped where that is asked for.
import { button, h } from "../dom.js";
import { percent } from "../model/format.js";
import { say } from "./announce.js";

// So many milliseconds are computed at once, before the page may do something else.
const SLICE = 40;
/** Which parts are open: they stay so from one entity to the next. @type {Set<string>} */
const open = new Set();
/** What has been computed, and what is being computed, by part and subject. @type {Map<string, unknown>} */
const known = new Map();
/** @type {Map<string, { steps: Generator<number, unknown>, done: number, isStopped: boolean }>} */
const running = new Map();
// The oldest results go first: those of every entity of a large graph would fill the memory.
const KEPT = 60;

/**
 * Goes on with a computation in slices, while its place is on the page.
 * @template Value
 * @param {string} name
 * @param {HTMLElement} place
 * @param {(value: Value) => void} done
 */
function inSlices(name, place, done) {
  const task = running.get(name);
  if (!task) return;
  const started = performance.now();
  while (!task.isStopped && performance.now() - started < SLICE) {
    const step = task.steps.next();
    if (step.done) {
      running.delete(name);
      done(/** @type {Value} */ (step.value));
      return;
    }
    task.done = step.value;
  }
  const goOn = () => inSlices(name, place, done);
  showProgress(place, task, goOn);
  if (!task.isStopped) setTimeout(() => place.isConnected && !task.isStopped && goOn());
}
/**
 * @param {HTMLElement} place
 * @param {{ done: number, isStopped: boolean }} task
 * @param {() => void} goOn
 */
function showProgress(place, task, goOn) {
  const words = `${task.isStopped ? "Stopped at" : "Computing:"} ${percent(task.done)}`;
  const line = place.querySelector(".progress-words");
  const key = String(task.isStopped);
  if (line && place.dataset.stopped === key) {
    line.textContent = words;
    return;
  }
  place.dataset.stopped = key;
  const turn = button(task.isStopped ? "Go on" : "Stop", () => {
    task.isStopped = !task.isStopped;
    if (task.isStopped) showProgress(place, task, goOn);
    else goOn();
    place.querySelector("button")?.focus();
  });
  turn.className = "link";
  place.replaceChildren(h("p", { class: "quiet progress" }, h("span", { class: "progress-words" }, words), " ", turn));
}
/**
 * Fill a place with what is computed under a name: once, and where it was begun for a place that is gone, from there on.
 * @template Value
 * @param {HTMLElement} place
 * @param {string} name
 * @param {() => Generator<number, Value>} compute
 * @param {(value: Value) => Child[]} show
 */
export function fillComputed(place, name, compute, show) {
  /** @param {Value} value */
  const done = (value) => {
    known.set(name, value);
    if (known.size > KEPT) known.delete(/** @type {string} */ (known.keys().next().value));
    delete place.dataset.stopped;
    place.replaceChildren(h("div", {}, ...show(value)));
  };
  if (known.has(name)) return done(/** @type {Value} */ (known.get(name)));
  const task = running.get(name) ?? { steps: compute(), done: 0, isStopped: false };
  running.set(name, task);
  return inSlices(name, place, done);
}
/**
 * A part that is computed when it is opened.
 * @template Value
 * @param {string} title
 * @param {string} key
 * @param {() => Generator<number, Value>} compute
 * @param {(value: Value) => Child[]} show
 */
export function computedPart(title, key, compute, show) {
  const place = h("div", { class: "computed", "aria-live": "polite" });
  const box = h("details", { class: "exposure", open: open.has(title) }, h("summary", {}, h("h3", {}, title)), place);
  const name = `${title} ${key}`;
  const fill = () => fillComputed(place, name, compute, show);
  box.addEventListener("toggle", () => {
    const wasOpen = open.has(title);
    open[box.open ? "add" : "delete"](title);
    if (box.open && !place.hasChildNodes()) fill();
    if (box.open && !wasOpen) say(title);
  });
  // What is known is there at once, so that the panel does not jump.
  if (open.has(title) && known.has(name)) fill();
  return box;
}
