// The board of the cascade as a drawing to save: columns, cards, lines and losses, as far as it is stepped.
import { SHOCK, cascadeDrawing, curve } from "../model/cascade-drawing.js";
import { raw } from "../model/data.js";
import { percent } from "../model/format.js";
import { impacts, lastStep, run } from "../model/runs.js";
import { colours } from "../render/palette.js";
import { sight } from "../model/sight.js";
import { state } from "../store.js";
import { sourceLines } from "./source-lines.js";
import { fill, flow, heading, make, mix, sheet, title, write } from "./svg-elements.js";

/** Sizes of a whole drawing, and of one within a page of text, which has no heading and no legend. */
const WHOLE = { wide: 224, gap: 40, left: 32, top: 124, lossBelow: false };
const SMALL = { wide: 156, gap: 22, left: 4, top: 34, lossBelow: true };
/** @typedef {typeof WHOLE} Sizes */
// The most boxes of a column of a small drawing.
const MOST = 4;
/** @typedef {{ x: number, y: number, height: number }} Place */
// Letters and distance of the lines of a label.
const [SIZE, LEADING] = [13, 16];

export function cascadeSvg() {
  const drawing = cascadeDrawing(state);
  const name = String(run.shock_label || run.shock || "Shock");
  const { width, bottom, parts } = built(drawing, name, WHOLE);
  const wide = Math.max(560, width);
  const key = flow([lossHeading, ...[0.1, 0.45, 0.75, 1].map(dotKey)], wide, bottom + 20);
  const sources = sourceLines(wide).map((words, i) =>
    write(words, { x: WHOLE.left, y: key.bottom + 20 + 16 * i, fill: colours.quiet, "font-size": 11 }),
  );
  const only = sight.impacts ? " · only the list, and the way of the harm to it" : "";
  return sheet(
    wide,
    key.bottom + 24 + 16 * sources.length,
    `${raw.title}: ${name}`,
    heading(name, `${raw.title} · ${impacts.length} affected · step ${state.step} of ${lastStep}${only}`),
    ...parts,
    make("g", { id: "legend" }, ...key.built),
    make("g", { id: "sources" }, ...sources),
  );
}
/**
 * The cascade as a picture within a page: the way to one entity, and of each step those that lose most.
 * @param {number} row of the impact
 */
export function smallCascadeSvg(row) {
  const drawing = shortened(cascadeDrawing({ step: lastStep, small: true, row, groups: new Set() }));
  const name = String(run.shock_label || run.shock || "Shock");
  const { width, bottom, parts } = built(drawing, name, SMALL);
  return sheet(width, bottom, `${raw.title}: ${name}`, ...parts);
}
/** With a few boxes of each step, those on the way among them. @param {CascadeDrawing} drawing @returns {CascadeDrawing} */
function shortened({ columns, lines }) {
  const few = columns.map((column) => {
    const single = column.boxes.filter(({ open }) => !open);
    const way = single.filter(({ onPath }) => onPath);
    const kept = new Set([...way, ...single.filter(({ onPath }) => !onPath)].slice(0, Math.max(MOST, way.length)));
    const boxes = single.filter((box) => kept.has(box)).map((box) => ({ ...box, dim: false, inGroup: false }));
    const shown = boxes.reduce((sum, { members }) => sum + members.length, 0);
    return { ...column, boxes, folded: column.total - shown };
  });
  const drawn = new Set([
    SHOCK,
    ...few.flatMap(({ boxes }) => boxes.flatMap(({ members }) => members.map(({ index }) => index))),
  ]);
  return { columns: few, lines: lines.filter(({ cause, effect }) => drawn.has(cause) && drawn.has(effect)) };
}
/** @type {(drawing: CascadeDrawing, name: string, sizes: Sizes) => { width: number, bottom: number, parts: Element[] }} */
function built(drawing, name, sizes) {
  const { wide, gap, left } = sizes;
  const columns = drawing.columns.map((column, place) => placed(column, left + (place + 1) * (wide + gap), sizes));
  const origin = shockBox(name, sizes);
  const boxes = columns.flatMap((column) => column.boxes);
  return {
    width: 2 * left + (columns.length + 1) * (wide + gap) - gap,
    bottom: Math.max(origin.y + origin.height + 8, ...columns.map((column) => column.bottom)),
    parts: [
      make("g", { id: "lines", fill: "none" }, ...curves(drawing.lines, boxes, origin, sizes)),
      origin.element,
      ...columns.map(({ element }) => element),
      make("g", { id: "cards" }, ...boxes.map((box) => card(box, sizes))),
    ],
  };
}

/** What the first losses come from. @param {string} name @param {Sizes} sizes */
function shockBox(name, { wide, left, top }) {
  const lines = fill(name, wide - 32, 6, SIZE);
  const height = 20 + lines.length * LEADING;
  const label = { x: left + 12, "font-size": SIZE, "font-weight": 600, fill: colours.ink, direction: null };
  const element = make(
    "g",
    { id: "shock" },
    make("rect", { x: left, y: top, width: wide, height, rx: 8, fill: colours.surface, stroke: colours.accent }),
    ...lines.map((line, place) => write(line, { y: top + 22 + place * LEADING, ...label })),
  );
  return { element, x: left, y: top, height };
}

/**
 * A column with its heading, and its boxes one below the other.
 * @param {CascadeColumn} column
 * @param {number} x
 * @param {Sizes} sizes
 */
function placed({ name, reached, total, folded, boxes }, x, { wide, top, lossBelow }) {
  let y = top;
  const inColumn = boxes.map((box) => {
    const lines = fill(box.label, wide - 42 - 8 - (lossBelow ? 0 : box.range ? 64 : 48), 4, SIZE);
    const place = { box, x, y, lines, height: 34 + lines.length * LEADING };
    y += place.height + 8;
    return place;
  });
  const more = folded > 0 ? [write(`${folded} more`, { x: x + 12, y: y + 16, fill: colours.quiet })] : [];
  const element = make(
    "g",
    { opacity: reached ? null : 0.5 },
    write(name, { x: x + 2, y: top - 18, "font-weight": 600, fill: colours.quiet }),
    write(String(total), { x: x + wide - 2, y: top - 18, "text-anchor": "end", fill: colours.quiet }),
    make("line", { x1: x, x2: x + wide, y1: top - 8, y2: top - 8, stroke: colours.line }),
    ...more,
  );
  return { element, boxes: inColumn, bottom: y + (more.length ? 28 : 0) };
}

/**
 * @param {number} loss
 * @param {number} x
 * @param {number} y
 */
const dot = (loss, x, y) =>
  make("circle", {
    cx: x,
    cy: y,
    r: (8 + 18 * Math.sqrt(loss)) / 2,
    fill: mix(colours.accent, colours.surface, 0.15 + 0.85 * loss),
    stroke: mix(colours.accent, colours.surface, 0.6),
  });
/** @type {FlowItem} */
const lossHeading = {
  wide: 20,
  build: (x, y) => write("Loss", { x, y: y + 18, "font-weight": 600, fill: colours.quiet }),
};
/** @type {(loss: number) => FlowItem} */
const dotKey = (loss) => ({
  wide: 26 + 8 + 36,
  build: (x, y) =>
    make("g", {}, dot(loss, x + 13, y + 14), write(percent(loss), { x: x + 34, y: y + 18, fill: colours.quiet })),
});

/** @param {PlacedBox} place @param {Sizes} sizes */
function card(place, { wide, lossBelow }) {
  const { box, x, y, height } = place;
  const frame = {
    fill: colours.surface,
    stroke: box.onPath ? colours.accent : colours.line,
    "stroke-width": box.selected ? 2 : 1,
  };
  return make(
    "g",
    { opacity: box.dim ? 0.42 : null },
    title(box.description),
    make("rect", { x, y, width: wide, height, rx: 8, ...frame }),
    dot(box.impact.loss, x + 21, y + height / 2),
    ...names(place, lossBelow),
    ...(lossBelow ? [] : amounts(place, wide)),
  );
}
/**
 * The label, and the class below it.
 * @param {PlacedBox} place
 * @param {boolean} lossBelow whether the loss takes the place of the class
 */
function names({ box, x, y, lines }, lossBelow) {
  const label = { x: x + 42, "font-size": SIZE, fill: colours.ink, direction: null };
  const below = { x: x + 42, y: y + 20 + lines.length * LEADING, "font-size": 11.5, fill: colours.quiet };
  return [
    ...lines.map((line, place) => write(line, { y: y + 20 + place * LEADING, ...label })),
    write(lossBelow ? `${box.loss}${box.range && ` (${box.range})`}` : box.className, below),
  ];
}
/**
 * The loss, and its range below it.
 * @param {PlacedBox} place
 * @param {number} wide
 */
function amounts({ box, x, y, height }, wide) {
  const [right, middle] = [x + wide - 12, y + height / 2];
  const loss = { x: right, y: middle - (box.range ? 2 : -4), "text-anchor": "end", "font-weight": 700 };
  const range = { x: right, y: middle + 14, "text-anchor": "end", "font-size": 11, fill: colours.quiet };
  return [write(box.loss, { ...loss, fill: colours.ink }), ...(box.range ? [write(box.range, range)] : [])];
}

/**
 * @param {CascadeLine[]} lines
 * @param {PlacedBox[]} places
 * @param {Place} origin
 * @param {Sizes} sizes
 */
function curves(lines, places, origin, { wide }) {
  /** @type {Map<number, Place>} */
  const placeOf = new Map([[SHOCK, origin]]);
  for (const place of places)
    for (const member of place.box.open ? [] : place.box.members) placeOf.set(member.index, place);
  const strokes = lineStrokes();
  return lines.map((line) => {
    const [cause, effect] = [line.cause, line.effect].map((row) => /** @type {Place} */ (placeOf.get(row)));
    const start = { x: cause.x + wide, y: cause.y + cause.height / 2 };
    const end = { x: effect.x, y: effect.y + effect.height / 2 };
    return make("path", { d: curve(line, start, end), ...strokes[line.look] });
  });
}
/** @returns {Record<LineKind, Attributes>} */
function lineStrokes() {
  const plain = mix(colours.quiet, colours.paper, 0.45);
  return {
    thin: { stroke: plain, "stroke-width": 0.8, "stroke-dasharray": "3 3" },
    faint: { stroke: plain, "stroke-width": 1.3, opacity: 0.35 },
    binding: { stroke: plain, "stroke-width": 1.3 },
    next: { stroke: mix(colours.accent, colours.paper, 0.55), "stroke-width": 1.3 },
    path: { stroke: colours.accent, "stroke-width": 2.4 },
  };
}
