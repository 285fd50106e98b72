// The board of the cascade: cards in columns, and the lines behind them.
import { selectRow, setView } from "../actions/selection.js";
import { $, find, focused, h, named, svg } from "../dom.js";
import { cascadeDrawing, curve, impactBeside } from "../model/cascade-drawing.js";
import { count } from "../model/format.js";
import { impacts } from "../model/runs.js";
import { state } from "../store.js";
import { lossDot } from "./glyphs.js";
import { openStep } from "./table.js";

/** @type {Map<number, HTMLElement>} */
const cardOf = new Map();

/** @param {CascadeBox} box */
function card({ impact, selected, onPath, dim, className, loss, range, description }) {
  const element = h(
    "button",
    {
      type: "button",
      class: "card",
      tabindex: "-1",
      "data-row": String(impact.index),
      "aria-pressed": String(selected),
      "aria-label": description,
      onclick: () => selectRow(impact.index),
      ondblclick: () => {
        selectRow(impact.index);
        setView("map");
      },
    },
    lossDot(impact),
    h(
      "span",
      { class: "what" },
      named(impact.label, "span", { class: "label" }),
      h("span", { class: "class" }, className),
    ),
    h("span", { class: "much" }, h("b", {}, loss), h("span", { class: "range" }, range)),
  );
  element.classList.toggle("on-path", onPath);
  element.classList.toggle("dim", dim);
  cardOf.set(impact.index, element);
  return element;
}
/** @param {CascadeColumn} column */
function columnOf({ step, name, reached, current, total, folded, boxes }) {
  return h(
    "section",
    { class: `column${reached ? "" : " ahead"}${current ? " now" : ""}`, "aria-label": name },
    h("h3", {}, name, h("span", { class: "count" }, count(total))),
    reached && h("div", { class: "cards" }, boxes.map(card)),
    folded > 0 &&
      h(
        "button",
        { type: "button", class: "fold", onclick: () => openStep(step, boxes.length) },
        `${count(folded)} more in the table`,
      ),
  );
}

export function renderBoard() {
  const board = $("board");
  const drawing = cascadeDrawing(state);
  const { scrollLeft, scrollTop } = board;
  const focusedRow = focused().dataset.row;
  cardOf.clear();
  const lines = svg("svg", { class: "lines", "aria-hidden": "true" });
  board.replaceChildren(h("div", { class: "columns" }, lines, drawing.columns.map(columnOf)));
  board.scrollLeft = scrollLeft;
  board.scrollTop = scrollTop;
  // One card takes part in the order of Tab; arrows move between the others.
  const entry = cardOf.get(state.row) || cardOf.values().next().value;
  if (entry) entry.tabIndex = 0;
  if (focusedRow !== undefined) cardOf.get(Number(focusedRow))?.focus({ preventScroll: true });
  drawLines(lines, drawing.lines);
  if (state.row >= 0 || state.moved) bringIntoView(board);
}
/** @param {HTMLElement} board */
function bringIntoView(board) {
  // After a step the step is brought into view; after a selection, the selection.
  const target = (state.stepped ? null : cardOf.get(state.row)) || find(board, ".column.now");
  if (!target) return;
  const [box, frame] = [target.getBoundingClientRect(), board.getBoundingClientRect()];
  if (box.right > frame.right - 16) board.scrollLeft += box.right - frame.right + 32;
  if (box.left < frame.left + 16) board.scrollLeft -= frame.left - box.left + 32;
  if (target.classList.contains("card") && (box.bottom > frame.bottom || box.top < frame.top + 40))
    board.scrollTop += box.top - frame.top - frame.height / 3;
}

/**
 * @param {SVGElement} element
 * @param {CascadeLine[]} lines
 */
function drawLines(element, lines) {
  const columns = /** @type {HTMLElement} */ (element.parentElement);
  const frame = columns.getBoundingClientRect();
  element.setAttribute("width", String(columns.scrollWidth));
  element.setAttribute("height", String(columns.scrollHeight));
  const rectangles = new Map([...cardOf].map(([row, card]) => [row, card.getBoundingClientRect()]));
  /** @param {number} row */
  const rectangle = (row) => /** @type {DOMRect} */ (rectangles.get(row));
  /** @param {DOMRect} card */
  const middle = (card) => card.top - frame.top + card.height / 2;
  for (const line of lines) {
    const [cause, effect] = [rectangle(line.cause), rectangle(line.effect)];
    const start = { x: cause.right - frame.left, y: middle(cause) };
    const end = { x: effect.left - frame.left, y: middle(effect) };
    element.append(svg("path", { class: line.look, d: curve(line, start, end) }));
  }
}

/**
 * Arrow keys between cards.
 * @param {string} key
 */
export function moveCard(key) {
  const impact = impacts[state.row];
  if (!impact) return selectRow([...cardOf.keys()][0]);
  const next = impactBeside(impact, key, state.small);
  return next && selectRow(next.index);
}
