// The cascade: columns by step, cards by loss; step through it, and see what caused which loss.
import { $, button, field, focused, h, named, quietLine, targetField } from "../dom.js";
import { count, percent, plural } from "../model/format.js";
import { SMALL, firstStep, impacts, lastStep, run, silence } from "../model/runs.js";
import { questionLabel, shockAlone } from "../model/question.js";
import { sight } from "../model/sight.js";
import { canAsk, changed, state } from "../store.js";
import { renderBoard } from "./cascade-board.js";
import { findingPart } from "./finding.js";
import { lossDot } from "./glyphs.js";
import { nothingListed } from "./mine.js";

// Which run the heading, the slider and the key were built for.
/** @type {Run | null} */
let built = null;
let timer = 0;

/** @param {number} step */
function toStep(step) {
  Object.assign(state, { step: Math.max(firstStep, Math.min(lastStep, step)), only: -1, moved: true, stepped: true });
  const now = impacts.filter((i) => i.step === state.step);
  const worst = now.length ? `, worst ${now[0].label} with ${percent(now[0].loss)}` : "";
  changed("stepped", {
    message: `Step ${state.step} of ${lastStep}: ${plural(now.length, "entity", "entities")}${worst}`,
  });
}
function stop() {
  clearInterval(timer);
  state.playing = false;
}
function play() {
  if (state.playing) {
    stop();
    renderCascade();
    return;
  }
  if (state.step === lastStep) state.step = firstStep - 1;
  state.playing = true;
  const next = () => {
    // Another world may have stopped it.
    if (!state.playing) return stop();
    toStep(state.step + 1);
    if (state.step < lastStep) return undefined;
    stop();
    return renderCascade();
  };
  timer = setInterval(next, 1300);
  next();
}

function runLine() {
  const affected = run.affected ?? impacts.length;
  const all = typeof run.unaffected === "number" ? ` of ${count(affected + run.unaffected)}` : "";
  const parts = [
    `${count(affected)}${all} affected`,
    run.affected !== undefined && `${impacts.length} of them on this page`,
    typeof run.unaffected === "number" && `${run.unaffected} ${run.unaffected === 1 ? "loses" : "lose"} nothing`,
    run.short !== undefined &&
      run.short > 0 &&
      `${run.short} of them ${run.short === 1 ? "falls" : "fall"} short for others`,
    run.truncated && "cut short",
  ];
  return quietLine(parts.filter(Boolean).join(" · "));
}
function player() {
  const slider = h("input", {
    id: "step",
    type: "range",
    min: String(firstStep),
    max: String(lastStep),
    step: "1",
    "aria-label": "Step",
    oninput: (/** @type {Event} */ event) => {
      stop();
      toStep(Number(targetField(event).value));
    },
  });
  /** @param {1 | -1} by */
  const walk = (by) => () => {
    stop();
    toStep(state.step + by);
  };
  return h(
    "div",
    { class: "player", role: "group", "aria-label": "Steps" },
    button("Previous", walk(-1), { id: "previous" }),
    button("Play", play, { id: "play", class: "primary" }),
    button("Next", walk(1), { id: "next" }),
    slider,
    h("output", { id: "step-name", for: "step" }),
  );
}
// What the dots mean, and the switch for small losses.
function key() {
  const quiet = impacts.filter((impact) => impact.loss < SMALL).length;
  const small = h("input", {
    id: "small",
    type: "checkbox",
    onchange: (/** @type {Event} */ event) => {
      state.small = targetField(event).checked;
      changed("filtered");
    },
  });
  const label = h("span", { id: "small-label" }, `Show ${quiet} below ${percent(SMALL)}`);
  return h(
    "div",
    { class: "cascade-key" },
    h("span", { class: "key" }, "Loss"),
    [0.1, 0.45, 0.75, 1].map((loss) => h("span", { class: "pair" }, lossDot({ loss }), percent(loss))),
    quiet > 0 && h("label", { class: "small" }, small, label),
  );
}
function build() {
  stop();
  built = run;
  const name = named(questionLabel(state.question) || "No shock is chosen", "h2");
  const kind = !state.question || shockAlone(state.question) >= 0 ? "Shock" : "What if";
  const none = silence || "Nothing in this graph loses anything by this shock.";
  $("cascade").replaceChildren(
    h("div", { class: "cascade-head" }, h("div", {}, h("p", { class: "class" }, kind), name, runLine()), player()),
    findingPart() || "",
    key(),
    h("div", { class: "board", id: "board" }),
    h("p", { class: "silence", id: "silence", hidden: impacts.length > 0 }, none),
  );
  $("cascade").classList.toggle("nothing", !impacts.length);
}
export function renderCascade() {
  if (!canAsk) return;
  if (built !== run) build();
  if (state.view !== "cascade") return;
  field("step").value = String(state.step);
  if ($("small")) field("small").checked = state.small;
  $("step-name").textContent = `Step ${state.step} of ${lastStep}`;
  field("previous").disabled = state.step === firstStep;
  field("next").disabled = state.step === lastStep;
  field("play").disabled = lastStep === firstStep;
  $("play").textContent = state.playing ? "Pause" : "Play";
  if (focused().matches(":disabled")) $("step").focus({ preventScroll: true });
  renderBoard();
  renderNothingListed();
}
/** Where nothing of the list loses anything, and only the list is shown. */
function renderNothingListed() {
  const isNone = impacts.length > 0 && sight.impacts?.size === 0;
  $("nothing-listed")?.remove();
  if (isNone)
    $("board").after(
      nothingListed(
        `Nothing on your list loses anything by this; ${plural(impacts.length, "other does", "others do")}.`,
      ),
    );
  $("board").hidden = isNone;
}
