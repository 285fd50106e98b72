// Paths in the panel: the table of paths between two entities, the list of what leads to one.
import { clearLens, showPaths, toggleThrough } from "../actions/path-highlight.js";
import { button, closeButton, find, h, named, quietLine, target, targetField } from "../dom.js";
import { saveCsv } from "../export/files.js";
import { nodes } from "../model/data.js";
import { plural } from "../model/format.js";
import { nodeOn } from "../model/graph.js";
import { pathsCsv } from "../model/path-csv.js";
import { DEFAULTS, otherWay, pathsBetween, pathsHere, turned } from "../model/path-query.js";
import { STEPS } from "../model/paths.js";
import { hits } from "../model/runs.js";
import { state } from "../store.js";
import { entityButton } from "./entity-button.js";
import { choosePath, pathRow } from "./path-rows.js";
import { currentForm, dropForm, formPart, openPaths, showHere, toTop } from "./paths-form.js";

/**
 * What limits the answer: the filter, the numbers that were asked for, or the length of the search.
 * @param {PathsBetween} query
 * @param {BestPaths} answer
 */
function remarks(query, { paths, more, cut }) {
  const off = [query.from, query.to].filter((node) => !nodeOn(node));
  if (off.length)
    return h(
      "p",
      {},
      named(nodes[off[0]].label, "b", { class: "label" }),
      " is left out by the filter, so no path is looked for.",
    );
  const none = [
    "There is none over the relations that the filter leaves on. ",
    query.direction === "harm" && "Harm travels one way: swap the ends, or look in any direction.",
  ];
  const limits = [
    more && `The best ${paths.length}; there are more. `,
    cut && `The search stopped after ${STEPS.toLocaleString("en")} steps: not all paths were looked at.`,
  ];
  return [
    !paths.length && !cut && h("p", {}, none),
    (more || cut) && h("p", { class: "quiet", id: "ways-cut" }, limits),
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
/**
 * Which way harm goes, and how many paths there are the other way.
 * @param {PathsBetween} query
 * @param {BestPaths} answer
 */
function harmLine(query, { paths, cut }) {
  if (query.direction !== "harm" || cut || [query.from, query.to].some((node) => !nodeOn(node))) return null;
  const { paths: others, more } = otherWay(query);
  const number = `${others.length}${more ? " or more" : ""}`;
  const back = others.length ? `${number} the other way.` : "None goes the other way.";
  return h(
    "p",
    { class: "quiet", id: "harm-way" },
    paths.length ? ["Harm travels from ", boldLabel(query.from), " to ", boldLabel(query.to), ". "] : null,
    paths.length || others.length ? back : null,
  );
}
const change = () => button("Change", openPaths, { class: "link" });
/** @param {number} node */
const boldLabel = (node) => named(nodes[node].label, "b", { class: "label" });
/** @param {PathsBetween} query */
function betweenPart(query) {
  const answer = pathsBetween(query);
  const { paths } = answer;
  const swap = () => showPaths(turned(query));
  const all =
    paths.length > 1 &&
    button(`Light all ${paths.length}`, () => choosePath(-1), {
      class: "all",
      "data-way": "-1",
      "aria-pressed": String(!paths[query.chosen]),
    });
  const direction = query.direction === "harm" ? "as harm travels" : "in any direction";
  const limits = `, ${direction}, at most ${plural(query.hops, "link", "links")}. The shortest first, then the most critical.`;
  return [
    head(plural(paths.length, "path", "paths"), change()),
    quietLine("From ", boldLabel(query.from), " to ", boldLabel(query.to), limits),
    harmLine(query, answer),
    remarks(query, answer),
    h(
      "div",
      { class: "actions" },
      all,
      button("Swap ends", swap, { id: "swap-ends" }),
      paths.length > 0 &&
        button("Download CSV", () => saveCsv(pathsCsv(paths, query.direction === "harm"), "paths.csv"), {
          id: "paths-csv",
        }),
    ),
    paths.length > 0 && pathTable(paths, query.chosen),
  ];
}
/**
 * @param {Path[]} paths
 * @param {number} chosen
 */
function pathTable(paths, chosen) {
  const heads = ["No.", "Links", "Path"].map((label) => h("th", { scope: "col" }, label));
  const rows = paths.map((path, row) => pathRow(path, row, chosen));
  return h("table", { class: "paths" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
}

const SHORT = 12;
/**
 * @param {number} hops
 * @param {number[]} members
 * @param {PathsHere} query
 */
function hereGroup(hops, members, query) {
  /** @param {number} node */
  const line = (node) => {
    const onclick = () => {
      showPaths({ ...DEFAULTS, kind: "between", from: node, to: query.to, hops: query.hops, chosen: -1 });
      toTop();
    };
    return h("li", {}, entityButton(node, { onclick, clipped: true }));
  };
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
/**
 * How many are left out, and why.
 * @param {Reaching} answer
 */
function hereRemarks({ far, nodes: members, without, cut }) {
  const missing = [...members].filter((node) => !state.visible.has(node)).length;
  const lost = `${plural(without, "entity", "entities")} hit by the shock ${without === 1 ? "has" : "have"} no path to here within that.`;
  return [
    !far.size && h("p", {}, "Nothing does, over the relations that the filter leaves on."),
    without > 0 && quietLine(lost),
    cut && h("p", { class: "quiet", id: "ways-cut" }, "The search stopped early: not all paths were looked at."),
    missing > 0 && quietLine(`${missing} of them are not on the map.`),
  ];
}
/** @param {PathsHere} query */
function herePart(query) {
  const answer = pathsHere(query);
  const groups = Map.groupBy(
    [...answer.far].sort(([a], [b]) => (nodes[a].label < nodes[b].label ? -1 : 1)),
    ([, hops]) => hops,
  );
  const onlyHits = h("input", {
    type: "checkbox",
    onchange: (event) => showHere(query.to, query.hops, targetField(event).checked),
  });
  onlyHits.checked = query.hits;
  const which = query.hits ? "What the shock hits and harm reaches this from" : "Everything whose harm reaches this";
  return [
    head("Paths to here", change()),
    quietLine(`${which} within ${plural(query.hops, "link", "links")}. Pick one to see its paths.`),
    hits().length > 0 && h("label", { class: "tick" }, onlyHits, "Only from what the shock hits"),
    hereRemarks(answer),
    [...groups]
      .sort(([a], [b]) => a - b)
      .map(([hops, members]) =>
        hereGroup(
          hops,
          members.map(([node]) => node),
          query,
        ),
      ),
  ];
}

// For the panel: the buttons among its actions, and what is shown below them.
export function pathButtons() {
  const throughOn = state.pathQuery?.kind === "through";
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
export function pathParts() {
  const form = currentForm();
  if (form) return formPart(form);
  dropForm();
  if (!state.pathQuery || state.pathQuery.kind === "through") return null;
  return h(
    "section",
    { class: "ways", id: "ways", "aria-label": "Paths" },
    state.pathQuery.kind === "between" ? betweenPart(state.pathQuery) : herePart(state.pathQuery),
  );
}
