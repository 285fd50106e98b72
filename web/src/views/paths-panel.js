// Paths in the panel: the table of what was found between two entities, the list of what leads to one.
import { USUAL, clearLens, found, show, toggleThrough } from "../actions/path-highlight.js";
import { button, closeButton, find, h, named, target, targetField } from "../dom.js";
import { nodes } from "../model/data.js";
import { plural } from "../model/format.js";
import { nodeOn } from "../model/graph.js";
import { STEPS } from "../model/paths.js";
import { hits } from "../model/runs.js";
import { state } from "../store.js";
import { choose, entityButton, wayRow } from "./path-rows.js";
import { currentForm, dropForm, formPart, openPaths, showHere, toTop } from "./paths-form.js";

/**
 * @param {PathsBetween} ways
 * @param {any} result
 */
function remarks(ways, result) {
  const off = [ways.from, ways.to].filter((node) => !nodeOn(node));
  if (off.length)
    return [
      h(
        "p",
        {},
        named(nodes[off[0]].label, "b", { class: "label" }),
        " is left out by the filter, so no path is looked for.",
      ),
    ];
  const count = result.ways.length;
  const more = result.more ? `The best ${count}; there are more. ` : "";
  return [
    !count &&
      !result.cut &&
      h(
        "p",
        {},
        "There is none over the relations that the filter leaves on. ",
        ways.direction === "harm" && "Harm travels one way: swap the ends, or look in any direction.",
      ),
    (more || result.cut) &&
      h(
        "p",
        { class: "quiet", id: "ways-cut" },
        more,
        result.cut && `The search stopped after ${STEPS.toLocaleString("en")} steps: not all paths were looked at.`,
      ),
  ];
}
/**
 * @param {string} title
 * @param {...Child} buttons
 */
function head(title, ...buttons) {
  return h(
    "div",
    { class: "head" },
    h("h3", { tabindex: "-1" }, title),
    buttons,
    closeButton("Close paths", () => clearLens()),
  );
}
const change = () => button("Change", openPaths, { class: "link" });
/** @param {PathsBetween} ways */
function betweenPart(ways) {
  const result = found(ways);
  const swap = () => show({ ...ways, from: ways.to, to: ways.from, chosen: -1 });
  const all =
    result.ways.length > 1 &&
    button(`Light all ${result.ways.length}`, () => choose(-1), {
      class: "all",
      "data-way": "-1",
      "aria-pressed": String(!result.ways[ways.chosen]),
    });
  return [
    head(plural(result.ways.length, "path", "paths"), change()),
    h(
      "p",
      { class: "quiet" },
      "From ",
      named(nodes[ways.from].label, "b", { class: "label" }),
      " to ",
      named(nodes[ways.to].label, "b", { class: "label" }),
      `, ${ways.direction === "harm" ? "as harm travels" : "in any direction"}, at most ${plural(ways.hops, "link", "links")}. The shortest first, then the most critical.`,
    ),
    remarks(ways, result),
    h("div", { class: "actions" }, all, button("Swap ends", swap, { id: "swap-ends" })),
    result.ways.length > 0 &&
      h(
        "table",
        { class: "paths" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["No.", "Links", "Path"].map((label) => h("th", { scope: "col" }, label)),
          ),
        ),
        h(
          "tbody",
          {},
          result.ways.map((/** @type {Path} */ way, /** @type {number} */ row) => wayRow(way, row, ways.chosen)),
        ),
      ),
  ];
}

const SHORT = 12;
/**
 * @param {number} hops
 * @param {number[]} members
 * @param {PathsHere} ways
 */
function hereGroup(hops, members, ways) {
  /** @param {number} node */
  const line = (node) =>
    h(
      "li",
      {},
      entityButton(node, () => {
        show({ ...USUAL, kind: "between", from: node, to: ways.to, hops: ways.hops, chosen: -1 });
        toTop();
      }),
    );
  const list = h("ul", {}, members.slice(0, SHORT).map(line));
  const rest = members.length - SHORT;
  const all =
    rest > 0 &&
    button(
      `Show ${rest} more`,
      (event) => {
        const more = target(event);
        list.append(...members.slice(SHORT).map(line));
        find(list.children[SHORT], "button").focus();
        more.remove();
      },
      { class: "link" },
    );
  return h(
    "section",
    { class: "here" },
    h("h4", {}, plural(hops, "link", "links"), h("span", { class: "count" }, String(members.length))),
    list,
    all,
  );
}
/** @param {PathsHere} ways */
function herePart(ways) {
  const result = found(ways);
  const groups = Map.groupBy(
    [...result.far.keys()].sort((a, b) => (nodes[a].label < nodes[b].label ? -1 : 1)),
    (node) => result.far.get(node),
  );
  const missing = [...result.nodes].filter((node) => !state.visible.has(node)).length;
  const only = h("input", {
    type: "checkbox",
    onchange: (/** @type {any} */ event) => showHere(ways.to, ways.hops, targetField(event).checked),
  });
  only.checked = ways.hits;
  return [
    head("Paths to here", change()),
    h(
      "p",
      { class: "quiet" },
      ways.hits ? "What the shock hits and harm reaches this from" : "Everything whose harm reaches this",
      ` within ${plural(ways.hops, "link", "links")}. Pick one to see its paths.`,
    ),
    hits().length > 0 && h("label", { class: "tick" }, only, "Only from what the shock hits"),
    !result.far.size && h("p", {}, "Nothing does, over the relations that the filter leaves on."),
    result.silent > 0 &&
      h(
        "p",
        { class: "quiet" },
        `${plural(result.silent, "entity", "entities")} hit by the shock ${result.silent === 1 ? "has" : "have"} no path to here within that.`,
      ),
    result.cut && h("p", { class: "quiet", id: "ways-cut" }, "The search stopped early: not all paths were looked at."),
    missing > 0 && h("p", { class: "quiet" }, `${missing} of them are not on the map.`),
    [...groups].sort(([a], [b]) => a - b).map(([hops, members]) => hereGroup(hops, members, ways)),
  ];
}

// For the panel: the buttons among its actions, and what stands below them.
export function wayButtons() {
  const throughOn = state.ways?.kind === "through";
  return [
    button("Paths…", openPaths, {
      id: "paths",
      "aria-expanded": String(Boolean(currentForm())),
      title: "Paths to and from it (p)",
    }),
    state.view === "map" &&
      button("All ways through", toggleThrough, {
        id: "through",
        "aria-pressed": String(throughOn),
        title: "Light everything upstream and downstream of it (t)",
      }),
  ];
}
export function wayParts() {
  const form = currentForm();
  if (form) return formPart(form);
  dropForm();
  if (!state.ways || state.ways.kind === "through") return null;
  return h(
    "section",
    { class: "ways", id: "ways", "aria-label": "Paths" },
    state.ways.kind === "between" ? betweenPart(state.ways) : herePart(state.ways),
  );
}
