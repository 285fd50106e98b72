// How entities and lines look, on the canvas and in a saved drawing.
import { LINES } from "../model/styles.js";
import { colours } from "./palette.js";

// Thousands of long dashed lines take a computer without graphics card half a minute: then plain ones, but what is lit.
export const MANY = 1500;
// With more lines than this lit, they are lighter, and carry no letters.
export const CROWD = 26;

/**
 * From afar signs stay large enough to tell shape and letter, and which is larger; but never so large that neighbours
 * touch (layout.py keeps 84 apart).
 * @param {number} size
 * @param {number} scale
 * @param {number} count
 */
export const signRadius = (size, scale, count) =>
  Math.max(size, Math.min(38, ((count <= 130 ? 9.5 : 4.5) / scale) * (0.35 + size / 22)));

/**
 * @param {number} id
 * @param {Lit | null} lit
 * @param {number} hovered
 */
export const alphaOf = (id, lit, hovered) => (lit && !lit.nodes.has(id) && id !== hovered ? 0.16 : 1);

/**
 * Lines between the same two bend apart; among very many it could not be seen.
 * @param {Omit<Line, "turn" | "roundness" | "many">[]} edges
 */
export function bend(edges) {
  const between = new Map();
  const many = edges.length > MANY;
  const placed = edges.map((edge) => {
    if (many) return [edge, "", 0];
    const pair = edge.from < edge.to ? `${edge.from},${edge.to}` : `${edge.to},${edge.from}`;
    const order = between.get(pair) || 0;
    between.set(pair, order + 1);
    return [edge, pair, order];
  });
  return placed.map(([edge, pair, order]) => {
    if (many || between.get(pair) === 1) return { ...edge, turn: 0, roundness: 0, many };
    // Turn against the direction of the line, so that there and back do not fall together.
    return {
      ...edge,
      turn: (order % 2 === 0) === edge.from < edge.to ? 1 : -1,
      roundness: 0.12 + 0.12 * Math.floor(order / 2),
      many,
    };
  });
}

/**
 * Where a bent line is drawn to: the control point of a quadratic curve.
 * @param {Line} edge
 * @param {Point} a
 * @param {Point} b
 */
export function via(edge, a, b) {
  if (!edge.turn) return null;
  const half = 0.5 + edge.roundness / 2;
  const share = edge.turn > 0 ? half : 0.5 - edge.roundness / 2;
  const angle = Math.atan2(a.y - b.y, b.x - a.x) + share * Math.PI;
  const reach = half * Math.hypot(b.x - a.x, b.y - a.y);
  return { x: a.x + reach * Math.sin(angle), y: a.y + reach * Math.cos(angle) };
}
/**
 * @param {Line} edge
 * @param {Point} a
 * @param {Point} b
 */
export function middle(edge, a, b) {
  const turn = via(edge, a, b);
  return turn
    ? { x: (a.x + 2 * turn.x + b.x) / 4, y: (a.y + 2 * turn.y + b.y) / 4 }
    : { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

// With the colours of the style sheet this is a contrast of at least 3:1 on paper (tests/js/contrast.test.js); what a
// selection dims is meant to step back.
export const ORDINARY = 0.85;
const DIMMED = 0.1;
/**
 * @param {Pick<Line, "id" | "family" | "hub" | "many">} edge
 * @param {Lit | null} lit
 */
export function lineLook(edge, lit) {
  const family = LINES[edge.family];
  const touched = lit !== null && lit.edges.has(edge.id);
  const crowd = lit !== null && lit.nodes.size > CROWD;
  return {
    colour: colours[`edge-${edge.family}`],
    opacity: lit && !touched ? DIMMED : crowd || !touched ? ORDINARY : 1,
    width: touched && !crowd ? 2 : edge.hub ? 1 : 1.3,
    dash: edge.many && !touched ? null : family.dash || null,
    arrow: !edge.many || touched ? family.arrow : null,
  };
}

// The end of a line as polygon (or open stroke) around its tip, for a line that arrives at an angle.
/** @type {Record<ArrowKind, [number, number][]>} */
const HEADS = {
  arrow: [
    [0, 0],
    [-1, 0.32],
    [-0.9, 0],
    [-1, -0.32],
  ],
  diamond: [
    [0, 0],
    [-0.5, -0.3],
    [-1, 0],
    [-0.5, 0.3],
  ],
  bar: [
    [0, 0.5],
    [0, -0.5],
    [-0.15, -0.5],
    [-0.15, 0.5],
  ],
  vee: [
    [0, 0],
    [-1, 0.36],
    [-0.62, 0],
    [-1, -0.36],
  ],
};
/**
 * @param {ArrowKind} kind
 * @param {Point} tip
 * @param {number} angle
 * @param {number} length
 */
export function headPoints(kind, tip, angle, length) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return HEADS[kind].map(([x, y]) => [tip.x + length * (x * cos - y * sin), tip.y + length * (x * sin + y * cos)]);
}
/**
 * Where a line touches the sign it leads to, and from where it comes.
 * @param {Line} edge
 * @param {Point} a
 * @param {Point} b
 * @param {number} room
 */
export function arrival(edge, a, b, room) {
  const from = via(edge, a, b) || a;
  const angle = Math.atan2(b.y - from.y, b.x - from.x);
  return { angle, tip: { x: b.x - room * Math.cos(angle), y: b.y - room * Math.sin(angle) } };
}
