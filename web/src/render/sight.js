// What a canvas shows of the drawing, and what is in it.

/**
 * @param {Point} place
 * @param {Sight} sight
 */
export const onScreen = (place, sight) => ({
  x: (place.x - sight.left) * sight.scale,
  y: (place.y - sight.top) * sight.scale,
});
/**
 * Whether something of an entity can be seen, its halo included.
 * @param {Sign} node
 * @param {Sight} sight
 */
export function inSight(node, sight) {
  const { x, y } = onScreen(node, sight);
  const edge = 60 + 30 * sight.scale;
  return x > -edge && y > -edge && x < sight.width + edge && y < sight.height + edge;
}
/**
 * Whether a line may be seen: by the box around both ends, wide enough for the bow of a bent line.
 * @param {PlacedLine} line
 * @param {Sight} sight
 */
export function crosses({ a, b, turn }, sight) {
  const bow = turn ? 0.3 * (Math.abs(a.x - b.x) + Math.abs(a.y - b.y)) : 0;
  const [right, bottom] = [sight.left + sight.width / sight.scale, sight.top + sight.height / sight.scale];
  if (Math.max(a.x, b.x) + bow < sight.left || Math.min(a.x, b.x) - bow > right) return false;
  return Math.max(a.y, b.y) + bow >= sight.top && Math.min(a.y, b.y) - bow <= bottom;
}
