// Asks another question: a shock of the data set, or what if something fails, and changes to what there is.
import { percent, plural } from "../model/format.js";
import { nodes } from "../model/data.js";
import {
  MOST,
  firstQuestion,
  hitsAnything,
  isWhatIf,
  questionLabel,
  sameQuestion,
  toggledLever,
  trimmed,
  withHit,
  withLever,
  withoutChanges,
} from "../model/question.js";
import { impactOf, impacts, silence } from "../model/runs.js";
import { changed, enterWorld, remember, state } from "../store.js";

// A run that takes longer than this many milliseconds is announced before it is computed.
const LONG = 50;
let cost = nodes.length > 3000 ? LONG + 1 : 0;
/** The last change that waits for the page to be drawn. @type {(() => void) | null} */
let waiting = null;

/**
 * Compute now, or, where it takes long, after the page says so; of several that wait the last is done.
 * @param {() => void} compute
 */
function timed(compute) {
  const run = () => {
    const started = performance.now();
    waiting = null;
    state.busy = false;
    compute();
    cost = performance.now() - started;
  };
  if (cost <= LONG) return run();
  const isFirst = !waiting;
  waiting = run;
  if (!isFirst) return;
  state.busy = true;
  changed("busy");
  requestAnimationFrame(() => setTimeout(() => waiting?.()));
}

/** What the run that is shown comes to, in one sentence. */
export function outcomeLine() {
  const label = questionLabel(state.question);
  if (!impacts.length) return `${label}: ${silence || "no entity loses anything"}`;
  const worst = impacts.reduce((most, impact) => (impact.step > 0 && impact.loss > most.loss ? impact : most), {
    loss: 0,
    label: "",
  });
  const rest = worst.label ? `, worst ${worst.label} with ${percent(worst.loss)}` : "";
  return `${label}: ${plural(impacts.length, "entity loses", "entities lose")}${rest}`;
}

/**
 * Shows the run of a question, without a step of the history and without drawing: the address of the page does so too.
 * @param {Asked | null} question
 */
export function openQuestion(question) {
  state.question = question && hitsAnything(question) ? trimmed(question) : null;
  if (isWhatIf(state.question)) state.kept = state.question;
  if (!state.question?.levers?.length && state.compare === "changes") state.compare = "shocks";
  enterWorld();
  state.row = impactOf.get(state.selected)?.index ?? -1;
}
/**
 * Asks a question. `isStep` is false within a drag of a slider, which is one step of the history and leaves the panel as it is.
 * @param {Asked | null} question
 * @param {{ view?: View, select?: number, isStep?: boolean, live?: boolean }} [options]
 */
export function ask(question, { view = state.view, select = state.selected, isStep = true, live = false } = {}) {
  if (sameQuestion(question, state.question) && view === state.view && select === state.selected) return;
  timed(() => {
    if (isStep) remember();
    Object.assign(state, { view, selected: select, lens: null, pathQuery: null, moved: false });
    if (view !== "map" || select >= 0) state.line = -1;
    if (select >= 0) state.visible.add(select);
    openQuestion(question);
    changed(live ? "asking" : "asked", { fit: select < 0, message: outcomeLine() });
  });
}
/** Where a run is seen: the map shows it too. */
const runView = () => (state.view === "map" ? "map" : "cascade");
/** @param {number} shock @param {number} [node] that is selected */
export const askShock = (shock, node = state.selected) => ask({ shock }, { view: runView(), select: node });
/** @param {QuestionHit} hit */
export const askWhatIf = (hit) => ask({ hits: [hit] }, { view: "cascade" });
/** @param {QuestionHit} hit */
export function askAlso(hit) {
  if ((state.question?.hits?.length ?? 0) >= MOST)
    return changed("message", { message: `A question has at most ${MOST} hits.` });
  return ask(withHit(state.question ?? {}, hit), { view: runView() });
}
/** @param {QuestionLever} lever */
export function askChange(lever) {
  if (!state.question) return undefined;
  if ((state.question.levers?.length ?? 0) >= MOST)
    return changed("message", { message: `A question has at most ${MOST} changes.` });
  return ask(withLever(state.question, lever), {
    view: ["shocks", "mine", "identity"].includes(state.view) ? "cascade" : state.view,
  });
}
/** A change that is tried, or, where it is part of the question, no longer. @param {QuestionLever} lever */
export function askToggled(lever) {
  if (!state.question) return undefined;
  const question = toggledLever(state.question, lever);
  if ((question.levers?.length ?? 0) > MOST)
    return changed("message", { message: `A question has at most ${MOST} changes.` });
  return ask(question, { view: state.view === "shocks" ? "cascade" : state.view });
}
/** Without the changes, and without hits of one's own beside a shock; else what the page opens on. */
export const resetQuestion = () => {
  const { question } = state;
  if (question?.levers?.length) return ask(withoutChanges(question));
  return ask(question?.shock === undefined ? firstQuestion : { shock: question.shock });
};

/** @param {Asked | null} question that the one that is on is compared with */
export function compareWith(question) {
  if (state.view === "compare" && sameQuestion(state.against, question) && state.compare === "shocks") return;
  timed(() => {
    remember();
    Object.assign(state, { against: question, compare: "shocks", view: "compare" });
    changed("compared", {
      message: question ? `Compared with ${questionLabel(question)}` : "Choose what to compare with",
    });
  });
}
export function compareChanges() {
  remember();
  Object.assign(state, { compare: "changes", view: "compare" });
  changed("compared", { message: "Before and after the changes" });
}
