// A change to a dependency: another supplier with a share, how much the dependant needs it, or a stock.
import { ask } from "../actions/question.js";
import { closeButton, h, named, targetField } from "../dom.js";
import { nodes } from "../model/data.js";
import { percent, plural, range } from "../model/format.js";
import { leverKind, linkName, point, withLever, withoutLever } from "../model/question.js";
import { changesOf } from "../model/question-runs.js";
import { state } from "../store.js";
import { slider } from "./slider.js";
import { supplierFields } from "./supplier.js";

/** @typedef {import("./slider.js").How} How */

/** What each kind of change is at first. @type {Record<string, (fact: number, now: LeverChoices) => QuestionLever>} */
const FIRST = {
  supplier: (fact) => ({ fact, supplier: -1, share: 0.3 }),
  source: (fact) => ({ fact, source: 0.3 }),
  criticality: (fact, now) => ({ fact, criticality: Math.round(now.criticality[1] * 50) / 100 }),
  buffer: (fact) => ({ fact, buffer: 30 }),
};
/** What is tried first: another supplier, where there are suppliers at all. @type {(fact: number, now: LeverChoices) => QuestionLever} */
export const firstChange = (fact, now) => FIRST[now.suppliers.length ? "supplier" : "criticality"](fact, now);
const KINDS = {
  supplier: "Another supplier",
  source: "A second source",
  criticality: "How much it is needed",
  buffer: "A stock",
};

/** @param {number} share */
function shareNote(share) {
  if (share <= 0) return "A supplier of nothing takes no loss away.";
  return share >= 1 ? "It delivers all of it, so those who supply it now are not needed." : "";
}
/** @param {number} share */
const sourceNote = (share) =>
  share <= 0
    ? "A source of nothing takes no loss away."
    : "Of the whole need, also where nobody is known to supply it; it never fails.";
/** @type {(now: LeverChoices | null) => (weight: number) => string} */
const weightNote = (now) => (weight) => {
  if (weight <= 0) return "Not needed at all: no harm comes this way.";
  if (!now) return "";
  const [low, criticality, high] = now.criticality;
  const between = range({ low, high });
  if (Math.abs(weight - criticality) < 0.005 && !between) return "As it is now.";
  return `Now ${percent(criticality)}${between ? `, between ${between}` : ""}.`;
};
const STOCK = "A stock changes when the loss is felt, not how large it is in the end.";

/** @type {(lever: Extract<QuestionLever, { source: number }>, set: (lever: QuestionLever, how: How) => unknown, id: string) => Child} */
const sourceSlider = ({ fact, source }, set, id) =>
  slider({
    id,
    label: "takes over",
    about: `Share that a second source takes over in ${linkName(fact)}`,
    value: source,
    note: sourceNote,
    set: (share, how) => set({ fact, source: share }, how),
  });
/** @type {(lever: QuestionLever, set: (lever: QuestionLever, how: How) => unknown, id: string) => Child} */
function amount(lever, set, id) {
  const name = linkName(lever.fact);
  if ("criticality" in lever)
    return slider({
      id,
      label: "needed by",
      about: `How much counts ${name}`,
      value: point(lever.criticality),
      note: weightNote(changesOf(lever.fact, state.world)),
      set: (criticality, how) => set({ fact: lever.fact, criticality }, how),
    });
  if ("buffer" in lever)
    return slider({
      id,
      label: "lasts",
      about: `Days that a stock lasts for ${name}`,
      value: lever.buffer,
      most: 365,
      step: 1,
      words: (days) => plural(days, "day", "days"),
      note: () => STOCK,
      set: (buffer, how) => set({ fact: lever.fact, buffer }, how),
    });
  if ("source" in lever) return sourceSlider(lever, set, id);
  // How it delivers says all there is to say: see howChoice.
  if ("instead" in lever || lever.share === null) return null;
  return slider({
    id,
    label: "delivers",
    about: `Share of another supplier in ${name}`,
    value: lever.share,
    note: shareNote,
    set: (share, how) => set({ fact: lever.fact, supplier: lever.supplier, share }, how),
  });
}
/** Who supplies it, or why another supplier changes nothing. @type {(lever: QuestionLever, set: (lever: QuestionLever) => unknown, place: number) => Child} */
function supplierPart(lever, set, place) {
  const now = changesOf(lever.fact, state.world);
  if (!now) return h("p", { class: "quiet" }, "This link does not count in this world, so the change does nothing.");
  if (!("supplier" in lever)) return null;
  if (now.suppliers.length) return supplierFields(lever, now, set, place);
  return h(
    "p",
    { class: "quiet" },
    "Nobody is known to supply it, so another supplier changes nothing here; “A second source” does.",
  );
}
/**
 * How the other supplier delivers: a share, all of it where the others fail, or in place of one of them.
 * @type {(lever: QuestionLever, set: (lever: QuestionLever) => unknown, place: number) => Child}
 */
function howChoice(lever, set, place) {
  const now = "supplier" in lever ? changesOf(lever.fact, state.world) : null;
  if (!now?.suppliers.length || !("supplier" in lever)) return null;
  const { fact, supplier } = lever;
  const replaced = now.suppliers.map(({ node }) => node).filter((node) => node >= 0 && node !== supplier);
  /** @type {[key: string, label: string, lever: QuestionLever][]} */
  const ways = [
    ["share", "delivers a share of it", { fact, supplier, share: "share" in lever ? (lever.share ?? 0.3) : 0.3 }],
    ["all", "could deliver all of it alone", { fact, supplier, share: null }],
    ...replaced.map(
      (node) =>
        /** @type {[string, string, QuestionLever]} */ ([
          `instead ${node}`,
          `delivers in place of ${nodes[node].label}`,
          { fact, supplier, instead: node },
        ]),
    ),
  ];
  const on = "instead" in lever ? `instead ${lever.instead}` : lever.share === null ? "all" : "share";
  const take = (/** @type {Event} */ event) => {
    const chosen = ways.find(([key]) => key === targetField(event).value);
    if (chosen) set(chosen[2]);
  };
  return h(
    "select",
    { id: `lever-how-${place}`, "aria-label": `How the other supplier delivers in ${linkName(fact)}`, onchange: take },
    ways.map(([key, label]) => h("option", { value: key, selected: key === on }, label)),
  );
}
/** @type {(lever: QuestionLever, place: number) => HTMLElement} */
export function leverItem(lever, place) {
  const name = linkName(lever.fact);
  const set = (/** @type {QuestionLever} */ other, /** @type {Partial<How>} */ how = {}) =>
    state.question && ask(withLever(state.question, other, place), how);
  const kind = leverKind(lever);
  const take = (/** @type {Event} */ event) => {
    const to = targetField(event).value;
    const now = changesOf(lever.fact, state.world);
    if (now && to !== kind) set(FIRST[to](lever.fact, now));
  };
  return h(
    "li",
    { class: "lever" },
    h(
      "div",
      { class: "subject" },
      named(name, "b"),
      closeButton(`Without the change of ${name}`, () => state.question && ask(withoutLever(state.question, place))),
    ),
    h(
      "select",
      { id: `lever-kind-${place}`, "aria-label": `What is changed in ${name}`, onchange: take },
      Object.entries(KINDS).map(([key, label]) => h("option", { value: key, selected: key === kind }, label)),
    ),
    supplierPart(lever, set, place),
    howChoice(lever, set, place),
    amount(lever, set, `lever-${place}`),
  );
}
