// The cascade: columns by step, cards by loss; step through it, and see who brought harm to whom.
import { mind } from "./bearing.js";
import { renderBoard } from "./board.js";
import { impacts, raw, run, silence } from "./data.js";
import { touch } from "./link.js";
import { render, say } from "./main.js";
import { button } from "./panel.js";
import { state } from "./state.js";
import { $, count, h, named, percent, plural } from "./style.js";
import { renderTable } from "./table.js";

export const SMALL = 0.05;
const FOLD = raw.cascade ? raw.cascade.fold : 0;
export let LAST = 0;
export let BEGIN = 0;
// Where a shock cuts links only, nobody stands at step 0.
function measure() {
  LAST = impacts.reduce((last, impact) => Math.max(last, impact.step), 0);
  BEGIN = impacts.reduce((first, impact) => Math.min(first, impact.step), LAST);
}
measure();
let playing = 0;

export const loud = (impact) => state.small || impact.loss >= SMALL;
// Cards of a step: its greatest losses; the rest is folded.
export const cards = (step) => impacts.filter((i) => i.step === step && loud(i)).slice(0, FOLD);
export const folded = (step) => impacts.filter((i) => i.step === step && loud(i)).length - cards(step).length;

export function lossDot(impact) {
  const dot = h("span", { class: "dot", "aria-hidden": "true" });
  // Set through the object model: an attribute would need the policy's leave.
  dot.style.setProperty("--loss", `${Math.round(15 + 85 * impact.loss)}%`);
  dot.style.setProperty("--size", `${(8 + 18 * Math.sqrt(impact.loss)).toFixed(1)}px`);
  return h("span", { class: "dot-place" }, dot);
}

function toStep(step) {
  state.step = Math.max(BEGIN, Math.min(LAST, step));
  state.only = -1;
  state.moved = true;
  state.stepped = true;
  renderCascade();
  renderTable();
  touch();
  const now = impacts.filter((i) => i.step === state.step);
  say(`Step ${state.step} of ${LAST}: ${plural(now.length, "entity", "entities")}${now.length ? `, worst ${now[0].label} with ${percent(now[0].loss)}` : ""}`);
}
function stop() {
  clearInterval(playing);
  playing = 0;
}
function play() {
  if (playing) {
    stop();
    renderCascade();
    return;
  }
  if (state.step === LAST) state.step = BEGIN - 1;
  const next = () => {
    toStep(state.step + 1);
    if (state.step >= LAST) {
      stop();
      renderCascade();
    }
  };
  playing = setInterval(next, 1300);
  next();
}

function runLine() {
  const affected = run.affected ?? impacts.length;
  const all = typeof run.unaffected === "number" ? ` of ${count(affected + run.unaffected)}` : "";
  const parts = [`${count(affected)}${all} affected`, run.affected !== undefined && `${impacts.length} of them on this page`, typeof run.unaffected === "number" && `${run.unaffected} ${run.unaffected === 1 ? "loses" : "lose"} nothing`, run.short > 0 && `${run.short} of them ${run.short === 1 ? "falls" : "fall"} short for others`, run.truncated && "cut short"];
  return h("p", { class: "quiet" }, parts.filter(Boolean).join(" · "));
}
// How the numbers came about: what a reader needs to judge them.
export function runFacts() {
  const facts = [
    ["Model", run.model],
    ["Parameters", run.parameters],
    ["Stopped", run.iterations !== null && `after ${plural(run.iterations, "iteration", "iterations")}, by ${run.stopped_by}`],
    ["Residual", run.residual],
    ["Weights unknown", run.unknown_share > 0 && percent(run.unknown_share)],
    ["Network", run.network_hash && String(run.network_hash).slice(0, 12)],
  ];
  return h("details", { open: true }, h("summary", {}, h("h3", {}, "How it was computed")),
    h("dl", { class: "run" }, facts.filter(([, value]) => value || value === 0).map(([key, value]) => [h("dt", {}, key), named(String(value), "dd")])),
    mind());
}
export function buildCascade() {
  stop();
  measure();
  const slider = h("input", { id: "step", type: "range", min: String(BEGIN), max: String(LAST), step: "1", "aria-label": "Step", oninput: (event) => { stop(); toStep(Number(event.target.value)); } });
  const quiet = impacts.filter((impact) => impact.loss < SMALL).length;
  const small = h("input", { id: "small", type: "checkbox", onchange: (event) => { state.small = event.target.checked; render("filtered"); } });
  $("cascade").replaceChildren(
    h("div", { class: "cascade-head" },
      h("div", {}, h("p", { class: "class" }, "Shock"), named(String(run.shock_label || run.shock || "Shock"), "h2"), runLine()),
      h("div", { class: "player", role: "group", "aria-label": "Steps" },
        button("Previous", () => { stop(); toStep(state.step - 1); }, { id: "previous" }),
        button("Play", play, { id: "play", class: "primary" }),
        button("Next", () => { stop(); toStep(state.step + 1); }, { id: "next" }),
        slider, h("output", { id: "step-name", for: "step" }))),
    h("div", { class: "cascade-key" },
      h("span", { class: "key" }, "Loss"),
      [0.1, 0.45, 0.75, 1].map((loss) => h("span", { class: "pair" }, lossDot({ loss }), percent(loss))),
      quiet > 0 && h("label", { class: "small" }, small, h("span", { id: "small-label" }, `Show ${quiet} below ${percent(SMALL)}`))),
    h("div", { class: "board", id: "board" }), h("p", { class: "silence", id: "silence", hidden: impacts.length > 0 }, silence || "Nothing in this graph loses anything by this shock."));
  $("cascade").classList.toggle("nothing", !impacts.length);
}
export function renderCascade() {
  if (!raw.cascade || state.view !== "cascade") return;
  $("step").value = String(state.step);
  if ($("small")) $("small").checked = state.small;
  $("step-name").textContent = `Step ${state.step} of ${LAST}`;
  $("previous").disabled = state.step === BEGIN;
  $("next").disabled = state.step === LAST;
  $("play").disabled = LAST === BEGIN;
  $("play").textContent = playing ? "Pause" : "Play";
  if (document.activeElement?.disabled) $("step").focus({ preventScroll: true });
  renderBoard();
}
