// The whole map as a drawing to save: every entity that is shown, with its label, and a legend of what is used.
import { nodes, raw } from "../model/data.js";
import { percent } from "../model/format.js";
import { shockName } from "../model/runs.js";
import { alphaOf, arrival, headPoints, lineLook, signRadius, via } from "../render/geometry.js";
import { frameMarks } from "../render/frame-marks.js";
import { LINE, writing } from "../render/labels.js";
import { colours } from "../render/palette.js";
import { bounds, drawable, scene } from "../render/scene.js";
import { whyShown } from "../model/visible.js";
import { state } from "../store.js";
import { sourceLines } from "./source-lines.js";
import { legend, ring, star, unknownRing } from "./map-legend.js";
import { fill, flow, heading, label, make, measure, sheet, sign, title, write } from "./svg-elements.js";

const [SIDE, HEAD, FOOT] = [110, 110, 80];

export function mapDrawing() {
  const box = scene.drawn.length ? bounds(scene.drawn, scene.frames) : { left: 0, right: 0, top: 0, bottom: 0 };
  const width = Math.max(560, box.right - box.left + 2 * SIDE);
  const left = (box.left + box.right - width) / 2;
  const bottom = HEAD + box.bottom - box.top + FOOT;
  /** @param {number} id */
  const place = (id) => ({ x: nodes[id].x - left, y: nodes[id].y - box.top + HEAD });
  const { letters, labels } = writing({ scale: 1, width, height: bottom, place, all: true }, measure);
  const key = flow(legend(), width, bottom + 12);
  const name = drawingName();
  const origin = { x: left, y: box.top - HEAD };
  const below = sourceLines(width).map((words, i) =>
    write(words, { x: 32, y: key.bottom + 18 + 16 * i, fill: colours.quiet, "font-size": 11 }),
  );
  return sheet(
    width,
    key.bottom + 20 + 16 * below.length,
    name,
    heading(name, fill(summary(), width - 64, 1, 12.5)[0]),
    make("g", { id: "frames" }, ...frameMarks({ scale: 1, width, origin }, measure).flatMap(frameLines)),
    make("g", { id: "lines", fill: "none" }, ...lineGroups(place)),
    make("g", { id: "entities" }, ...drawable().map((node) => entity(node, place(node.id)))),
    make("g", { id: "letters" }, ...letters.map(lineMark)),
    labelGroup(labels),
    make(
      "g",
      { id: "legend" },
      make("line", { x1: 32, x2: width - 32, y1: bottom, y2: bottom, stroke: colours.line }),
      ...key.built,
    ),
    make("g", { id: "sources" }, ...below),
  );
}
/** @param {ReturnType<typeof writing>["labels"]} labels */
const labelGroup = (labels) =>
  make(
    "g",
    {
      id: "labels",
      fill: colours.ink,
      stroke: colours.paper,
      "stroke-width": 4,
      "stroke-linejoin": "round",
      "paint-order": "stroke",
    },
    ...labels.flatMap(({ leader }) => (leader ? [leaderLine(leader)] : [])),
    ...labels.map((item) => label(item, LINE, { opacity: alphaOf(item.id, scene.lit, -1) < 1 ? 0.35 : null })),
  );
/** What a saved drawing is about: the shock, where there is one. */
const drawingName = () => (shockName() ? `Shock: ${shockName()}` : raw.title);
const summary = () =>
  [
    shockName() && raw.title,
    `${scene.drawn.length} of ${nodes.length} entities`,
    state.onlyMine ? "only the list, and what harm passes on its way to it" : whyShown(state.visible),
    state.lens?.name,
  ]
    .filter(Boolean)
    .join(" · ");
/** @param {{ box: Box, lines: string[], start: number }} frame */
const frameLines = ({ box, lines, start }) => [
  make("rect", {
    x: box.left,
    y: box.top,
    width: box.right - box.left,
    height: box.bottom - box.top,
    fill: "none",
    stroke: colours.quiet,
    "stroke-dasharray": "4 4",
  }),
  ...lines.map((words, i) =>
    write(words, { x: box.left + 4, y: start + 11 + i * LINE, "font-weight": 600, fill: colours.quiet }),
  ),
];

/** @param {(id: number) => Point} place */
function lineGroups(place) {
  const groups = new Map();
  const ends = new Map(
    drawable().map((node) => [node.id, signRadius(node.size, 1, scene.drawn.length) + (node.loss === null ? 4 : 12)]),
  );
  for (const line of scene.lines) {
    const look = lineLook(line, scene.lit);
    const key = JSON.stringify(look);
    if (!groups.has(key)) groups.set(key, { look, parts: [] });
    groups.get(key).parts.push(...lineParts(line, look, place, ends));
  }
  return [...groups.values()]
    .sort((a, b) => a.look.opacity - b.look.opacity)
    .map(({ look, parts }) =>
      make(
        "g",
        {
          stroke: look.colour,
          "stroke-width": look.width,
          opacity: look.opacity,
          "stroke-dasharray": look.dash?.join(" "),
        },
        ...parts,
      ),
    );
}
/** @param {Point} place */
const spot = ({ x, y }) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
/**
 * @param {Line} line
 * @param {LineLook} look
 * @param {(id: number) => Point} place
 * @param {Map<number, number>} ends
 */
function lineParts(line, look, place, ends) {
  const [a, b] = [place(line.from), place(line.to)];
  if (line.from === line.to) return [make("circle", { cx: a.x + 10, cy: a.y - 14, r: 10 })];
  const turn = via(line, a, b);
  const { tip, angle } = arrival(line, a, b, /** @type {number} */ (ends.get(line.to)));
  const parts = [make("path", { d: `M${spot(a)}${turn ? `Q${spot(turn)} ` : "L"}${spot(tip)}` })];
  if (look.arrow)
    parts.push(
      make("path", {
        d: `M${headPoints(look.arrow, tip, angle, 11)
          .map(([x, y]) => spot({ x, y }))
          .join("L")}Z`,
        fill: look.colour,
        stroke: "none",
      }),
    );
  return parts;
}
/**
 * @param {Sign} node
 * @param {Point} place
 */
function entity(node, { x, y }) {
  const size = signRadius(node.size, 1, scene.drawn.length);
  const alpha = alphaOf(node.id, scene.lit, -1);
  const description = `${nodes[node.id].label} (${nodes[node.id].class.label})${node.loss !== null ? `: loses ${percent(node.loss)}` : node.unknown ? ": not known whether it loses anything" : ""}`;
  return make(
    "g",
    { opacity: alpha < 1 ? alpha : null },
    title(description),
    ...sign(node, { x, y, size, selected: node.id === state.selected }),
    ...(node.loss === null ? [] : [ring(node.loss, x, y, size + 8.5)]),
    ...(node.unknown ? [unknownRing(x, y, size + 6)] : []),
    ...(node.marked ? [star({ x, y }, size)] : []),
  );
}
/** @param {[from: Point, to: Point]} ends */
const leaderLine = ([from, to]) =>
  make("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: colours.ink, "stroke-width": 1 });
/** @param {LineLetter} item */
const lineMark = (item) => (item.words ? lineWords(item) : letter(item));
/** @param {LineLetter} place */
const lineWords = ({ x, y, words, family }) => {
  const half = measure(words) / 2 + 3;
  return make(
    "g",
    {},
    make("rect", { x: x - half, y: y - 8, width: 2 * half, height: 16, fill: colours.paper }),
    write(words, { x, y: y + 4, "text-anchor": "middle", fill: colours[`edge-${family}`] }),
  );
};
/** @param {LineLetter} place */
const letter = ({ x, y, letter: sort, family }) =>
  make(
    "g",
    {},
    make("circle", { cx: x, cy: y, r: 7, fill: colours.paper }),
    write(sort, {
      x,
      y: y + 3.2,
      "text-anchor": "middle",
      "font-size": 9,
      "font-weight": 700,
      fill: colours[`edge-${family}`],
    }),
  );
