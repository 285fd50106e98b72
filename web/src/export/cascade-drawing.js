// The board of the cascade as a drawing to save: columns, cards, lines and losses, as far as it is stepped.
import { raw } from "../model/data.js";
import { percent, range } from "../model/format.js";
import {
  cards as cardsAt,
  causalPath,
  firstStep,
  folded as foldedAt,
  impacts,
  lastStep,
  run,
  shortages,
} from "../model/runs.js";
import { colours } from "../render/palette.js";
import { state } from "../store.js";
import { fill, flow, heading, make, mix, sheet, title, write } from "./svg-elements.js";

/** @param {number} step */
const cards = (step) => cardsAt(step, state.small);
/** @param {number} step */
const folded = (step) => foldedAt(step, state.small);

const [WIDE, GAP, LEFT, TOP] = [224, 40, 32, 124];

export function cascadeDrawing() {
  const path = new Set(state.row >= 0 ? causalPath(impacts[state.row]).map((impact) => impact.index) : []);
  const boxes = new Map();
  const columns = Array.from({ length: lastStep + 1 - firstStep }, (_, i) =>
    column(firstStep + i, LEFT + i * (WIDE + GAP), boxes),
  );
  const bottom = Math.max(...columns.map((item) => item.bottom));
  const width = Math.max(560, 2 * LEFT + columns.length * (WIDE + GAP) - GAP);
  const name = String(run.shock_label || run.shock || "Shock");
  const key = flow(
    [
      {
        wide: 20,
        build: (/** @type {number} */ x, /** @type {number} */ y) =>
          write("Loss", { x, y: y + 18, "font-weight": 600, fill: colours.quiet }),
      },
      ...[0.1, 0.45, 0.75, 1].map(dotKey),
    ],
    width,
    bottom + 20,
  );
  return sheet(
    width,
    key.bottom + 20,
    `${raw.title}: ${name}`,
    heading(name, `${raw.title} · ${impacts.length} affected · step ${state.step} of ${lastStep}`),
    make("g", { id: "lines", fill: "none" }, ...curves(boxes, path)),
    ...columns.map(({ element }) => element),
    make("g", { id: "cards" }, ...[...boxes].map(([row, box]) => card(impacts[row], box, path))),
    make("g", { id: "legend" }, ...key.built),
  );
}
/** @param {Impact} impact */
const names = (impact) => fill(impact.label, WIDE - 42 - 12 - 8 - (range(impact) ? 52 : 36), 4, 13);
/**
 * @param {number} step
 * @param {number} x
 * @param {Map<number, CardBox>} boxes
 */
function column(step, x, boxes) {
  const inColumn = step <= state.step ? cards(step) : [];
  const rest = folded(step);
  let y = TOP;
  for (const impact of inColumn) {
    const high = 34 + names(impact).length * 16;
    boxes.set(impact.index, { x, y, high });
    y += high + 8;
  }
  const more =
    step <= state.step && rest > 0 ? write(`${rest} more`, { x: x + 12, y: y + 16, fill: colours.quiet }) : null;
  const total = cards(step).length + rest;
  const element = make(
    "g",
    { opacity: step <= state.step ? null : 0.5 },
    write(step === 0 ? "Hit" : `Step ${step}`, { x: x + 2, y: TOP - 18, "font-weight": 600, fill: colours.quiet }),
    write(String(total), { x: x + WIDE - 2, y: TOP - 18, "text-anchor": "end", fill: colours.quiet }),
    make("line", { x1: x, x2: x + WIDE, y1: TOP - 8, y2: TOP - 8, stroke: colours.line }),
    ...(more ? [more] : []),
  );
  return { element, bottom: y + (more ? 28 : 0) };
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
/** @param {number} loss */
const dotKey = (loss) => ({
  wide: 26 + 8 + 36,
  build: (/** @type {number} */ x, /** @type {number} */ y) =>
    make("g", {}, dot(loss, x + 13, y + 14), write(percent(loss), { x: x + 34, y: y + 18, fill: colours.quiet })),
});

/**
 * @param {Impact} impact
 * @param {CardBox} box
 * @param {Set<number>} path
 */
function card(impact, { x, y, high }, path) {
  const marked = path.has(impact.index);
  const dim = path.size > 0 && !marked && impacts[impact.cause]?.index !== state.row;
  const lines = names(impact);
  return make(
    "g",
    { opacity: dim ? 0.42 : null },
    title(
      `${impact.label}: loses ${percent(impact.loss)}${range(impact) ? ` (${range(impact)})` : ""}, step ${impact.step}`,
    ),
    make("rect", {
      x,
      y,
      width: WIDE,
      height: high,
      rx: 8,
      fill: colours.surface,
      stroke: marked ? colours.accent : colours.line,
      "stroke-width": impact.index === state.row ? 2 : 1,
    }),
    dot(impact.loss, x + 21, y + high / 2),
    ...lines.map((line, i) =>
      write(line, { x: x + 42, y: y + 20 + i * 16, "font-size": 13, fill: colours.ink, direction: null }),
    ),
    write(impact.class.replace(/(?<=[a-z])(?=[A-Z])/g, " "), {
      x: x + 42,
      y: y + 20 + lines.length * 16,
      "font-size": 11.5,
      fill: colours.quiet,
    }),
    write(percent(impact.loss), {
      x: x + WIDE - 12,
      y: y + high / 2 - (range(impact) ? 2 : -4),
      "text-anchor": "end",
      "font-weight": 700,
      fill: colours.ink,
    }),
    ...(range(impact)
      ? [
          write(range(impact), {
            x: x + WIDE - 12,
            y: y + high / 2 + 14,
            "text-anchor": "end",
            "font-size": 11,
            fill: colours.quiet,
          }),
        ]
      : []),
  );
}

/**
 * @param {Map<number, CardBox>} boxes
 * @param {Set<number>} path
 */
function curves(boxes, path) {
  /** @param {number} row */
  const box = (row) => /** @type {CardBox} */ (boxes.get(row));
  /** @param {Impact} impact */
  const onPath = (impact) => path.has(impact.index) && path.has(impact.cause);
  const plain = mix(colours.quiet, colours.paper, 0.45);
  /** @param {Impact} impact */
  const looks = (impact) => {
    if (onPath(impact)) return { stroke: colours.accent, "stroke-width": 2.4 };
    if (!path.size) return { stroke: plain, "stroke-width": 1.3 };
    return impact.cause === state.row
      ? { stroke: mix(colours.accent, colours.paper, 0.55), "stroke-width": 1.3 }
      : { stroke: plain, "stroke-width": 1.3, opacity: 0.35 };
  };
  const binding = impacts.filter((impact) => boxes.has(impact.cause) && boxes.has(impact.index));
  const thin = shortages.filter(
    ([cause, effect]) =>
      state.row >= 0 &&
      (cause === state.row || effect === state.row) &&
      impacts[effect].cause !== cause &&
      boxes.has(cause) &&
      boxes.has(effect),
  );
  return [
    ...thin.map(([cause, effect]) =>
      curve(box(cause), box(effect), { stroke: plain, "stroke-width": 0.8, "stroke-dasharray": "3 3" }),
    ),
    ...binding
      .toSorted((a, b) => Number(onPath(a)) - Number(onPath(b)))
      .map((impact) => curve(box(impact.cause), box(impact.index), looks(impact))),
  ];
}
/**
 * @param {CardBox} a
 * @param {CardBox} b
 * @param {Attributes} look
 */
function curve(a, b, look) {
  const [x1, y1, x2, y2] = [a.x + WIDE, a.y + a.high / 2, b.x, b.y + b.high / 2];
  const reach = x2 > x1 ? Math.max(24, (x2 - x1) / 2) : 60;
  return make("path", { d: `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}`, ...look });
}
