// The signs of the map as small pictures, for legend, panel and lists.
import { h, svg } from "../dom.js";
import { LINES } from "../model/styles.js";
import { outline } from "../render/shapes.js";

/**
 * The same sign as on the map, for legend, panel and lists.
 * @param {EntityClass} klass
 */
export function glyph(klass) {
  const points = outline(klass.family);
  const shape = points
    ? svg("polygon", { points: points.map(([x, y]) => `${(x * 8).toFixed(2)},${(y * 8).toFixed(2)}`).join(" ") })
    : svg("circle", { r: 9 });
  const letters = svg("text", { y: 3, "text-anchor": "middle" });
  letters.textContent = klass.letter;
  return svg(
    "svg",
    { viewBox: "-12 -12 24 24", class: `glyph ${klass.family}`, "aria-hidden": "true" },
    shape,
    letters,
  );
}
/**
 * A ring as long as the loss, as around an entity of the map.
 * @param {number} loss
 */
export function lossGlyph(loss) {
  const around = 2 * Math.PI * 9;
  const ring = svg("circle", {
    r: 9,
    "stroke-dasharray": `${(around * loss).toFixed(2)} ${around.toFixed(2)}`,
    transform: "rotate(-90)",
  });
  return svg(
    "svg",
    { viewBox: "-12 -12 24 24", class: "glyph loss", "aria-hidden": "true" },
    svg("circle", { r: 4.5, class: "core" }),
    ring,
  );
}
/** @param {LineFamily} family */
export function lineGlyph(family) {
  const line = svg("line", { x1: 1, y1: 6, x2: 27, y2: 6, "stroke-dasharray": (LINES[family].dash || []).join(" ") });
  return svg("svg", { viewBox: "0 0 28 12", class: `line ${family}`, "aria-hidden": "true" }, line);
}
/**
 * A dot as large and as dark as a loss.
 * @param {Pick<Impact, "loss">} impact
 */
export function lossDot(impact) {
  const dot = h("span", { class: "dot", "aria-hidden": "true" });
  // Set through the object model: an attribute would need the policy's leave.
  dot.style.setProperty("--loss", `${Math.round(15 + 85 * impact.loss)}%`);
  dot.style.setProperty("--size", `${(8 + 18 * Math.sqrt(impact.loss)).toFixed(1)}px`);
  return h("span", { class: "dot-place" }, dot);
}
