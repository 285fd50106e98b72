// Paths in the panel: the form that asks for them, the table of what was found, the list of what leads here.
import {
  BOUNDS,
  USUAL,
  bounded,
  choose as chooseWay,
  clearLens,
  found,
  show,
  toggleThrough,
} from "../actions/path-highlight.js";
import { pick } from "../actions/selection.js";
import { $, button, closeButton, find, h, named, target, targetField } from "../dom.js";
import { nodes } from "../model/data.js";
import { plural } from "../model/format.js";
import { nodeOn } from "../model/graph.js";
import { STEPS } from "../model/paths.js";
import { hits } from "../model/runs.js";
import { changed, state } from "../store.js";
import { noteLines, sources } from "./facts.js";
import { glyph } from "./glyphs.js";
import { combobox } from "./search.js";

// The open form: whose it is, the other end, which of the two is the start.
/** @type {any} */
let form = null;
const current = () => (form && form.node === state.selected ? form : null);
/**
 * @param {number} node
 * @param {() => void} [onclick]
 */
const entity = (node, onclick = () => pick(node)) =>
  h(
    "button",
    { type: "button", class: "entity", onclick },
    glyph(nodes[node].class),
    named(nodes[node].label, "span", { class: "label" }),
  );

export function openPaths() {
  const node = state.selected;
  if (node < 0) return;
  const shownQuery = state.ways?.kind === "between" ? state.ways : null;
  const start = shownQuery ? shownQuery.from === node : true;
  form = {
    ...USUAL,
    ...(state.ways?.kind === "here" ? { hops: state.ways.hops } : shownQuery),
    node,
    start,
    other: shownQuery ? (start ? shownQuery.to : shownQuery.from) : -1,
    wrong: "",
  };
  changed("panel");
  $("ways-end").focus();
}
function closeForm() {
  form = null;
  changed("panel");
  $("paths")?.focus();
}
/** @param {string} focus */
function redraw(focus) {
  changed("panel");
  $(focus).focus();
}
// What was found stands at the top of the panel.
function toTop() {
  const title = find($("ways"), "h3");
  title.scrollIntoView({ block: "start" });
  title.focus({ preventScroll: true });
}
/** @param {number} row */
function choose(row) {
  const top = $("panel").scrollTop;
  chooseWay(row);
  $("panel").scrollTop = top;
  (find($("ways"), `[data-way="${row}"]`) ?? find($("ways"), "h3")).focus({ preventScroll: true });
}
/** @param {Event} event */
function submit(event) {
  event.preventDefault();
  if (form.other < 0 || form.other === form.node) {
    form.wrong =
      form.other < 0 ? "Choose the other end from the list first." : "Choose another entity for the other end.";
    return redraw("ways-end");
  }
  const { node, start, other, direction, hops, k } = form;
  form = null;
  show({ kind: "between", from: start ? node : other, to: start ? other : node, direction, hops, k, chosen: -1 });
  return toTop();
}
/**
 * @param {number} node
 * @param {number} [hops]
 * @param {boolean} [only]
 */
export function showHere(node, hops = USUAL.hops, only = hits().length > 0) {
  form = null;
  show({ kind: "here", to: node, hops, hits: only });
  toTop();
}

/**
 * @param {"hops" | "k"} key
 * @param {string} label
 */
function numberField(key, label) {
  const [min, max] = BOUNDS[key];
  return h(
    "label",
    {},
    label,
    h("input", {
      type: "number",
      id: `ways-${key}`,
      min: String(min),
      max: String(max),
      step: "1",
      value: String(form[key]),
      oninput: (/** @type {any} */ event) => {
        if (targetField(event).value !== "") form[key] = bounded(key, Number(targetField(event).value));
      },
      onchange: (/** @type {any} */ event) => {
        targetField(event).value = String(form[key]);
      },
    }),
  );
}
function otherEnd() {
  const field = h("input", {
    type: "search",
    id: "ways-end",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": form.start ? "To" : "From",
    "aria-expanded": "false",
    "aria-controls": "ways-hits",
    "aria-autocomplete": "list",
    placeholder: "Search an entity",
    dir: "auto",
    oninput: () => {
      form.other = -1;
    },
  });
  if (form.other >= 0) field.value = nodes[form.other].label;
  const list = h("ul", {
    id: "ways-hits",
    class: "way-hits",
    role: "listbox",
    "aria-label": "Other end",
    hidden: true,
  });
  /** @param {Entity} node */
  const take = (node) => {
    form.other = node.index;
    field.value = node.label;
  };
  /**
   * With its list closed, Escape is for the form.
   * @param {KeyboardEvent} event
   * @param {{ close: () => void }} box
   */
  const leave = (event, box) => {
    if (list.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    box.close();
  };
  combobox(field, list, { prefix: "way-hit", take, leave });
  return h("div", { class: "field" }, field, list);
}
function formPart() {
  const direction = h(
    "select",
    {
      id: "ways-direction",
      onchange: (/** @type {any} */ event) => {
        form.direction = targetField(event).value;
      },
    },
    h("option", { value: "harm" }, "as harm travels"),
    h("option", { value: "any" }, "in any direction"),
  );
  direction.value = form.direction;
  const fixed = named(nodes[form.node].label, "b", { class: "label" });
  const ends = [
    h("span", { class: "key" }, "From"),
    form.start ? fixed : otherEnd(),
    h("span", { class: "key" }, "To"),
    form.start ? otherEnd() : fixed,
  ];
  const swap = button(
    "⇅",
    () => {
      form.start = !form.start;
      redraw("ways-swap");
    },
    { id: "ways-swap", class: "swap", "aria-label": "Swap the two ends", title: "Swap the two ends" },
  );
  return h(
    "form",
    {
      class: "ways",
      id: "ways-form",
      "aria-label": "Paths",
      onsubmit: submit,
      onkeydown: (/** @type {any} */ event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          closeForm();
        }
      },
    },
    h("div", { class: "way-ends" }, ends, swap),
    form.wrong && h("p", { class: "wrong", role: "alert" }, form.wrong),
    h(
      "div",
      { class: "choices" },
      h("label", {}, "Direction", direction),
      numberField("hops", "Max. links"),
      numberField("k", "Max. paths"),
    ),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "submit", class: "primary" }, "Find paths"),
      button("Paths to here", () => showHere(form.node, form.hops), { id: "ways-here" }),
      button("Cancel", closeForm),
    ),
  );
}

/**
 * One step of a chain, which runs downwards: the arrow points from the one who needs to what is needed.
 * @param {Hop} hop
 */
function relation(hop) {
  const relations = [
    ...new Set(hop.lines.map((line) => (line.from === hop.from ? `↓${line.kind.label}` : `↑${line.kind.inverse}`))),
  ];
  const each = relations
    .slice(0, 2)
    .map((text) => [h("span", { class: "arrow" }, text[0]), h("span", {}, text.slice(1))]);
  return h("span", { class: "relation" }, each, relations.length > 2 && ` and ${relations.length - 2} more`);
}
/** @param {Hop} hop */
function hopSources(hop) {
  const carriers = hop.lines.flatMap((line) => line.facts.map((fact) => /** @type {[Link, Fact]} */ ([line, fact])));
  return carriers
    .slice(0, 3)
    .map(([line, fact]) =>
      h(
        "div",
        { class: "carrier" },
        h(
          "p",
          { class: "key" },
          named(nodes[line.from].label, "span", { class: "label" }),
          ` ${line.kind.label} `,
          named(nodes[line.to].label, "span", { class: "label" }),
        ),
        noteLines(fact),
        sources(fact.evidence),
      ),
    )
    .concat(
      carriers.length > 3
        ? h(
            "p",
            { class: "quiet" },
            `and ${plural(carriers.length - 3, "more fact", "more facts")}: see the facts of either entity`,
          )
        : [],
    );
}
/**
 * @param {Path} way
 * @param {boolean} open
 */
function evidence(way, open) {
  const box = h("details", { open }, h("summary", {}, h("span", {}, "Sources")));
  // A hundred paths have thousands of sources: written when somebody looks.
  const fill = () => {
    if (box.open && box.children.length === 1) box.append(...way.hops.flatMap(hopSources));
  };
  box.addEventListener("toggle", fill);
  fill();
  return box;
}
/**
 * @param {Path} way
 * @param {number} row
 * @param {number} chosen
 */
function wayRow(way, row, chosen) {
  const chain = h(
    "ol",
    { class: "chain" },
    h("li", {}, entity(way.nodes[0])),
    way.hops.map((hop, i) => h("li", {}, relation(hop), entity(way.nodes[i + 1]))),
  );
  const light = h(
    "button",
    {
      type: "button",
      class: "number",
      "data-way": String(row),
      "aria-pressed": String(row === chosen),
      "aria-label": `Light path ${row + 1} alone`,
      onclick: () => choose(row === chosen ? -1 : row),
    },
    String(row + 1),
  );
  return h(
    "tr",
    { "aria-current": row === chosen ? "true" : null },
    h("td", {}, light),
    h("td", { class: "number" }, String(way.hops.length)),
    h("td", {}, chain, evidence(way, row === chosen)),
  );
}
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
      entity(node, () => {
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
      "aria-expanded": String(Boolean(current())),
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
  if (current()) return formPart();
  form = null;
  if (!state.ways || state.ways.kind === "through") return null;
  return h(
    "section",
    { class: "ways", id: "ways", "aria-label": "Paths" },
    state.ways.kind === "between" ? betweenPart(state.ways) : herePart(state.ways),
  );
}
