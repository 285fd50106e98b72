// Shapes, colours and small builders. Only numbers and our own words become style; data becomes text.
import { legible } from "./controls.js";
export const $ = (id) => document.getElementById(id);
export { count, day, percent, plural, range } from "./locale.js";

// Attributes that people read.
const READ = new Set(["title", "aria-label", "placeholder"]);
// An element with attributes, handlers (onclick: function) and children; strings among them become text nodes.
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, READ.has(key) ? legible(value) : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false).map(legible));
  return element;
}
export const named = (label, tag = "span", props = {}) => h(tag, { dir: "auto", ...props }, label);
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.map(legible));
  return element;
}

// Corners of a regular polygon around the origin, clockwise from an angle.
const corners = (count, turn, radius = 1) =>
  Array.from({ length: count }, (_, i) => {
    const angle = turn + (i * 2 * Math.PI) / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
export const UP = -Math.PI / 2;
// Each leaves room for two letters in its middle; null is a circle.
const SHAPES = {
  organisation: null,
  people: [[-0.95, 1], ...corners(18, Math.PI).slice(0, 10).map(([x, y]) => [0.95 * x, y]), [0.95, 1]],
  thing: corners(4, Math.PI / 4, 1.22),
  capability: corners(6, 0, 1.1),
  money: corners(4, 0, 1.28),
  rule: [[-0.7, -0.95], [0.7, -0.95], [1.2, 0.95], [-1.2, 0.95]],
  place: [[-1, -0.95], [1, -0.95], [1, 0.35], [0, 1.2], [-1, 0.35]],
};
export const FAMILIES = {
  organisation: "Organisations", thing: "Made, used, traded", capability: "Capabilities", money: "Money",
  people: "People", rule: "Rules", place: "Places and ideas",
};
export const LINES = {
  need: { label: "Needs", letter: "D", dash: false, arrow: "arrow" },
  structure: { label: "Structure", letter: "S", dash: [7, 4], arrow: "diamond" },
  rule: { label: "Rules", letter: "R", dash: [2, 3], arrow: "bar" },
  relation: { label: "Other relations", letter: "O", dash: [9, 3, 2, 3], arrow: "vee" },
};

export const dark = matchMedia("(prefers-color-scheme: dark)");
export const forced = matchMedia("(forced-colors: active)");
export const calm = matchMedia("(prefers-reduced-motion: reduce)");
export let colours = {};
// The palette lives in the style sheet, once for light and once for dark.
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  colours = Object.fromEntries(["paper", "surface", "ink", "quiet", "line", "accent", "accent-soft", "on-node"].map((name) => [name, value(name)]));
  for (const family of Object.keys(SHAPES)) colours[family] = value(`node-${family}`);
  for (const family of Object.keys(LINES)) colours[`edge-${family}`] = value(`edge-${family}`);
}

export function trace(context, family, x, y, radius) {
  context.beginPath();
  extend(context, family, x, y, radius);
}
// Adds a sign to the path there is, so that many of them are filled at once.
export function extend(context, family, x, y, radius) {
  const points = SHAPES[family];
  if (!points) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  } else points.forEach(([px, py], i) => context[i ? "lineTo" : "moveTo"](x + px * radius, y + py * radius));
  context.closePath();
}
export const outline = (family) => SHAPES[family];

// The same sign as on the map, for legend, panel and lists.
export function glyph(klass) {
  const points = SHAPES[klass.family];
  const shape = points
    ? svg("polygon", { points: points.map(([x, y]) => `${(x * 8).toFixed(2)},${(y * 8).toFixed(2)}`).join(" ") })
    : svg("circle", { r: 9 });
  const letters = svg("text", { y: 3, "text-anchor": "middle" });
  letters.textContent = klass.letter;
  return svg("svg", { viewBox: "-12 -12 24 24", class: `glyph ${klass.family}`, "aria-hidden": "true" }, shape, letters);
}
// A ring as long as the loss, as around an entity of the map.
export function lossGlyph(loss) {
  const around = 2 * Math.PI * 9;
  const ring = svg("circle", { r: 9, "stroke-dasharray": `${(around * loss).toFixed(2)} ${around.toFixed(2)}`, transform: "rotate(-90)" });
  return svg("svg", { viewBox: "-12 -12 24 24", class: "glyph loss", "aria-hidden": "true" }, svg("circle", { r: 4.5, class: "core" }), ring);
}
export function lineGlyph(family) {
  const line = svg("line", { x1: 1, y1: 6, x2: 27, y2: 6, "stroke-dasharray": (LINES[family].dash || []).join(" ") });
  return svg("svg", { viewBox: "0 0 28 12", class: `line ${family}`, "aria-hidden": "true" }, line);
}
