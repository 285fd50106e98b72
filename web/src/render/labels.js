// Labels on the map: always of one legible size, and none over another. The important ones come first.
import { nodes } from "../model/data.js";
import { degree } from "../model/graph.js";
import { impactOf } from "../model/runs.js";
import { LINES } from "../model/styles.js";
import { legible } from "../model/text.js";
import { state } from "../store.js";
import { CROWD, middle, radius, signRadius } from "./geometry.js";
import { colours } from "./palette.js";
import { scene } from "./scene.js";

export const FONT = 12;
export const LINE = 14;
// Labels that are drawn, at most: more could not be read, and would take time.
const MOST = 500;
const wrapped = new Map();
/** @param {boolean} bold */
export const font = (bold) => `${bold ? 600 : 400} ${FONT}px system-ui, sans-serif`;

/**
 * A label in lines, as many as there may be, with their width.
 * @param {(line: string) => number} measure
 * @param {string} label
 * @param {number} [most]
 */
export function wrap(measure, label, most = 2) {
  const key = `${most}${label}`;
  if (wrapped.has(key)) return wrapped.get(key);
  const lines = [""];
  for (const word of legible(label).replace(/\s+/g, " ").trim().split(" ")) {
    const joined = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (joined.length <= 20 || !lines.at(-1)) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  const kept = lines.slice(0, most).map((line) => clip(line, 24));
  if (lines.length > most) kept[most - 1] = `${clip(lines[most - 1], 22)}…`;
  const result = { lines: kept, width: Math.max(...kept.map(measure)) };
  wrapped.set(key, result);
  return result;
}
/**
 * By code points: half an emoji is not text.
 * @param {string} line
 * @param {number} length
 */
export const clip = (line, length) =>
  [...line].length > length
    ? `${[...line]
        .slice(0, length - 1)
        .join("")
        .replace(/…$/, "")}…`
    : line;
/** @param {string} line */
export const rightToLeft = (line) => /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u.test(line);

/** @param {number} node */
function importance(node) {
  if (node === state.selected || node === scene.hovered) return 1e6;
  const impact = impactOf.get(node);
  return (scene.lit?.nodes.has(node) ? 1e4 : 0) + (impact ? 30 * impact.loss : 0) + degree(node);
}

/**
 * Below the sign, else above, right, left: the first place that is free.
 * @param {Spot} spot
 * @param {number} ring
 * @param {number} width
 * @param {number} height
 * @param {number} limit
 */
function places({ x, y, size }, ring, width, height, limit) {
  // What would run over the edge moves inwards.
  const inner = x < -size || x > limit + size ? x : Math.max(width / 2 + 4, Math.min(limit - width / 2 - 4, x));
  const far = size + ring;
  return [
    { x: inner, left: inner - width / 2, top: y + far + 5 },
    { x: inner, left: inner - width / 2, top: y - far - 5 - height },
    { x: x + far + 6 + width / 2, left: x + far + 6, top: y - height / 2 },
    { x: x - far - 6 - width / 2, left: x - far - 6 - width, top: y - height / 2 },
  ].map((place) => ({ ...place, right: place.left + width, bottom: place.top + height }));
}
// Boxes that are taken, by squares of the screen: only the ones nearby are compared.
const CELL = 80;
class Taken {
  cells = new Map();
  /** @param {Box} box */
  *keys(box) {
    for (let x = Math.floor(box.left / CELL); x <= Math.floor(box.right / CELL); x += 1)
      for (let y = Math.floor(box.top / CELL); y <= Math.floor(box.bottom / CELL); y += 1) yield x * 4096 + y;
  }
  /** @param {Box & { id: number }} box */
  add(box) {
    for (const key of this.keys(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }
  /**
   * @param {Box} box
   * @param {number} owner
   */
  free(box, owner) {
    for (const key of this.keys(box))
      for (const other of this.cells.get(key) || []) if (other.id !== owner && overlap(box, other)) return false;
    return true;
  }
}
/**
 * @param {Box} a
 * @param {Box} b
 */
const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * What is written where, in pixels of a view { scale, width, height, place(node), all, without }:
 * on the screen, perhaps without an entity that is being dragged, or in a saved drawing with all labels.
 * @param {WritingView} view
 * @param {Measure} measure
 */
export function writing(view, measure) {
  const onView = scene.drawn.map((id) => ({
    id,
    ...view.place(id),
    size: signRadius(radius(degree(id)), view.scale, scene.drawn.length) * view.scale,
  }));
  const inSight = onView.filter((n) => n.x > -90 && n.y > -30 && n.x < view.width + 90 && n.y < view.height + 30);
  const boxes = new Taken();
  for (const n of inSight)
    boxes.add({ id: n.id, left: n.x - n.size, right: n.x + n.size, top: n.y - n.size, bottom: n.y + n.size });
  const wanted = inSight.filter(
    (n) => n.id !== view.without && (view.all || !scene.lit || scene.lit.nodes.has(n.id) || n.id === scene.hovered),
  );
  const rank = new Map(wanted.map((n) => [n.id, importance(n.id)]));
  wanted.sort((a, b) => /** @type {number} */ (rank.get(b.id)) - /** @type {number} */ (rank.get(a.id)) || a.id - b.id);
  const letters = scene.lit && scene.lit.nodes.size <= CROWD ? lineLetters(view, boxes) : [];
  const counts = view.all ? [] : wanted.map((n) => hiddenCount(n, view.scale, boxes)).filter((item) => item !== null);
  const labels = wanted
    .slice(0, view.all ? Infinity : MOST)
    .map((n) => labelPlace(n, view, boxes, measure))
    .filter((item) => item !== null);
  return { letters, counts, labels };
}
/**
 * @param {Spot} node
 * @param {WritingView} view
 * @param {Taken} boxes
 * @param {Measure} measure
 */
function labelPlace(node, view, boxes, measure) {
  const first = node.id === state.selected || (node.id === scene.hovered && !view.all);
  const { lines, width } = wrap((line) => measure(line, first), nodes[node.id].label, view.all ? 3 : 2);
  const ring = impactOf.has(node.id) || first ? 9 * view.scale : 2;
  const options = places(node, ring, width + 6, lines.length * LINE, view.width);
  const inside = options.filter((place) => place.left > 0 && place.right < view.width);
  const place = inside.find((item) => boxes.free(item, node.id)) || (first || view.all ? options[0] : null);
  if (!place) return null;
  boxes.add({ id: -1, ...place });
  return { id: node.id, lines, x: place.x, top: place.top, bold: first, width };
}
/**
 * "+3": neighbours that are not shown.
 * @param {Spot} node
 * @param {number} scale
 * @param {Taken} boxes
 */
function hiddenCount(node, scale, boxes) {
  if (scale < 0.8 && node.id !== state.selected && node.id !== scene.hovered) return null;
  const count = scene.hides.get(node.id);
  if (!count) return null;
  const off = node.size + (impactOf.has(node.id) ? 8 * scale : 0);
  const [x, y] = [node.x + off * 0.8 + 8, node.y - off - 6];
  boxes.add({ id: -1, left: x - 8, right: x + 8, top: y, bottom: y + 10 });
  return { text: `+${count}`, x, y };
}
/**
 * Lines that are lit carry the letter of their family: never colour alone.
 * @param {WritingView} view
 * @param {Taken} boxes
 */
function lineLetters(view, boxes) {
  return scene.lines
    .filter((line) => scene.lit?.edges.has(line.id) && line.from !== line.to)
    .map((line) => {
      const [a, b] = [view.place(line.from), view.place(line.to)];
      if (Math.hypot(a.x - b.x, a.y - b.y) < 70) return null;
      const { x, y } = middle(line, a, b);
      boxes.add({ id: -1, left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 });
      return { x, y, letter: LINES[line.family].letter, family: line.family };
    })
    .filter((item) => item !== null);
}

/**
 * Onto the canvas, from here on in pixels of the screen, whatever the zoom.
 * @param {CanvasRenderingContext2D} context
 * @param {WritingView} view
 */
function ready(context, view) {
  const ratio = context.canvas.width / view.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.lineJoin = "round";
  context.textAlign = "center";
  context.textBaseline = "top";
  return view;
}
/** @param {CanvasRenderingContext2D} context */
const measurer = (context) => (/** @type {string} */ line, /** @type {boolean} */ bold) => {
  context.font = font(bold);
  return context.measureText(line).width;
};
/**
 * @param {CanvasRenderingContext2D} context
 * @param {WritingView} view
 * @param {number} [without]
 */
export function paintLabels(context, view, without = -1) {
  context.save();
  const { letters, counts, labels } = writing({ ...ready(context, view), without }, measurer(context));
  letters.forEach((item) => paintLetter(context, item));
  counts.forEach((item) => paintCount(context, item));
  labels.forEach((item) => paintLabel(context, item));
  context.restore();
}
/**
 * The label of what is pointed at, above a picture that holds the others.
 * @param {CanvasRenderingContext2D} context
 * @param {WritingView} view
 * @param {number} id
 */
export function paintOneLabel(context, view, id) {
  context.save();
  ready(context, view);
  const node = {
    id,
    ...view.place(id),
    size: signRadius(radius(degree(id)), view.scale, scene.drawn.length) * view.scale,
  };
  const label = labelPlace(node, view, new Taken(), measurer(context));
  if (!label) return context.restore();
  context.fillStyle = colours.paper;
  context.fillRect(label.x - label.width / 2 - 4, label.top - 1, label.width + 8, label.lines.length * LINE + 3);
  paintLabel(context, label);
  return context.restore();
}
/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ lines: string[], x: number, top: number, bold: boolean }} options
 */
function paintLabel(context, { lines, x, top, bold }) {
  context.font = font(bold);
  context.strokeStyle = colours.paper;
  context.lineWidth = 4;
  context.fillStyle = colours.ink;
  lines.forEach((line, i) => {
    context.direction = rightToLeft(line) ? "rtl" : "ltr";
    context.strokeText(line, x, top + 1 + i * LINE);
    context.fillText(line, x, top + 1 + i * LINE);
  });
}
/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point & { text: string }} place
 */
function paintCount(context, { text, x, y }) {
  context.font = "600 10px system-ui, sans-serif";
  context.direction = "ltr";
  context.strokeStyle = colours.paper;
  context.lineWidth = 3;
  context.fillStyle = colours.quiet;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}
/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point & { letter: string, family: LineFamily }} place
 */
function paintLetter(context, { x, y, letter, family }) {
  context.beginPath();
  context.arc(x, y, 7, 0, 2 * Math.PI);
  context.fillStyle = colours.paper;
  context.fill();
  context.font = "700 9px system-ui, sans-serif";
  context.direction = "ltr";
  context.fillStyle = colours[`edge-${family}`];
  context.fillText(letter, x, y - 4);
}
