// The legend of a saved map: what is used, with how often, and the rings of losses.
import { nodes } from "../model/data.js";
import { percent } from "../model/format.js";
import { FAMILIES, LINES } from "../model/styles.js";
import { colours } from "../render/palette.js";
import { drawable, scene } from "../render/scene.js";
import { starAt } from "../render/shapes.js";
import { make, measure, sign, write } from "./svg-elements.js";

/**
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export const unknownRing = (x, y, r) =>
  make("circle", {
    cx: x,
    cy: y,
    r,
    fill: "none",
    stroke: colours.quiet,
    "stroke-width": 2,
    "stroke-dasharray": "2 3",
  });
/**
 * Dashes of a circle that begins at the top: an arc cannot say "all around".
 * @param {number} loss
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function ring(loss, x, y, r) {
  const around = 2 * Math.PI * r;
  return make("circle", {
    cx: x,
    cy: y,
    r,
    fill: "none",
    stroke: colours.accent,
    "stroke-width": 3,
    "stroke-dasharray": `${(around * Math.max(0.02, loss)).toFixed(1)} ${around.toFixed(1)}`,
    transform: `rotate(-90 ${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10})`,
  });
}
/**
 * The star of what is on the reader's list.
 * @param {Point} place
 * @param {number} size of the sign that it is on
 */
export const star = (place, size) =>
  make("polygon", {
    points: starAt(place, size, 1)
      .map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`)
      .join(" "),
    fill: colours.accent,
    stroke: colours.paper,
    "stroke-width": 3,
    "paint-order": "stroke",
  });
export function legend() {
  const classes = new Map();
  for (const id of scene.drawn) classes.set(nodes[id].class, (classes.get(nodes[id].class) || 0) + 1);
  const families = new Map();
  for (const { family } of scene.lines) families.set(family, (families.get(family) || 0) + 1);
  const order = Object.keys(FAMILIES);
  const kinds = [...classes].sort(
    ([a], [b]) => order.indexOf(a.family) - order.indexOf(b.family) || a.label.localeCompare(b.label, "en"),
  );
  return [
    ...kinds.map(([klass, count]) =>
      item(`${klass.label} ${count}`, 18, (x, y) => sign(klass, { x: x + 9, y, size: 9 })),
    ),
    ...Object.keys(LINES)
      .filter((family) => families.has(family))
      .map((family) =>
        item(`${LINES[family].letter}  ${LINES[family].label} ${families.get(family)}`, 28, (x, y) => [
          make("line", {
            x1: x,
            x2: x + 28,
            y1: y,
            y2: y,
            stroke: colours[`edge-${family}`],
            "stroke-width": 2,
            "stroke-dasharray": LINES[family].dash ? LINES[family].dash.join(" ") : null,
          }),
        ]),
      ),
    ...ringItems(),
  ];
}
const ringItems = () => [
  ...(drawable().some((node) => node.loss !== null)
    ? [0.25, 0.5, 1].map((loss) =>
        item(`Ring: loses ${percent(loss)}`, 22, (x, y) => [
          make("circle", { cx: x + 11, cy: y, r: 4.5, fill: colours.quiet }),
          ring(loss, x + 11, y, 9),
        ]),
      )
    : []),
  ...(drawable().some((node) => node.unknown)
    ? [
        item("Dotted ring: the document does not say", 22, (x, y) => [
          make("circle", { cx: x + 11, cy: y, r: 4.5, fill: colours.quiet }),
          unknownRing(x + 11, y, 9),
        ]),
      ]
    : []),
  ...(drawable().some((node) => node.marked)
    ? [item("Star: on the reader’s list", 22, (x, y) => [star({ x: x + 7, y: y + 3 }, 0)])]
    : []),
];
/**
 * @param {string} words
 * @param {number} room
 * @param {(x: number, y: number) => Element[]} build
 */
const item = (words, room, build) => ({
  wide: room + 8 + measure(words),
  build: (/** @type {number} */ x, /** @type {number} */ y) =>
    make("g", {}, ...build(x, y + 12), write(words, { x: x + room + 8, y: y + 16, fill: colours.quiet })),
});
