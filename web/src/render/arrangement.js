// Where entities are: at the places that came with the page, in groups, or, for a small selection, in layers of its own.
import { edges, nodes } from "../model/data.js";
import { grouped } from "../model/grouping.js";
import { impactOf } from "../model/runs.js";
import { layered } from "../model/layered.js";

// The places of the map by links, which others leave alone; what is dragged there stays there.
const home = nodes.map(({ x, y }) => ({ x, y }));
/** @param {number} node */
export function keepPlace(node) {
  if (current.startsWith("links")) home[node] = { x: nodes[node].x, y: nodes[node].y };
}
let current = "links";
/** @type {import("../model/layered.js").Frame[]} */
let frames = [];

/**
 * Puts entities to their places; returns the frames of groups, and whether anything has moved.
 * @param {Arrangement} arrangement
 * @param {number[]} ids what is drawn
 * @param {number} [shape] of the view: its width for a height of 1
 * @param {(id: number) => boolean} [unknown] whether it is not known what an entity loses
 */
export function arrange({ by, around }, ids, shape = 1.2, unknown = () => false) {
  const steps = by === "tier" ? ids.map((id) => impactOf.get(id)?.step ?? unknown(id)) : [];
  const key = by === "links" ? "links" : `${by} ${around} ${ids.join()} ${steps.join()}`;
  if (key === current) return { frames, moved: false };
  current = key;
  nodes.forEach((node, row) => Object.assign(node, home[row]));
  if (by === "links") {
    frames = [];
    return { frames, moved: true };
  }
  const among = new Set(ids);
  const answer =
    by === "alone"
      ? layered(
          ids,
          edges
            .filter(({ inWorld, from, to }) => inWorld && among.has(from) && among.has(to))
            .map(({ from, to, kind }) => ({ from, to, need: kind.family === "need" })),
        )
      : grouped(by, ids, around, unknown);
  const { wide, high } = stretch(answer.frames, shape);
  for (const [id, { x, y }] of answer.places) Object.assign(nodes[id], { x: x * wide, y: y * high });
  frames = answer.frames.map(({ left, right, top, bottom, room, ...frame }) => ({
    ...frame,
    left: left * wide,
    right: right * wide,
    top: top * high,
    bottom: bottom * high,
    room: room * high,
  }));
  return { frames, moved: true };
}
// No more than so many times as wide or as high.
const MOST = 3;
/**
 * What is flat is drawn apart in height, and what is narrow in width, to use the view: labels find more room.
 * @param {Box[]} boxes
 * @param {number} shape
 */
function stretch(boxes, shape) {
  /** @param {number[]} values */
  const size = (values) => Math.max(...values) - Math.min(...values);
  const width = size(boxes.flatMap(({ left, right }) => [left, right]));
  const height = size(boxes.flatMap(({ top, bottom }) => [top, bottom]));
  const ratio = width / height / shape;
  return { wide: Math.min(MOST, Math.max(1, 1 / ratio)), high: Math.min(MOST, Math.max(1, ratio)) };
}
