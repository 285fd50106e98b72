// The board of the cascade: cards in columns, and the lines behind them.
import { clearSelection, selectRow, setView } from "../actions/selection.js";
import { $, find, findAll, focused, h, named, svg } from "../dom.js";
import { SHOCK, cascadeDrawing, curve, impactBeside } from "../model/cascade-drawing.js";
import { count } from "../model/format.js";
import { questionLabel } from "../model/question.js";
import { impacts, shockName } from "../model/runs.js";
import { changed, remember, state } from "../store.js";
import { lossDot } from "./glyphs.js";
import { openStep } from "./table.js";

/** @type {Map<number, HTMLElement>} */
const cardOf = new Map();

/** @param {CascadeBox} box */
function card(box) {
  const { impact, members, group, open, inGroup, selected, onPath, dim, className, loss, range, description } = box;
  const select = () => selectRow(impact.index);
  const element = h(
    "button",
    {
      type: "button",
      class: "card",
      tabindex: group ? "0" : "-1",
      ...(group
        ? { "data-group": group, "aria-expanded": String(open) }
        : { "data-row": String(impact.index), "data-node": String(impact.node), "aria-pressed": String(selected) }),
      "aria-label": description,
      onclick: group ? () => toggleGroup(group, open) : select,
      ondblclick: () => {
        if (group) return;
        select();
        setView("map");
      },
    },
    lossDot(impact),
    h(
      "span",
      { class: "what" },
      named(`${!group && state.mine.has(impact.node) ? "★ " : ""}${box.label}`, "span", { class: "label" }),
      h("span", { class: "class", dir: "auto" }, className),
    ),
    h("span", { class: "much" }, h("b", {}, loss), h("span", { class: "range" }, range)),
  );
  for (const [name, on] of Object.entries({ "on-path": onPath, dim, group: Boolean(group), "in-group": inGroup }))
    element.classList.toggle(name, on);
  // Where there is no room for a dot, the edge of the number is as dark as the loss.
  element.style.setProperty("--loss", `${Math.round(15 + 85 * impact.loss)}%`);
  for (const { index } of open ? [] : members) cardOf.set(index, element);
  return element;
}
/** @type {(group: string, open: boolean) => void} */
function toggleGroup(group, open) {
  const groups = new Set(state.groups);
  if (open) groups.delete(group);
  else groups.add(group);
  remember();
  Object.assign(state, { groups, moved: true });
  // A group that has the selection is open as long as that is there.
  if (open && state.row >= 0) clearSelection();
  else changed("grouped", { message: open ? "Group closed" : "Group open" });
}
/** What the first losses come from. */
function shockColumn() {
  const label = h(
    "div",
    { class: "card origin" },
    named(questionLabel(state.question) || shockName(), "span", { class: "label" }),
  );
  cardOf.set(SHOCK, label);
  return h(
    "section",
    { class: "column origin", "aria-label": "Shock" },
    h("h3", {}, "Shock"),
    h("div", { class: "cards" }, label),
  );
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
  const { row: focusedRow, group: focusedGroup } = focused().dataset;
  cardOf.clear();
  const lines = svg("svg", { class: "lines", "aria-hidden": "true" });
  board.replaceChildren(h("div", { class: "columns" }, lines, shockColumn(), drawing.columns.map(columnOf)));
  const columns = drawing.columns.length;
  board.classList.toggle("many", columns > 4 || !fits(board, columns, 168, 24));
  board.classList.toggle("dense", columns > 6 || (!fits(board, columns, 118, 18) && fits(board, columns, 94, 12)));
  board.scrollLeft = scrollLeft;
  board.scrollTop = scrollTop;
  // One card takes part in the order of Tab; arrows move between the others.
  const entry = state.row >= 0 ? cardOf.get(state.row) : find(board, ".card[data-row]");
  if (entry) entry.tabIndex = 0;
  if (focusedRow !== undefined) cardOf.get(Number(focusedRow))?.focus({ preventScroll: true });
  if (focusedGroup !== undefined)
    findAll(board, "[data-group]")
      .find((one) => one.dataset.group === focusedGroup)
      ?.focus({ preventScroll: true });
  drawLines(lines, drawing.lines);
  if (state.row >= 0 || state.moved) bringIntoView(board);
}
/**
 * Whether the board has room for the columns and that of the shock; the sizes are those of style/finding.css.
 * @type {(board: HTMLElement, columns: number, width: number, gap: number) => boolean}
 */
const fits = (board, columns, width, gap) => (columns + 1) * width + columns * gap + 40 <= board.clientWidth;
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
  if (!impact) return selectRow([...cardOf.keys()].filter((row) => row !== SHOCK)[0]);
  const next = impactBeside(impact, key, state.small);
  return next && selectRow(next.index);
}
