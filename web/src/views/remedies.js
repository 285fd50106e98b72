// What would help the selected entity under what is asked: each single change by the loss that it saves, and a click that tries it.
import { askToggled } from "../actions/question.js";
import { h, named, quietLine } from "../dom.js";
import { helpLines, isOfMoney } from "../model/brief/helps.js";
import { SHARES, remediesOf, unchangedResult } from "../model/computed/remedies.js";
import { computes, worldKey } from "../model/computed/run.js";
import { nodes } from "../model/data.js";
import { count, percent, plural, range } from "../model/format.js";
import { lossWords } from "../model/phrases.js";
import { leverTitle, sameLever, withoutChanges } from "../model/question.js";
import { impacts } from "../model/runs.js";
import { legible } from "../model/text.js";
import { state } from "../store.js";
import { computedPart } from "./computed-part.js";

// The most rows of a list before the rest is folded.
const ROWS = 6;

/** @param {number} node */
export function remediesPart(node) {
  const { question, world } = state;
  if (!computes || !question) return null;
  const asked = withoutChanges(question);
  const computed = unchangedResult(asked, world);
  if (typeof computed === "string") return null;
  return computedPart(
    "What would help?",
    `${node} ${worldKey(world)} ${JSON.stringify(asked)}`,
    () => remediesOf(computed, node),
    (found) => remedyList(node, found),
  );
}
/** @param {number} node */
const stepOf = (node) => impacts.find((impact) => impact.node === node)?.step ?? 0;
/** @type {(node: number, found: Remedies | null) => Child[]} */
function remedyList(node, found) {
  const { label } = nodes[node];
  const lines = helpLines(label, found, stepOf).map((line) => h("p", {}, line.map(partOf)));
  if (!found) return lines;
  const [drawn, changes] = [found.sources, found.changes].map((list) => list.filter(({ fact }) => fact >= 0));
  // A second source for the need of a revenue means other business: those that can be bought come first.
  const sources = drawn.toSorted((a, b) => Number(isOfMoney(a)) - Number(isOfMoney(b)));
  const undrawn = found.sources.length + found.changes.length - drawn.length - changes.length;
  return [
    ...lines,
    sources.length > 0 && sourceTable(/** @type {SourceRemedy[]} */ (sources)),
    changes.length > 0 && [
      h("h4", {}, "Other changes"),
      h("ul", { class: "remedies" }, /** @type {ChangeRemedy[]} */ (changes).slice(0, ROWS).map(changeItem)),
    ],
    quietLine(scopeWords(found, undrawn)),
  ];
}
/** @param {BriefLine[number]} part */
const partOf = (part) =>
  typeof part === "string" ? part : "name" in part ? named(part.name) : "strong" in part ? part.strong : null;
/** What was searched, in words. @type {(found: Remedies, undrawn: number) => string} */
function scopeWords({ before, onWay, tried, pairs }, undrawn) {
  const needs = plural(tried, "need", "needs");
  const some = tried < onWay ? `, the nearest of ${count(onWay)}` : "";
  const two = pairs.tried ? `, and ${plural(pairs.tried, "pair", "pairs")} of ${count(pairs.of)}` : "";
  const hidden = undrawn ? ` ${plural(undrawn, "change is", "changes are")} of needs that are not drawn here.` : "";
  return `Each number is a run of its own, with that change alone; without one it loses ${lossWords(before)}. Tried: ${needs} on the way of the harm${some}${two}.${hidden} A stock delays a loss and ends none of it.`;
}
/** @param {SourceRemedy[]} sources */
function sourceTable(sources) {
  const rows = sources.map(sourceRow);
  const head = (/** @type {string} */ text) => h("th", { scope: "col" }, text);
  const table = (/** @type {HTMLElement[]} */ shown, /** @type {string} */ caption) =>
    h(
      "table",
      { class: "effect remedies" },
      h("caption", {}, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head("Need"),
          SHARES.map((share) => head(percent(share))),
          head("Halves at"),
        ),
      ),
      h("tbody", {}, shown),
    );
  return [
    table(rows.slice(0, ROWS), "What it loses with a second source for a share of a need"),
    rows.length > ROWS &&
      h(
        "details",
        {},
        h("summary", {}, `${count(rows.length - ROWS)} more needs`),
        table(rows.slice(ROWS), "Second sources that save less"),
      ),
  ];
}
/** @param {SourceRemedy} remedy */
function sourceRow({ fact, dependant, need, shares, halving }) {
  const cell = (/** @type {ShareLoss | null} */ at, /** @type {string} */ text) =>
    h(
      "td",
      { class: "number" },
      at ? tryButton({ fact, source: at.share }, at, text) : h("span", { class: "quiet" }, "never"),
    );
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      named(nodes[need].label),
      h("span", { class: "quiet" }, " for ", named(nodes[dependant].label)),
    ),
    shares.map((at) => cell(at, percent(at.loss))),
    cell(halving, halving ? percent(halving.share) : ""),
  );
}
/** A button that makes a change part of the question, or takes it out again. @type {(lever: QuestionLever, left: Loss, text: string) => HTMLElement} */
function tryButton(lever, left, text) {
  const isOn = Boolean(state.question?.levers?.some((other) => sameLever(other, lever)));
  const title = `Try ${legible(leverTitle(lever))}: it loses ${lossWords(left)}`;
  return h(
    "button",
    {
      type: "button",
      class: "try",
      "aria-pressed": String(isOn),
      "aria-label": title,
      title,
      onclick: () => askToggled(lever),
    },
    h("b", {}, text),
    range(left) && h("span", { class: "range" }, range(left)),
  );
}
/** @param {ChangeRemedy} remedy */
function changeItem({ lever, words: [from, to], loss, low, high }) {
  return h(
    "li",
    {},
    tryButton(lever, { loss, low, high }, percent(loss)),
    h("span", {}, named(leverTitle(lever)), from && h("span", { class: "quiet" }, ` (${from} → ${to})`)),
  );
}
