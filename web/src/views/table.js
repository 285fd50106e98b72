// The table below the map or the cascade: the same, to sort, read aloud and take along.
import { pick, selectRow } from "../actions/selection.js";
import { $, button, closeButton, find, findAll, h, named } from "../dom.js";
import { saveCsv } from "../export/files.js";
import { count, percent, plural } from "../model/format.js";
import { FIRST_ORDER, sortedRows, tableCsv, tableOf } from "../model/tables.js";
import { changed, shownNodes, state } from "../store.js";
import { say } from "./announce.js";
import { keepFocus } from "./focus.js";
import { glyph } from "./glyphs.js";
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
export function renderTable() {
  if ($("drawer").hidden || state.view === "compare") return;
  const table = tableOf(state, shownNodes());
  const order = state.sort[state.view];
  /** @param {number} column */
  const sort = (column) => {
    Object.assign(order, {
      down: order.column === column ? !order.down : typeof table.rows[0]?.cells[column] === "number",
      column,
    });
    changed("sorted");
    findAll($("drawer"), "th button")[column].focus();
  };
  const heads = table.columns.map((name, column) =>
    h(
      "th",
      { scope: "col", "aria-sort": order.column === column ? (order.down ? "descending" : "ascending") : "none" },
      h(
        "button",
        { type: "button", onclick: () => sort(column) },
        name,
        h("span", { "aria-hidden": "true" }, order.column === column ? (order.down ? " ↓" : " ↑") : ""),
      ),
    ),
  );
  /**
   * @param {string | number} value
   * @param {number} column
   */
  const cell = (value, column) =>
    h(
      "td",
      { class: typeof value === "number" || table.columns[column] === "Range" ? "number" : "", dir: "auto" },
      typeof value === "number" && table.columns[column] === "Loss"
        ? percent(value)
        : typeof value === "number"
          ? count(value)
          : value,
    );
  /** @param {TableRow} row */
  const line = (row) =>
    h(
      "tr",
      { "aria-current": isSelected(row) ? "true" : null },
      h(
        "th",
        { scope: "row" },
        h(
          "button",
          { type: "button", class: "entity", "data-key": row.key, onclick: () => open(row) },
          row.class && glyph(row.class),
          named(String(row.cells[0])),
        ),
      ),
      row.cells.slice(1).map((value, i) => cell(value, i + 1)),
    );
  const all = sortedRows(table, order);
  const top = find($("drawer"), ".scroll")?.scrollTop || 0;
  keepFocus(
    $("drawer"),
    () =>
      $("drawer").replaceChildren(
        h(
          "div",
          { class: "head" },
          h("h2", {}, caption()),
          h("span", { class: "count" }, plural(all.length, "row", "rows")),
          state.view === "cascade" &&
            state.only >= 0 &&
            button("All steps", showAllSteps, { class: "link", id: "all-steps" }),
          button(
            "Download CSV",
            () => saveCsv(tableCsv(table, order), `${state.view === "cascade" ? "cascade" : "entities"}.csv`),
            { class: "link", id: "csv" },
          ),
          closeButton("Close table", () => togglePart("drawer", false)),
        ),
        h(
          "div",
          { class: "scroll", "data-key": "rows", tabindex: "0", role: "region", "aria-label": "Table" },
          h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, all.slice(0, room).map(line))),
          all.length > room &&
            h(
              "p",
              { class: "quiet" },
              `The first ${count(room)} of ${count(all.length)}. `,
              button(
                `Show ${count(Math.min(ROWS, all.length - room))} more`,
                () => {
                  room += ROWS;
                  renderTable();
                },
                { class: "link", id: "more-rows" },
              ),
              " The CSV has them all.",
            ),
        ),
      ),
    () => find($("drawer"), ".scroll"),
  );
  find($("drawer"), ".scroll").scrollTop = top;
}
