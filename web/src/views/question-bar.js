// The bar below the header: what is asked, all shocks to choose from, and what can be done with the question.
import { compareChanges, compareWith, resetQuestion } from "../actions/question.js";
import { setView } from "../actions/selection.js";
import { $, button, find, h, named } from "../dom.js";
import { commandOf } from "../model/command.js";
import { computes } from "../model/computed/run.js";
import { shocks } from "../model/computed/shocks.js";
import { plural } from "../model/format.js";
import { isWhatIf, questionLabel, shockAlone } from "../model/question.js";
import { impacts } from "../model/runs.js";
import { legible } from "../model/text.js";
import { state } from "../store.js";
import { tell } from "./announce.js";
import { openBrief } from "./brief.js";
import { copy } from "./clipboard.js";
import { startPicker, togglePicker } from "./shock-picker.js";

/** Offers what to compare the question with. */
function offerComparison() {
  if (state.question?.levers?.length) return compareChanges();
  if (state.against) return compareWith(state.against);
  setView("compare");
  $("side-b")?.focus();
  return undefined;
}
function copyCommand() {
  if (!state.question) return undefined;
  const { command, reason } = commandOf(state.question, state.world);
  return command ? copy(command, `Command “${command}”`) : tell(reason);
}

/** What can be done with the question. */
const questionEnds = () =>
  h(
    "div",
    { class: "question-ends", id: "question-ends" },
    button("Compare …", offerComparison, { class: "link", id: "offer-compare" }),
    button("Brief", openBrief, {
      class: "link",
      id: "open-brief",
      title: "One page on this, to print or to hand on",
    }),
    button("Copy as command", copyCommand, { class: "link", id: "copy-command" }),
    button("Reset", resetQuestion, { class: "link", id: "reset-question" }),
  );
export function startQuestionBar() {
  if (!computes) return;
  const bar = h(
    "section",
    { id: "question", "aria-label": "Question" },
    h(
      "div",
      { id: "picker-place" },
      h(
        "button",
        {
          type: "button",
          id: "choose-shock",
          "aria-haspopup": "dialog",
          "aria-expanded": "false",
          "aria-controls": "shock-picker",
          onclick: () => togglePicker(),
        },
        h("span", { class: "key", id: "question-kind" }),
        named("", "span", { id: "question-label" }),
        h("span", { class: "caret", "aria-hidden": "true" }, "▾"),
      ),
    ),
    h("span", { id: "question-reach", class: "count" }),
    h("span", { id: "busy", role: "status", hidden: true }, "Computing …"),
    questionEnds(),
  );
  find(document, ".bar").after(bar);
  startPicker($("picker-place"));
}
export function renderQuestionBar() {
  if (!$("question")) return;
  const { question } = state;
  const kind = !question
    ? ""
    : shockAlone(question) >= 0
      ? "Shock"
      : question.shock === undefined
        ? "What if"
        : "Shock, changed";
  $("question-kind").textContent = kind;
  $("question-label").textContent = $("question-label").title = legible(
    questionLabel(question) || (shocks.length ? "Choose a shock" : "Ask what if something fails"),
  );
  $("question-reach").textContent = question ? plural(impacts.length, "entity loses", "entities lose") : "";
  $("question-ends").hidden = !question;
  $("offer-compare").textContent = question?.levers?.length ? "Before / after" : "Compare …";
  $("reset-question").hidden = !isWhatIf(question);
  $("reset-question").textContent = question?.levers?.length ? "Without changes" : "Reset";
  renderBusy();
}
export function renderBusy() {
  if (!$("busy")) return;
  $("busy").hidden = !state.busy;
  document.body.toggleAttribute("data-busy", state.busy);
}
