// What one row of a comparison looks like: its two losses as dots with their ranges, and the difference as arrow, sign and shade.
import { h, svg } from "../dom.js";
import { count, percent } from "../model/format.js";

const WIDTH = 132;
const HIGH = 28;
/** @param {number} share */
const x = (share) => (6 + share * (WIDTH - 12)).toFixed(1);

/**
 * @param {"a" | "b"} side
 * @param {Loss} loss
 * @param {number} y
 */
function mark(side, { loss, low, high }, y) {
  const bar = svg("line", { class: `span ${side}`, x1: x(low), x2: x(high), y1: y, y2: y });
  // A ring and a filled diamond: distinguishable without colour.
  const dot =
    side === "a"
      ? svg("circle", { class: "mark-a", cx: x(loss), cy: y, r: 4 })
      : svg("path", { class: "mark-b", d: `M${x(loss)} ${y - 5}l5 5-5 5-5-5z` });
  return [bar, dot];
}
/** @param {ComparedRow} row */
export function dots(row) {
  const [a, b] = [row.a && mark("a", row.a, 8), row.b && mark("b", row.b, 20)];
  const grid = [0, 0.5, 1].map((share) => svg("line", { class: "grid", x1: x(share), x2: x(share), y1: 0, y2: HIGH }));
  const between =
    row.a && row.b ? [svg("line", { class: "between", x1: x(row.a.loss), y1: 8, x2: x(row.b.loss), y2: 20 })] : [];
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HIGH}`, class: "pair-plot", "aria-hidden": "true" },
    ...grid,
    ...between,
    ...(a || []),
    ...(b || []),
  );
}

/** @param {number} share */
const points = (share) => count(Math.round(100 * Math.abs(share)));
/**
 * Deeper means more; up or down, plus or minus say which way.
 * @param {ComparedRow} row
 */
export function verdict(row) {
  const more = row.difference > 0;
  const small = Math.round(100 * Math.abs(row.difference)) === 0;
  const text = row.difference ? `${more ? "▲ +" : "▼ −"}${small ? "<1" : points(row.difference)}` : "=";
  const cell = h(
    "td",
    { class: `number verdict ${row.difference ? (more ? "more" : "less") : "even"}`, "data-head": "Difference" },
    h("b", {}, text),
    h("span", { class: "range" }, row.difference ? (row.overlap ? "ranges overlap" : "points") : "same"),
  );
  cell.style.setProperty("--share", percent100(Math.abs(row.difference)));
  cell.title = `Between ${percent(row.low)} and ${percent(row.high)}`;
  return cell;
}
/**
 * For the style sheet, whatever the reader's language.
 * @param {number} share
 */
const percent100 = (share) => `${Math.round(8 + 40 * Math.min(1, share))}%`;
