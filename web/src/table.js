// The same as a table: what the map or the cascade shows, to sort, read aloud and take along.
import { SMALL } from "./cascade.js";
import { impacts, nodes } from "./data.js";
import { keepFocus } from "./focus.js";
import { touch } from "./link.js";
import { say, tell, togglePart } from "./main.js";
import { button } from "./panel.js";
import { degree, pick, selectRow, shownNodes, state } from "./state.js";
import { $, count, glyph, h, named, percent, plural, range } from "./style.js";
import { textCell } from "./controls.js";


const tableState = { map: { column: 2, down: true }, cascade: { column: 1, down: false } };
// For the address of the page: how many columns there are, and the order at first.
export const sorting = Object.fromEntries(Object.entries(tableState).map(([view, order]) => [view, { order, usual: { ...order }, columns: 7 }]));

function mapTable() {
  // A supplier is needed as well, though by way of what it supplies.
  const needs = (id, end) => nodes[id].edges.filter((edge) => edge.kind.family === "need" && edge[end] === id).length;
  return {
    columns: ["Entity", "Class", "Links", "Depends on", "Needed by", "Facts", "Sources"],
    rows: shownNodes().map((id) => {
      const cited = new Set(nodes[id].facts.flatMap((fact) => fact.evidence.map((e) => e.document)));
      return {
        open: () => pick(id), key: nodes[id].iri, current: id === state.selected, class: nodes[id].class,
        cells: [nodes[id].label, nodes[id].class.label, degree(id), needs(id, "from"), needs(id, "to"), nodes[id].facts.length, cited.size],
      };
    }),
  };
}
const cited = (impact) => [...new Set([...impact.facts.flatMap((fact) => fact.evidence), ...impact.evidence].map((e) => e.document.title))].join("; ");
function via(impact) {
  if (impact.cause >= 0) return impacts[impact.cause].label;
  return impact.dependency && impact.facts[0]?.ends.length === 2 ? nodes[impact.facts[0].ends[1]].label : "the shock";
}
function cascadeTable() {
  return {
    columns: ["Entity", "Step", "Via", "Loss", "Range", "Sources", "Rests on"],
    // To reckon with: every number on its own, from 0 to 1.
    saved: ["Entity", "IRI", "Class", "Step", "Via", "Loss", "Low", "High", "Sources", "Rests on"],
    rows: impacts.filter((i) => (state.only < 0 ? i.step <= state.step : i.step === state.only) && (state.small || i.loss >= SMALL)).map((impact) => ({
      open: () => selectRow(impact.index), key: impact.iri, current: impact.index === state.row, class: impact.node >= 0 ? nodes[impact.node].class : null,
      cells: [impact.label, impact.step, via(impact), impact.loss, range(impact) || percent(impact.loss), cited(impact), impact.rests],
      saved: [impact.label, impact.iri, impact.class, impact.step, via(impact), impact.loss, impact.low, impact.high, cited(impact), impact.rests],
    })),
  };
}
export const current = () => (state.view === "cascade" ? cascadeTable() : mapTable());

function sorted(table) {
  const { column, down } = tableState[state.view];
  const compare = (a, b) => (typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en"));
  return table.rows.toSorted((a, b) => (down ? -1 : 1) * compare(a.cells[column], b.cells[column]));
}

const csvCell = (value) => `"${(typeof value === "number" ? String(value) : textCell(value)).replaceAll('"', '""')}"`;
export const csvText = (lines) => lines.map((cells) => cells.map(csvCell).join(",")).join("\r\n");
export const csv = (table) => csvText([table.saved ?? table.columns, ...sorted(table).map((row) => row.saved ?? row.cells)]);
export function saveCsv(content, name) {
  const address = URL.createObjectURL(new Blob(["\ufeff", content], { type: "text/csv;charset=utf-8" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  tell("Table saved as CSV");
}
export const download = () => saveCsv(csv(current()), `${state.view === "cascade" ? "cascade" : "entities"}.csv`);

const ROWS = 400;
// How many rows the table has room for: more on request.
let room = ROWS;
// The table of one step, from the first row that the board has folded away.
export function openStep(step, first) {
  state.only = step;
  room = ROWS;
  Object.assign(tableState.cascade, { column: 3, down: true });
  togglePart("drawer", true);
  const row = $("drawer").querySelectorAll("tbody tr")[first];
  row?.scrollIntoView({ block: "center" });
  (row?.querySelector("button") ?? $("drawer").querySelector(".scroll")).focus({ preventScroll: true });
  say(`Table: all entities of step ${step}`);
}
function showAllSteps() {
  Object.assign(state, { only: -1 });
  Object.assign(tableState.cascade, sorting.cascade.usual);
  room = ROWS;
  renderTable();
  touch();
}
const caption = () => (state.view !== "cascade" ? "Entities on the map" : state.only < 0 ? `Cascade up to step ${state.step}` : state.only === 0 ? "Hit" : `Step ${state.only} of the cascade`);
export function renderTable() {
  if ($("drawer").hidden || state.view === "compare") return;
  const table = current();
  const order = tableState[state.view];
  const sort = (column) => {
    Object.assign(order, { down: order.column === column ? !order.down : typeof table.rows[0]?.cells[column] === "number", column });
    renderTable();
    touch();
    $("drawer").querySelectorAll("th button")[column].focus();
  };
  const heads = table.columns.map((name, column) => h("th", { scope: "col", "aria-sort": order.column === column ? (order.down ? "descending" : "ascending") : "none" },
    h("button", { type: "button", onclick: () => sort(column) }, name, h("span", { "aria-hidden": "true" }, order.column === column ? (order.down ? " ↓" : " ↑") : ""))));
  const cell = (value, column) => h("td", { class: typeof value === "number" || table.columns[column] === "Range" ? "number" : "", dir: "auto" }, typeof value === "number" && table.columns[column] === "Loss" ? percent(value) : typeof value === "number" ? count(value) : value);
  const line = (row) => h("tr", { "aria-current": row.current ? "true" : null },
    h("th", { scope: "row" }, h("button", { type: "button", class: "entity", "data-key": row.key, onclick: row.open }, row.class && glyph(row.class), named(row.cells[0]))),
    row.cells.slice(1).map((value, i) => cell(value, i + 1)));
  const all = sorted(table);
  const top = $("drawer").querySelector(".scroll")?.scrollTop || 0;
  keepFocus($("drawer"), () => $("drawer").replaceChildren(
    h("div", { class: "head" }, h("h2", {}, caption()), h("span", { class: "count" }, plural(all.length, "row", "rows")),
      state.view === "cascade" && state.only >= 0 && button("All steps", showAllSteps, { class: "link", id: "all-steps" }),
      button("Download CSV", download, { class: "link", id: "csv" }),
      h("button", { type: "button", class: "close", "aria-label": "Close table", onclick: () => togglePart("drawer", false) }, "×")),
    h("div", { class: "scroll", "data-key": "rows", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, all.slice(0, room).map(line))),
      all.length > room && h("p", { class: "quiet" }, `The first ${count(room)} of ${count(all.length)}. `, button(`Show ${count(Math.min(ROWS, all.length - room))} more`, () => { room += ROWS; renderTable(); }, { class: "link", id: "more-rows" }), " The CSV has them all."))), () => $("drawer").querySelector(".scroll"));
  $("drawer").querySelector(".scroll").scrollTop = top;
}
