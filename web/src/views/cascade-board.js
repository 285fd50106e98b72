// The board of the cascade: cards in columns, and the lines behind them.
import { selectRow, setView } from "../actions/selection.js";
import { $, find, focused, h, named, svg } from "../dom.js";
import { count, percent, range } from "../model/format.js";
import {
  cards as cardsAt,
  causalPath,
  firstStep,
  folded,
  impacts,
  isLoud,
  lastStep,
  shortages,
} from "../model/runs.js";
import { state } from "../store.js";
import { lossDot } from "./glyphs.js";
import { openStep } from "./table.js";

/** @type {Map<number, HTMLElement>} */
const cardOf = new Map();
/** @param {number} step */
const cards = (step) => cardsAt(step, state.small);

/**
 * @param {Impact} impact
 * @param {Set<number>} path
 */
function card(impact, path) {
  const onPath = path.has(impact.index);
  const element = h(
    "button",
    {
      type: "button",
      class: "card",
      tabindex: "-1",
      "data-row": String(impact.index),
      "aria-pressed": String(impact.index === state.row),
      "aria-label": `${impact.label}, loses ${percent(impact.loss)}${range(impact) ? `, between ${range(impact)}` : ""}, step ${impact.step}`,
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
      h("span", { class: "class" }, impact.class.replace(/(?<=[a-z])(?=[A-Z])/g, " ")),
    ),
    h("span", { class: "much" }, h("b", {}, percent(impact.loss)), h("span", { class: "range" }, range(impact))),
  );
  element.classList.toggle("on-path", onPath);
  element.classList.toggle("dim", path.size > 0 && !onPath && impacts[impact.cause]?.index !== state.row);
  cardOf.set(impact.index, element);
  return element;
}
/**
 * @param {number} step
 * @param {Set<number>} path
 */
function column(step, path) {
  const reached = step <= state.step;
  const inColumn = cards(step);
  const rest = folded(step, state.small);
  const name = step === 0 ? "Hit" : `Step ${step}`;
  return h(
    "section",
    { class: `column${reached ? "" : " ahead"}${step === state.step ? " now" : ""}`, "aria-label": name },
    h("h3", {}, name, h("span", { class: "count" }, count(inColumn.length + rest))),
    reached &&
      h(
        "div",
        { class: "cards" },
        inColumn.map((impact) => card(impact, path)),
      ),
    reached &&
      rest > 0 &&
      h(
        "button",
        { type: "button", class: "fold", onclick: () => openStep(step, inColumn.length) },
        `${count(rest)} more in the table`,
      ),
  );
}

export function renderBoard() {
  const board = $("board");
  const path = new Set(state.row >= 0 ? causalPath(impacts[state.row]).map((impact) => impact.index) : []);
  const { scrollLeft, scrollTop } = board;
  const held = focused().dataset.row;
  cardOf.clear();
  const lines = svg("svg", { class: "lines", "aria-hidden": "true" });
  board.replaceChildren(
    h(
      "div",
      { class: "columns" },
      lines,
      Array.from({ length: lastStep + 1 - firstStep }, (_, i) => column(firstStep + i, path)),
    ),
  );
  board.scrollLeft = scrollLeft;
  board.scrollTop = scrollTop;
  // One card takes part in the order of Tab; arrows move between the others.
  const entry = cardOf.get(state.row) || cardOf.values().next().value;
  if (entry) entry.tabIndex = 0;
  if (held !== undefined) cardOf.get(Number(held))?.focus({ preventScroll: true });
  drawLines(lines, path);
  if (state.row >= 0 || state.moved) bringIntoView(board);
}
/** @param {HTMLElement} board */
function bringIntoView(board) {
  // Whoever steps wants to see the step; whoever selects, the selection.
  const target = (state.stepped ? null : cardOf.get(state.row)) || find(board, ".column.now");
  if (!target) return;
  const [box, frame] = [target.getBoundingClientRect(), board.getBoundingClientRect()];
  if (box.right > frame.right - 16) board.scrollLeft += box.right - frame.right + 32;
  if (box.left < frame.left + 16) board.scrollLeft -= frame.left - box.left + 32;
  if (target.classList.contains("card") && (box.bottom > frame.bottom || box.top < frame.top + 40))
    board.scrollTop += box.top - frame.top - frame.height / 3;
}

/**
 * @param {SVGElement} lines
 * @param {Set<number>} path
 */
function drawLines(lines, path) {
  const columns = /** @type {HTMLElement} */ (lines.parentElement);
  const frame = columns.getBoundingClientRect();
  lines.setAttribute("width", String(columns.scrollWidth));
  lines.setAttribute("height", String(columns.scrollHeight));
  const boxes = new Map([...cardOf].map(([row, element]) => [row, element.getBoundingClientRect()]));
  /**
   * @param {number} from
   * @param {number} to
   * @param {string} kind
   */
  const curve = (from, to, kind) => {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    if (!a || !b) return;
    const [x1, y1] = [a.right - frame.left, a.top - frame.top + a.height / 2];
    const [x2, y2] = [b.left - frame.left, b.top - frame.top + b.height / 2];
    // Back and sideways lines leave and arrive on the same side, in a bow.
    const reach = x2 > x1 ? Math.max(24, (x2 - x1) / 2) : 60;
    lines.append(svg("path", { class: kind, d: `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}` }));
  };
  // The thin ones: shortages that did not bind. Only around the selection, or they would be a web.
  if (state.row >= 0) {
    for (const [cause, effect] of shortages)
      if ((cause === state.row || effect === state.row) && impacts[effect].cause !== cause)
        curve(cause, effect, "thin");
  }
  const binding = impacts.filter((impact) => impact.cause >= 0 && impact.step <= state.step);
  /** @param {Impact} impact */
  const onPath = (impact) => path.has(impact.index) && path.has(impact.cause);
  binding
    .filter((impact) => !onPath(impact))
    .forEach((impact) =>
      curve(impact.cause, impact.index, path.size ? (impact.cause === state.row ? "next" : "faint") : "binding"),
    );
  binding.filter(onPath).forEach((impact) => curve(impact.cause, impact.index, "path"));
}

/**
 * Arrow keys between cards: up and down in a column, left to the cause, right to the worst effect or the nearest card.
 * @param {string} key
 */
export function moveCard(key) {
  const impact = impacts[state.row];
  if (!impact) return selectRow([...cardOf.keys()][0]);
  const inColumn = cards(impact.step);
  const place = inColumn.indexOf(impact);
  if (key === "ArrowDown" || key === "ArrowUp") {
    const next = inColumn[place + (key === "ArrowDown" ? 1 : -1)];
    return next && selectRow(next.index);
  }
  /** @param {number} step */
  const near = (step) =>
    step < firstStep || step > lastStep ? undefined : cards(step)[Math.min(Math.max(place, 0), cards(step).length - 1)];
  const effect = impacts.find((item) => item.cause === impact.index && isLoud(item, state.small));
  const next = key === "ArrowLeft" ? impacts[impact.cause] || near(impact.step - 1) : effect || near(impact.step + 1);
  return next && selectRow(next.index);
}
