// The shape of the sign of each family, around the origin.
/**
 * Corners of a regular polygon around the origin, clockwise from an angle.
 * @param {number} count
 * @param {number} turn
 * @param {number} [radius]
 */
const corners = (count, turn, radius = 1) =>
  Array.from({ length: count }, (_, i) => {
    const angle = turn + (i * 2 * Math.PI) / count;
    return /** @type {[number, number]} */ ([radius * Math.cos(angle), radius * Math.sin(angle)]);
  });
export const UP = -Math.PI / 2;
// Each leaves room for two letters in its middle; null is a circle.
/** @type {Record<Family, [number, number][] | null>} */
const SHAPES = {
  organisation: null,
  people: [
    [-0.95, 1],
    ...corners(18, Math.PI)
      .slice(0, 10)
      .map(([x, y]) => /** @type {[number, number]} */ ([0.95 * x, y])),
    [0.95, 1],
  ],
  thing: corners(4, Math.PI / 4, 1.22),
  capability: corners(6, 0, 1.1),
  money: corners(4, 0, 1.28),
  rule: [
    [-0.7, -0.95],
    [0.7, -0.95],
    [1.2, 0.95],
    [-1.2, 0.95],
  ],
  place: [
    [-1, -0.95],
    [1, -0.95],
    [1, 0.35],
    [0, 1.2],
    [-1, 0.35],
  ],
};
export const SHAPE_FAMILIES = Object.keys(SHAPES);

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Family} family
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function trace(context, family, x, y, radius) {
  context.beginPath();
  extend(context, family, x, y, radius);
}
/**
 * Adds a sign to the path there is, so that many of them are filled at once.
 * @param {CanvasRenderingContext2D} context
 * @param {Family} family
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function extend(context, family, x, y, radius) {
  const points = SHAPES[family];
  if (!points) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  } else points.forEach(([px, py], i) => context[i ? "lineTo" : "moveTo"](x + px * radius, y + py * radius));
  context.closePath();
}
/** A star of five points, as large as 1: what is on the reader's list. */
export const STAR = corners(5, UP).flatMap((outer, i) => [outer, corners(5, UP + Math.PI / 5, 0.42)[i]]);
/**
 * Where the star of an entity is, and how large: at the upper right of its sign.
 * @param {Point} place
 * @param {number} size of the sign
 * @param {number} scale
 */
export const starAt = ({ x, y }, size, scale) => {
  const radius = Math.max(5.5, 8 * scale);
  const away = 0.7 * size + 0.45 * radius;
  return STAR.map(([px, py]) => [x + away + px * radius, y - away + py * radius]);
};
/** @param {Family} family */
export const outline = (family) => SHAPES[family];
