// Every shock of the data set on the entities that it harms: the page that is made without a shock opens with this table.
import { select, setView } from "../actions/selection.js";
import { $, button, field, find, findAll, focused, h, named, nodesOf, quietLine, targetField } from "../dom.js";
import { shocks } from "../model/computed/shocks.js";
import { computes } from "../model/computed/run.js";
import { nodes } from "../model/data.js";
import { count, plural } from "../model/format.js";
import {
  COLUMNS,
  ROWS,
  byLossOf,
  byReach,
  computeNext,
  entitiesOf,
  isComplete,
  losingEntities,
  matching,
  shockTable,
  shocksCsv,
} from "../model/shock-table.js";
import { worldName } from "../model/worlds.js";
import { state } from "../store.js";
import { keepFocus } from "./focus.js";
import { gridKey, shockRow } from "./shock-grid.js";
import { whileIdle } from "./idle.js";

// How many rows and columns there is room for, and the entity that the rows are ordered by (-1: by reach).
const room = { rows: ROWS, columns: COLUMNS };
let sortedBy = -1;
let query = "";
let isComputing = false;

/** @param {number} node */
function columnHead(node) {
  const isSorted = sortedBy === node;
  const sort = () => {
    sortedBy = isSorted ? -1 : node;
    if (state.selected === node) renderShocks();
    else select(node);
  };
  const { label } = nodes[node];
  return h(
    "th",
    { scope: "col", class: "who", "data-node": String(node), "aria-sort": isSorted ? "descending" : null },
    h(
      "button",
      {
        type: "button",
        tabindex: "-1",
        "data-key": `-1 ${node}`,
        "aria-pressed": String(node === state.selected),
        title: `${label}: the shocks that harm it most first`,
        onclick: sort,
      },
      named(label, "span", { class: "label" }),
      h("span", { "aria-hidden": "true" }, isSorted ? "↓ " : "", state.mine.has(node) ? " ★" : ""),
    ),
  );
}
/** What the table leaves out. @type {(rows: ShockReach[], left: number, columns: number, table: ShockTable) => Child} */
function leftOut(rows, left, columns, table) {
  const idle = shocks.length - table.found.length;
  const more = (/** @type {"rows" | "columns"} */ which, /** @type {number} */ by) => () => {
    room[which] += by;
    renderShocks();
  };
  const silent = rows.slice(0, room.rows).filter((row) => !row.affected).length;
  const others = state.onlyMine
    ? losingEntities(table, state.columns).filter((node) => !state.mine.has(node)).length
    : 0;
  const parts = [
    idle > 0 && `Computing: ${plural(idle, "shock", "shocks")} to come.`,
    left > 0 && [
      `${plural(columns - left, "entity", "entities")} of ${count(columns)} that lose under some shock. `,
      button(`Show ${count(Math.min(COLUMNS, left))} more entities`, more("columns", COLUMNS), {
        class: "link",
        id: "more-columns",
      }),
    ],
    rows.length > room.rows && [
      `${count(room.rows)} of ${plural(rows.length, "shock", "shocks")}. `,
      button(`Show ${count(Math.min(ROWS, rows.length - room.rows))} more shocks`, more("rows", ROWS), {
        class: "link",
        id: "more-shocks",
      }),
    ],
    silent > 0 &&
      `${plural(silent, "shock harms", "shocks harm")} nothing ${state.onlyMine ? "on your list" : "here"}.`,
    others > 0 &&
      `Only your list: ${plural(others, "other entity that loses is", "other entities that lose are")} hidden.`,
    (left > 0 || rows.length > room.rows) && "The CSV has them all.",
  ];
  return quietLine(parts.filter(Boolean).map((part) => [part, " "]));
}
function table() {
  const all = shockTable(state.world);
  const reached = byReach(all, state.onlyMine ? state.mine : null);
  const rows = sortedBy >= 0 ? byLossOf(all, reached, sortedBy) : reached;
  const matched = matching(rows, query);
  const entities = entitiesOf(all, state.columns);
  const columns = entities.slice(0, room.columns);
  // The entity that the order goes by is in sight, however little it loses.
  if (sortedBy >= 0 && !columns.includes(sortedBy)) columns.unshift(sortedBy);
  const body = matched.slice(0, room.rows).map((row) => shockRow(all, row, columns));
  const heads = [
    h("th", { scope: "col" }, "Shock"),
    h("th", { scope: "col", class: "number", title: "Entities that lose something" }, "Lose"),
    h("th", { scope: "col", class: "number", title: "The worst loss beyond what is hit itself" }, "Worst"),
    ...columns.map(columnHead),
  ];
  const grid = h(
    "div",
    {
      class: "grid-scroll",
      id: "shock-grid",
      role: "region",
      "aria-label": "Shocks and entities",
      tabindex: "0",
      onkeydown: gridKey,
    },
    h("table", { class: "grid" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, body)),
  );
  const none = isComplete(all) && !matched.length && quietLine("No shock has these words.");
  return [leftOut(matched, entities.length - columns.length, entities.length, all), none, grid];
}
function tools() {
  /** @type {(key: PageState["columns"], label: string) => HTMLElement} */
  const choice = (key, label) =>
    button(
      label,
      () => {
        state.columns = key;
        renderShocks();
      },
      { id: `columns-${key}`, "aria-pressed": String(state.columns === key) },
    );
  return h(
    "div",
    { class: "shock-tools" },
    h(
      "div",
      { class: "group", role: "group", "aria-label": "Which entities" },
      choice("most", "Lose most"),
      choice("often", "Lose most often"),
    ),
    sortedBy >= 0 && h("span", { class: "quiet" }, "Ordered by the loss of ", named(nodes[sortedBy].label, "b")),
    sortedBy >= 0 && button("By reach", () => ((sortedBy = -1), renderShocks()), { class: "link", id: "by-reach" }),
  );
}
function search() {
  if (shocks.length <= 12) return null;
  const box = h("input", {
    id: "filter-shocks",
    type: "search",
    autocomplete: "off",
    placeholder: "Search shocks",
    "aria-label": "Search in the shocks",
    oninput: (event) => {
      query = targetField(event).value;
      renderShocks();
    },
  });
  box.value = query;
  return box;
}
export function renderShocks() {
  if (!$("shocks")) return;
  $("shocks").hidden = state.view !== "shocks";
  if (state.view !== "shocks") return;
  const grid = $("shock-grid");
  const [left, top] = [grid?.scrollLeft ?? 0, grid?.scrollTop ?? 0];
  const caret = focused().id === "filter-shocks" ? field("filter-shocks").selectionStart : null;
  const head = h(
    "div",
    { class: "shocks-head" },
    h("p", { class: "class" }, worldName(state.world)),
    h("h2", {}, "What each shock does to whom"),
    h("div", { class: "shock-tools" }, search(), tools()),
  );
  keepFocus(
    $("shocks"),
    () => $("shocks").replaceChildren(...nodesOf([head, table()])),
    () => $("shock-grid"),
  );
  if (caret !== null) field("filter-shocks").setSelectionRange(caret, caret);
  Object.assign($("shock-grid"), { scrollLeft: left, scrollTop: top });
  const entry =
    findAll($("shock-grid"), "button").find((item) => item === focused()) ?? find($("shock-grid"), "tbody button");
  if (entry) entry.tabIndex = 0;
  compute();
}
/** Computes what is missing, as long as the table is in sight. */
function compute() {
  const all = shockTable(state.world);
  if (isComputing || isComplete(all)) return;
  isComputing = true;
  whileIdle(
    () => {
      isComputing = state.view === "shocks" && all === shockTable(state.world) && !isComplete(all);
      return isComputing;
    },
    () => computeNext(all),
    () => {
      if (isComplete(all)) isComputing = false;
      renderShocks();
    },
  );
}
/** The table for spreadsheets, as far as it is computed: with every entity. */
export function allShocksCsv() {
  const all = shockTable(state.world);
  return shocksCsv(all, entitiesOf(all, state.columns));
}
/** The same with every shock and the entities of the reader's list: what is missing is computed. */
export function mineCsv() {
  const all = shockTable(state.world);
  while (!isComplete(all)) computeNext(all);
  return shocksCsv(all, [...state.mine]);
}
export function startShocks() {
  if (!computes || !shocks.length) return;
  find(document, ".work").insertBefore(
    h("section", { id: "shocks", "aria-label": "Shocks", tabindex: "-1", hidden: true }),
    $("panel"),
  );
  $("views").prepend(button("Shocks", () => setView("shocks"), { id: "view-shocks", "aria-pressed": "false" }));
}
