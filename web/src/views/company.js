// What threatens the reader's company: every shock, worst first, by way of what, and the single failures that take most.
import { askShock } from "../actions/question.js";
import { setCompany } from "../actions/mine.js";
import { pick } from "../actions/selection.js";
import { button, h, named, quietLine } from "../dom.js";
import { computes, worldKey } from "../model/computed/run.js";
import { chokePointsOf, exposureOf } from "../model/computed/single-failures.js";
import { nodes } from "../model/data.js";
import { count, percent, plural, range } from "../model/format.js";
import { spaced } from "../model/text.js";
import { state } from "../store.js";
import { fillComputed } from "./computed-part.js";
import { pointList } from "./exposure.js";
import { glyph } from "./glyphs.js";

// A single failure that takes less is not listed; the most groups of failures that take equally much, and the most shocks.
const [LEAST, GROUPS, SHOCKS] = [0.05, 8, 60];

/**
 * A part of the view that is computed as soon as it is there.
 * @template Value
 * @param {string} title
 * @param {string} key
 * @param {() => Generator<number, Value>} compute
 * @param {(value: Value) => Child[]} show
 */
function computed(title, key, compute, show) {
  const place = h("div", { class: "computed" });
  fillComputed(place, `company ${title} ${key}`, compute, show);
  return h("section", {}, h("h3", {}, title), place);
}
/** Where the harm starts, and through what it arrives. @param {Pick<Threat, "step" | "way">} threat */
function wayLine({ step, way }) {
  if (!way.length) return step > 0 ? "a link that the shock cuts" : "hit itself";
  const hop = (/** @type {Threat["way"][number]} */ { node, label }) =>
    node >= 0 ? h("button", { type: "button", class: "link", onclick: () => pick(node) }, named(label)) : named(label);
  const between = way.length - 2;
  const last = way.at(-1);
  return [
    hop(way[0]),
    between > 0 &&
      h(
        "span",
        {
          class: "quiet",
          title: way
            .slice(1, -1)
            .map(({ label }) => label)
            .join(" → "),
        },
        ` → ${count(between)} more`,
      ),
    way.length > 1 && last && [" → ", hop(last)],
  ];
}
/** @type {(threat: Threat, node: number) => HTMLElement} */
function threatRow({ shock, loss, step, way }, node) {
  return h(
    "tr",
    {},
    h("td", { class: "number loss" }, h("b", {}, percent(loss.loss)), h("span", { class: "range" }, range(loss))),
    h(
      "th",
      { scope: "row" },
      h(
        "button",
        {
          type: "button",
          class: "link",
          "data-key": `threat ${shock.index}`,
          onclick: () => askShock(shock.index, node),
        },
        named(shock.label),
      ),
      h("span", { class: "quiet" }, spaced(shock.status)),
    ),
    h("td", {}, wayLine({ step, way })),
  );
}
/** @type {(found: Threat[], node: number) => Child[]} */
function threats(found, node) {
  if (!found.length) return [quietLine("No shock of these data takes anything from it, as far as the records go.")];
  const heads = ["Loses", "Shock", "By way of"].map((text) => h("th", { scope: "col" }, text));
  const more = found.slice(SHOCKS);
  const table = (/** @type {Threat[]} */ list) =>
    h(
      "table",
      { class: "threat-table" },
      h("thead", {}, h("tr", {}, heads)),
      h(
        "tbody",
        {},
        list.map((one) => threatRow(one, node)),
      ),
    );
  return [
    table(found.slice(0, SHOCKS)),
    more.length > 0 &&
      quietLine(
        `${plural(more.length, "more shock takes", "more shocks take")} at most ${percent(more[0].loss.loss)}.`,
      ),
  ];
}
/** @param {ReturnType<typeof chokePointsOf> extends Generator<number, infer Value> ? Value : never} found */
const failures = (found) =>
  pointList({ ...found, groups: found.groups.slice(0, GROUPS) }, `No single failure takes ${percent(LEAST)} of it.`);

/** What the page computes about the company; of another model it computes nothing. @param {number} company */
function computedParts(company) {
  const { world } = state;
  const key = `${company} ${worldKey(world)}`;
  if (!computes)
    return quietLine(
      "This page was made with a model that runs on the command line only: knockon exposure lists what each shock takes.",
    );
  return h(
    "div",
    { class: "company-parts" },
    computed(
      "Every shock, worst first",
      key,
      () => exposureOf(company, world),
      (found) => threats(found, company),
    ),
    computed("Single failures, worst first", key, () => chokePointsOf(company, world, LEAST), failures),
  );
}
/** The part of the view about the company; nothing where there is none. */
export function companyPart() {
  const { company } = state;
  if (company < 0) return null;
  const { label, class: of } = nodes[company];
  return h(
    "section",
    { class: "company", id: "company", "aria-label": "My company" },
    h("p", { class: "class" }, "My company"),
    h(
      "div",
      { class: "company-name" },
      h(
        "h2",
        {},
        h(
          "button",
          { type: "button", class: "entity", "data-key": "company", onclick: () => pick(company) },
          glyph(of),
          named(label),
        ),
      ),
      button("Not my company", () => setCompany(-1), { class: "link", id: "no-company" }),
    ),
    computedParts(company),
  );
}
