// Which line lies under the pointer.
import { via } from "./geometry.js";

// A bent line is looked at in as many pieces.
const PIECES = 12;
/**
 * How far a point is from the straight line between two others.
 * @param {Point} place
 * @param {Point} a
 * @param {Point} b
 */
export function distance({ x, y }, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / length)) : 0;
  return Math.hypot(x - a.x - along * dx, y - a.y - along * dy);
}
/**
 * @param {PlacedLine} line
 * @param {Point} place
 */
function distanceToLine(line, place) {
  const turn = via(line, line.a, line.b);
  if (!turn) return distance(place, line.a, line.b);
  let least = Infinity;
  let last = /** @type {Point} */ (line.a);
  for (let piece = 1; piece <= PIECES; piece += 1) {
    const t = piece / PIECES;
    /** @param {"x" | "y"} axis */
    const at = (axis) => (1 - t) ** 2 * line.a[axis] + 2 * t * (1 - t) * turn[axis] + t * t * line.b[axis];
    const next = { x: at("x"), y: at("y") };
    least = Math.min(least, distance(place, last, next));
    last = next;
  }
  return least;
}
/**
 * The nearest line that is no farther away than `reach`, in units of the drawing; what is lit comes before what is dimmed.
 * @param {PlacedLine[]} lines
 * @param {Point} place
 * @param {number} reach
 * @param {Lit | null} lit
 * @returns {PlacedLine | null}
 */
export function lineAt(lines, place, reach, lit) {
  /** @type {PlacedLine | null} */
  let best = null;
  let least = Infinity;
  for (const line of lines) {
    const { a, b } = line;
    if (a === b) continue;
    const bow = reach + (line.turn ? 0.4 * (Math.abs(a.x - b.x) + Math.abs(a.y - b.y)) : 0);
    if (place.x < Math.min(a.x, b.x) - bow || place.x > Math.max(a.x, b.x) + bow) continue;
    if (place.y < Math.min(a.y, b.y) - bow || place.y > Math.max(a.y, b.y) + bow) continue;
    const far = distanceToLine(line, place);
    if (far > reach) continue;
    const cost = far + (lit && !lit.edges.has(line.id) ? 1e6 : 0);
    if (cost < least) [best, least] = [line, cost];
  }
  return best;
}
