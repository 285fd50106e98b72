// The table below the map or the cascade: the same, to sort, read aloud and take along.
import { pick, selectRow } from "../actions/selection.js";
import { $, button, closeButton, find, findAll, h, named, quietLine } from "../dom.js";
import { saveCsv } from "../export/files.js";
import { count, percent, plural } from "../model/format.js";
import { FIRST_ORDER, sortedRows, tableCsv, tableOf } from "../model/tables.js";
import { changed, shownNodes, state } from "../store.js";
import { say } from "./announce.js";
import { keepFocus } from "./focus.js";
import { glyph } from "./glyphs.js";
import { star } from "./star.js";
import { togglePart } from "./parts.js";

const ROWS = 400;
// How many rows the table has room for: more on request.
let room = ROWS;
/**
 * The table of one step, from the first row that the board has folded away.
 * @param {number} step
 * @param {number} first
 */
export function openStep(step, first) {
  state.only = step;
  room = ROWS;
  Object.assign(state.sort.cascade, { column: 3, down: true });
  togglePart("drawer", true);
  const row = findAll($("drawer"), "tbody tr")[first];
  row?.scrollIntoView({ block: "center" });
  (row?.querySelector("button") ?? find($("drawer"), ".scroll")).focus({ preventScroll: true });
  say(`Table: all entities of step ${step}`);
}
function showAllSteps() {
  state.only = -1;
  Object.assign(state.sort.cascade, FIRST_ORDER.cascade);
  room = ROWS;
  changed("sorted");
}
const caption = () =>
  state.view !== "cascade"
    ? "Entities on the map"
    : state.only < 0
      ? `Cascade up to step ${state.step}`
      : state.only === 0
        ? "Hit"
        : `Step ${state.only} of the cascade`;
/** @param {TableRow} row */
const isSelected = (row) => (row.impact < 0 ? row.node === state.selected : row.impact === state.row);
/** @param {TableRow} row */
const open = (row) => (row.impact < 0 ? pick(row.node) : selectRow(row.impact));
/**
 * The heads of the columns, which sort the table.
 * @param {Table} table
 * @param {Order} order
 */
function heads(table, order) {
  /** @param {number} column */
  const sort = (column) => {
    Object.assign(order, {
      down: order.column === column ? !order.down : typeof table.rows[0]?.cells[column] === "number",
      column,
    });
    changed("sorted");
    findAll($("drawer"), "th button")[column].focus();
  };
  return table.columns.map((name, column) => {
    const [sorted, arrow] =
      order.column !== column ? ["none", ""] : order.down ? ["descending", " ↓"] : ["ascending", " ↑"];
    const label = button(name, () => sort(column));
    label.append(h("span", { "aria-hidden": "true" }, arrow));
    return h("th", { scope: "col", "aria-sort": sorted }, label);
  });
}
/**
 * @param {string | number} value
 * @param {string} column
 */
function cell(value, column) {
  const isNumber = typeof value === "number";
  const text = !isNumber ? value : column === "Loss" ? percent(value) : count(value);
  return h("td", { class: isNumber || column === "Range" ? "number" : "", dir: "auto" }, text);
}
/**
 * @param {TableRow} row
 * @param {string[]} columns
 */
function line(row, columns) {
  const label = h(
    "button",
    { type: "button", class: "entity", "data-key": row.key, onclick: () => open(row) },
    row.class && glyph(row.class),
    named(String(row.cells[0])),
  );
  return h(
    "tr",
    { "aria-current": isSelected(row) ? "true" : null, "data-node": row.node < 0 ? null : String(row.node) },
    h("th", { scope: "row" }, row.node >= 0 && star(row.node, `star ${row.key}`, { tabindex: "-1" }), label),
    row.cells.slice(1).map((value, i) => cell(value, columns[i + 1])),
  );
}
/**
 * @param {Table} table
 * @param {Order} order
 */
function drawerHead(table, order) {
  const save = () => saveCsv(tableCsv(table, order), `${state.view === "cascade" ? "cascade" : "entities"}.csv`);
  const isOneStep = state.view === "cascade" && state.only >= 0;
  return h(
    "div",
    { class: "head" },
    h("h2", {}, caption(), state.onlyMine && " · only my list"),
    h("span", { class: "count" }, plural(table.rows.length, "row", "rows")),
    isOneStep && button("All steps", showAllSteps, { class: "link", id: "all-steps" }),
    button("Download CSV", save, { class: "link", id: "csv" }),
    closeButton("Close table", () => togglePart("drawer", false)),
  );
}
/**
 * Where there are more rows than the table has room for.
 * @param {number} all
 */
function moreRows(all) {
  const more = () => {
    room += ROWS;
    renderTable();
  };
  return quietLine(
    `The first ${count(room)} of ${count(all)}. `,
    button(`Show ${count(Math.min(ROWS, all - room))} more`, more, { class: "link", id: "more-rows" }),
    " The CSV has them all.",
  );
}
export function renderTable() {
  const { view } = state;
  if ($("drawer").hidden || (view !== "map" && view !== "cascade")) return;
  const table = tableOf(state, shownNodes());
  const order = state.sort[view];
  const rows = sortedRows(table, order);
  const body = rows.slice(0, room).map((row) => line(row, table.columns));
  const top = find($("drawer"), ".scroll")?.scrollTop || 0;
  const scroll = h(
    "div",
    { class: "scroll", "data-key": "rows", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", {}, h("thead", {}, h("tr", {}, heads(table, order))), h("tbody", {}, body)),
    rows.length > room && moreRows(rows.length),
  );
  keepFocus(
    $("drawer"),
    () => $("drawer").replaceChildren(drawerHead(table, order), scroll),
    () => scroll,
  );
  scroll.scrollTop = top;
}
