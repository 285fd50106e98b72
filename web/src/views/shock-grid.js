// A row of the table of all shocks, and the arrow keys between its cells.
import { askShock } from "../actions/question.js";
import { $, find, findAll, h, named, target } from "../dom.js";
import { nodes } from "../model/data.js";
import { count, percent, range } from "../model/format.js";
import { shockAlone } from "../model/question.js";
import { lossOf } from "../model/shock-table.js";
import { spaced } from "../model/text.js";
import { state } from "../store.js";

/**
 * @param {ShockReach} row
 * @param {number} node
 * @param {Loss | undefined} lost
 */
function cell({ shock }, node, lost) {
  if (!lost) return h("td", { class: "none" }, h("span", { class: "away" }, "nothing"));
  const { label } = nodes[node];
  const between = range(lost);
  const words = `${shock.label}: ${label} loses ${percent(lost.loss)}${between ? `, between ${between}` : ""}`;
  return h(
    "td",
    { class: `shade s${Math.min(10, Math.ceil(lost.loss * 10))}` },
    h(
      "button",
      {
        type: "button",
        tabindex: "-1",
        "data-key": `${shock.index} ${node}`,
        title: words,
        "aria-label": words,
        onclick: () => askShock(shock.index, node),
      },
      percent(lost.loss),
    ),
  );
}
/**
 * @param {ShockTable} table
 * @param {ShockReach} row
 * @param {number[]} columns
 */
export function shockRow(table, row, columns) {
  const { shock, affected, worst } = row;
  return h(
    "tr",
    { "aria-current": shockAlone(state.question) === shock.index ? "true" : null },
    h(
      "th",
      { scope: "row" },
      h(
        "button",
        { type: "button", tabindex: "-1", "data-key": `${shock.index} -1`, onclick: () => askShock(shock.index) },
        named(shock.label, "span", { class: "label", title: shock.comment || null }),
        h("span", { class: "quiet" }, spaced(shock.status)),
      ),
    ),
    h("td", { class: "number" }, count(affected)),
    h("td", { class: "number" }, worst ? percent(worst) : "–"),
    columns.map((node) => cell(row, node, lossOf(table, shock.index, node))),
  );
}
/**
 * Arrow keys between the cells that have something to open.
 * @param {KeyboardEvent} event
 */
export function gridKey(event) {
  const moves = /** @type {Record<string, [number, number]>} */ ({
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  });
  const move = moves[event.key];
  if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = target(event).closest("td, th");
  event.stopPropagation();
  // Where nothing is chosen yet, the keys scroll.
  if (!here) return;
  event.preventDefault();
  const rows = /** @type {HTMLTableRowElement[]} */ (findAll($("shock-grid"), "tr"));
  let y = rows.indexOf(/** @type {HTMLTableRowElement} */ (here.parentElement));
  let x = /** @type {HTMLTableCellElement} */ (here).cellIndex;
  for (;;) {
    [x, y] = [x + move[0], y + move[1]];
    const next = rows[y]?.cells[x];
    if (!next) return;
    const inside = find(next, "button");
    if (!inside) continue;
    target(event).tabIndex = -1;
    inside.tabIndex = 0;
    inside.focus();
    return;
  }
}
