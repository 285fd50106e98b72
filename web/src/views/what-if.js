// "What if this fails?": the buttons that ask it, and the part of the panel where the question can be changed.
import { askAlso, askWhatIf, ask, compareChanges, resetQuestion } from "../actions/question.js";
import { $, button, closeButton, h, named, nodesOf, quietLine } from "../dom.js";
import { computes } from "../model/computed/run.js";
import { facts, nodes } from "../model/data.js";
import { percent, plural, range } from "../model/format.js";
import { hitTarget, isWhatIf, linkName, point, questionLabel, withHit, withoutHit } from "../model/question.js";
import { effectOf, entityRefusal, isHit, linkRefusal, remarks } from "../model/question-runs.js";
import { grounds, impacts, silence } from "../model/runs.js";
import { state } from "../store.js";
import { entityButton } from "./entity-button.js";
import { leverItem } from "./levers.js";
import { slider } from "./slider.js";

const WHOLLY = 1;

/** What may be asked about an entity, or why it may not. @param {number} node */
export function entityQuestions(node) {
  if (!computes) return null;
  const hit = { node, severity: WHOLLY };
  const refusal = entityRefusal(node, state.world);
  if (refusal)
    return h("p", { class: "quiet refusal", id: "no-what-if" }, `“What if this fails?” has no answer: ${refusal}`);
  if (isHit(state.question, hit)) return null;
  return h(
    "div",
    { class: "actions asks" },
    button("What if this fails?", () => askWhatIf(hit), { id: "what-if-fails", class: "primary" }),
    state.question && button("And also this", () => askAlso(hit), { id: "and-also" }),
  );
}
/** @type {(hit: QuestionHit, place: number) => HTMLElement} */
function hitItem(hit, place) {
  const name = "node" in hit ? nodes[hit.node].label : linkName(hit.fact);
  const refusal = "node" in hit ? entityRefusal(hit.node, state.world) : linkRefusal(hit.fact, state.world);
  const isLink = "fact" in hit;
  return h(
    "li",
    { class: "hit" },
    h(
      "div",
      { class: "subject" },
      "node" in hit ? entityButton(hit.node) : named(name, "b"),
      closeButton(`Leave out ${name}`, () => state.question && ask(withoutHit(state.question, place))),
    ),
    slider({
      id: `severity-${hitTarget(hit).replace(" ", "-")}`,
      label: isLink ? "is cut by" : "loses",
      about: `How much ${isLink ? `is cut of ${name}` : `${name} loses`}`,
      value: point(hit.severity),
      set: (severity, how) => state.question && ask(withHit(state.question, { ...hit, severity }), how),
    }),
    refusal && quietLine(refusal),
  );
}
/** @param {Loss} loss */
const amount = (loss) => [
  h("b", {}, percent(loss.loss)),
  range(loss) && h("span", { class: "range" }, ` ${range(loss)}`),
];
/** @type {(effect: Effect | null, about: string) => Child} */
const effectLine = (effect, about) =>
  effect &&
  h(
    "tr",
    {},
    h("th", { scope: "row" }, named(effect.label), h("span", { class: "quiet" }, ` ${about}`)),
    h("td", { class: "number" }, amount(effect.before)),
    h("td", { class: "number" }, amount(effect.after)),
  );
/** Whether everything that is changed is hit itself. @param {Asked} question */
function isCut({ levers = [] }) {
  const hit = new Set((grounds?.targets() ?? []).filter(({ node }) => !node).map(({ iri }) => iri));
  return levers.every(({ fact }) => hit.has(facts[fact].record));
}
/** What the question comes to, in words; with changes also before and after them. */
function outcome() {
  const { question, world, selected } = state;
  if (!question) return [];
  const lines = remarks(question, { run: {}, impacts, shortages: [], reason: silence }).map((line) => quietLine(line));
  if (!question.levers?.length) return lines;
  const { worst, selected: chosen, lost, same, exactly } = effectOf(question, world, selected);
  const onlyStock = question.levers.every((lever) => "buffer" in lever);
  const nothing = onlyStock
    ? "No loss changes: a stock delays when it is felt, not how much is lost in the end."
    : exactly && isCut(question)
      ? "No loss changes: the shock cuts this need itself, whoever supplies."
      : exactly
        ? "No loss changes: the harm comes another way, or this link does not decide it."
        : "At the best estimate no loss changes; only the ranges do.";
  return [
    ...lines,
    h(
      "table",
      { class: "effect" },
      h("caption", {}, "Before and after"),
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, "Before"), h("th", { scope: "col" }, "After"))),
      h(
        "tbody",
        {},
        effectLine(worst, "worst hit"),
        effectLine(chosen, "selected"),
        h(
          "tr",
          {},
          h("th", { scope: "row" }, "Entities that lose"),
          lost.map((number) => h("td", { class: "number" }, h("b", {}, String(number)))),
        ),
      ),
    ),
    same && quietLine(nothing),
  ];
}
/** The part of the panel where the question can be changed; nothing where a shock alone is asked. */
export function whatIfPart() {
  const { question } = state;
  if (!computes || !question || !isWhatIf(question)) return null;
  const hits = question.hits ?? [];
  const levers = question.levers ?? [];
  return h(
    "section",
    { class: "what-if", id: "what-if", "aria-labelledby": "what-if-title" },
    h(
      "div",
      { class: "head" },
      h("h3", { id: "what-if-title", tabindex: "-1" }, "What if"),
      button("Reset", resetQuestion, { class: "link", id: "reset-what-if" }),
    ),
    question.shock !== undefined && h("p", { class: "shock" }, named(questionLabel({ shock: question.shock }), "b")),
    hits.length > 0 && h("ul", { class: "hits" }, hits.map(hitItem)),
    levers.length > 0 && [
      h("h4", {}, levers.length > 1 ? plural(levers.length, "change", "changes") : "With this change"),
      h("ul", { class: "levers" }, levers.map(leverItem)),
    ],
    h("div", { id: "what-if-outcome", "aria-live": "off" }, outcome()),
    levers.length > 0 && button("Compare before and after", compareChanges, { class: "link", id: "before-after" }),
    !levers.length &&
      hits.length > 0 &&
      quietLine("“Change …” beside a dependency tries another supplier, another weight or a stock."),
  );
}
/** While a slider is dragged the panel stays, and what it says of the outcome follows. */
export function refreshWhatIf() {
  if ($("what-if-outcome")) $("what-if-outcome").replaceChildren(...nodesOf(outcome()));
}
