// Labels on the map: always of one legible size, and none over another. The important ones come first.
import { edges, nodes } from "../model/data.js";
import { degree } from "../model/graph.js";
import { impactOf } from "../model/runs.js";
import { shortWords } from "../model/line-words.js";
import { LINES } from "../model/styles.js";
import { legible } from "../model/text.js";
import { state } from "../store.js";
import { CROWD, middle, signRadius } from "./geometry.js";
import { scene, sizeOf } from "./scene.js";

export const FONT = 12;
export const LINE = 14;
// Labels that are drawn, at most: more could not be read, and would take time.
const MOST = 500;
// With more signs than this in sight only the LEADING are labelled, over signs smaller than READABLE pixels.
const [CROWDED, LEADING, READABLE] = [400, 60, 6];
// Entities whose labels are written a little farther off where there is no room beside them.
const FOREMOST = 3;
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

// The selection first, then what is lit, then what loses or is needed most.
/** @param {number} node */
function importance(node) {
  if (node === state.selected || node === scene.hovered) return 1e9;
  return (scene.lit?.nodes.has(node) ? 1e6 : 0) + (scene.weighed.get(node)?.weight ?? 0) + degree(node) / 1e6;
}

/**
 * Below the sign, else above, right, left, or beside it higher or lower: the first place that is free.
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
    ...[y + 0.5 * far, y - 0.5 * far - height].flatMap((top) => [
      { x: x + 0.8 * far + 4 + width / 2, left: x + 0.8 * far + 4, top },
      { x: x - 0.8 * far - 4 - width / 2, left: x - 0.8 * far - 4 - width, top },
    ]),
  ].map((place) => ({ ...place, right: place.left + width, bottom: place.top + height }));
}
/**
 * A short line from a sign to a label that is not beside it.
 * @param {Box} box
 * @param {Spot} node
 * @returns {[from: Point, to: Point]}
 */
function leaderTo(box, { x, y, size }) {
  const to = { x: Math.max(box.left, Math.min(box.right, x)), y: Math.max(box.top, Math.min(box.bottom, y)) };
  const far = Math.max(1, Math.hypot(to.x - x, to.y - y));
  return [{ x: x + (size * (to.x - x)) / far, y: y + (size * (to.y - y)) / far }, to];
}
/**
 * The same places moved away from the sign.
 * @param {LabelPlace[]} places
 * @param {Spot} node
 * @returns {LabelPlace[]}
 */
function farther(places, node) {
  return [12, 24, 42].flatMap((step) =>
    places.map((place) => {
      const dx = step * Math.sign(Math.round(place.x - node.x));
      const dy = step * Math.sign(Math.round((place.top + place.bottom) / 2 - node.y));
      const { x, left, right, top, bottom } = place;
      return {
        ...place,
        leader: step > 12,
        x: x + dx,
        left: left + dx,
        right: right + dx,
        top: top + dy,
        bottom: bottom + dy,
      };
    }),
  );
}
// Boxes that are taken, by squares of the screen: only the ones nearby are compared.
const CELL = 80;
export class Taken {
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
    size: signRadius(sizeOf(id), view.scale, scene.drawn.length) * view.scale,
  }));
  const inSight = onView.filter((n) => n.x > -90 && n.y > -30 && n.x < view.width + 90 && n.y < view.height + 30);
  const boxes = new Taken();
  // Among hundreds, labels of what matters most lie over the small signs: there would be none otherwise.
  const crowded = inSight.length > CROWDED && !view.all;
  for (const n of inSight)
    if (!crowded || n.size >= READABLE)
      boxes.add({ id: n.id, left: n.x - n.size, right: n.x + n.size, top: n.y - n.size, bottom: n.y + n.size });
  for (const box of view.reserved ?? []) boxes.add({ id: -1, ...box });
  const wanted = inSight.filter(
    (n) => n.id !== view.without && (view.all || !scene.lit || scene.lit.nodes.has(n.id) || n.id === scene.hovered),
  );
  const rank = new Map(wanted.map((n) => [n.id, importance(n.id)]));
  wanted.sort((a, b) => /** @type {number} */ (rank.get(b.id)) - /** @type {number} */ (rank.get(a.id)) || a.id - b.id);
  const letters = scene.lit && scene.lit.nodes.size <= CROWD ? lineLetters(view, boxes) : [];
  const counts = view.all ? [] : wanted.map((n) => hiddenCount(n, view.scale, boxes)).filter((item) => item !== null);
  const labels = wanted
    .slice(0, view.all ? Infinity : crowded ? LEADING : MOST)
    .map((n, place) => labelPlace(n, view, boxes, measure, place < FOREMOST))
    .filter((item) => item !== null);
  return { letters: letters.map((item) => lineWords(item, boxes, measure)), counts, labels };
}
/**
 * @param {Spot} node
 * @param {WritingView} view
 * @param {Taken} boxes
 * @param {Measure} measure
 * @param {boolean} [far] whether it may be written farther off
 */
export function labelPlace(node, view, boxes, measure, far = false) {
  const first = node.id === state.selected || (node.id === scene.hovered && !view.all);
  const { lines, width } = wrap((line) => measure(line, first), nodes[node.id].label, view.all ? 3 : 2);
  const ring = impactOf.has(node.id) || first ? 9 * view.scale : 2;
  const options = places(node, ring, width + 6, lines.length * LINE, view.width);
  /** @param {LabelPlace[]} list */
  const within = (list) => list.filter((place) => place.left > 0 && place.right < view.width);
  const inside = within(options);
  const free = (/** @type {LabelPlace[]} */ list) => list.find((item) => boxes.free(item, node.id));
  // What matters most is written a little farther off where there is no room beside it.
  /** @type {LabelPlace | null | undefined} */
  const place =
    free(inside) || (far ? free(within(farther(inside, node))) : null) || (first || view.all ? options[0] : null);
  if (!place) return null;
  boxes.add({ id: -1, ...place });
  const leader = place.leader ? leaderTo(place, node) : null;
  return { id: node.id, lines, x: place.x, top: place.top, bold: first, width, leader };
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
      boxes.add({ id: ownerOf(line.id), left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 });
      return { id: line.id, x, y, letter: LINES[line.family].letter, family: line.family, words: "" };
    })
    .filter((item) => item !== null);
}
/**
 * Boxes of entities have their rows; those of lines have numbers of their own.
 * @param {number} line
 */
const ownerOf = (line) => -2 - line;
// With more lines than this lit there is no room for words.
const WORDS = 14;
/**
 * Words in place of the letter, where there is room for them.
 * @param {LineLetter} item
 * @param {Taken} boxes
 * @param {Measure} measure
 * @returns {LineLetter}
 */
function lineWords(item, boxes, measure) {
  if (/** @type {Lit} */ (scene.lit).edges.size > WORDS) return item;
  const words = clip(legible(shortWords(edges[item.id])), 30);
  const half = measure(words, false) / 2 + 4;
  const box = { left: item.x - half, right: item.x + half, top: item.y - 8, bottom: item.y + 8 };
  if (!boxes.free(box, ownerOf(item.id))) return item;
  boxes.add({ id: ownerOf(item.id), ...box });
  return { ...item, words };
}
