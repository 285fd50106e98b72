// A layout for a small selection: what is needed to the left of the one who needs it, so that harm travels from left to right.
// Layers by longest path, sorted so that few lines cross (Sugiyama, Tagawa and Toda, https://doi.org/10.1109/TSMC.1981.4308636).

/** Between columns and between rows, in units of the drawing: wide and high enough for a label of two lines. */
export const [COLUMN, ROW] = [200, 78];
// Entities below each other, at most; the rest goes beside them.
const HIGHEST = 12;
const SWEEPS = 6;

/**
 * @typedef {{ from: number, to: number, need: boolean }} Tie
 * @typedef {{ name: string, count: number, room: number } & Box} Frame
 */
/**
 * For each entity those that harm travels on to, without the links that close a circle.
 * @param {number[]} ids
 * @param {Tie[]} ties
 */
function harmFrom(ids, ties) {
  /** @type {Map<number, Set<number>>} */
  const next = new Map(ids.map((id) => [id, new Set()]));
  for (const { from, to, need } of ties) if (need && from !== to) next.get(to)?.add(from);
  /** @type {Map<number, Set<number>>} */
  const kept = new Map(ids.map((id) => [id, new Set()]));
  const done = new Set();
  // Depth first with a stack of its own: a chain may be longer than the browser's.
  for (const start of ids) {
    if (done.has(start)) continue;
    const open = new Set([start]);
    const stack = [{ id: start, rest: [...(next.get(start) ?? [])] }];
    while (stack.length) {
      const top = stack[stack.length - 1];
      const near = top.rest.shift();
      if (near === undefined) {
        done.add(top.id);
        open.delete(top.id);
        stack.pop();
        continue;
      }
      if (open.has(near) || !next.has(near)) continue;
      kept.get(top.id)?.add(near);
      if (done.has(near)) continue;
      open.add(near);
      stack.push({ id: near, rest: [...(next.get(near) ?? [])] });
    }
  }
  return kept;
}
/**
 * The column of each entity that is needed or needs; what needs nothing here stands just before the first that needs it.
 * @param {Map<number, Set<number>>} next
 */
function columnsOf(next) {
  /** @type {Map<number, number>} */
  const before = new Map([...next.keys()].map((id) => [id, 0]));
  for (const near of next.values()) for (const id of near) before.set(id, (before.get(id) ?? 0) + 1);
  const sources = [...next.keys()].filter((id) => before.get(id) === 0);
  const linked = new Set([...next].flatMap(([id, near]) => (near.size ? [id, ...near] : [])));
  /** @type {Map<number, number>} */
  const column = new Map(sources.map((id) => [id, 0]));
  const queue = [...sources];
  for (let id = queue.shift(); id !== undefined; id = queue.shift())
    for (const near of next.get(id) ?? []) {
      column.set(near, Math.max(column.get(near) ?? 0, (column.get(id) ?? 0) + 1));
      before.set(near, (before.get(near) ?? 0) - 1);
      if (before.get(near) === 0) queue.push(near);
    }
  for (const id of sources) {
    const first = Math.min(...[...(next.get(id) ?? [])].map((near) => column.get(near) ?? 0));
    if (Number.isFinite(first)) column.set(id, first - 1);
  }
  return new Map([...column].filter(([id]) => linked.has(id)));
}
/**
 * @param {Map<number, number>} column
 * @param {Map<number, Set<number>>} next
 */
function layersOf(column, next) {
  const count = Math.max(-1, ...column.values()) + 1;
  /** @type {number[][]} */
  const layers = Array.from({ length: count }, () => []);
  for (const [id, at] of column) layers[at].push(id);
  /** @type {Map<number, number[]>} */
  const near = new Map([...column.keys()].map((id) => [id, []]));
  for (const [id, others] of next)
    for (const other of others) {
      near.get(id)?.push(other);
      near.get(other)?.push(id);
    }
  const place = new Map();
  /** @param {number[]} layer */
  const number = (layer) => layer.forEach((id, at) => place.set(id, (at + 0.5) / layer.length));
  layers.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1)
    for (const layer of sweep % 2 ? layers.toReversed() : layers) {
      const middle = new Map(
        layer.map((id) => {
          const others = near.get(id) ?? [];
          return [id, others.reduce((sum, other) => sum + place.get(other), 0) / Math.max(1, others.length)];
        }),
      );
      layer.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0) || a - b);
      number(layer);
    }
  return layers.filter((layer) => layer.length);
}
/**
 * @param {number[]} ids in order of their rows
 * @param {Tie[]} ties
 * @returns {{ places: Map<number, Point>, frames: Frame[] }}
 */
export function layered(ids, ties) {
  const next = harmFrom(ids, ties);
  const layers = layersOf(columnsOf(next), next);
  /** @type {Map<number, Point>} */
  const places = new Map();
  let left = 0;
  let lowest = 0;
  for (const layer of layers) {
    const wide = Math.ceil(layer.length / HIGHEST);
    const high = Math.ceil(layer.length / wide);
    layer.forEach((id, at) => {
      const [row, beside] = [Math.floor(at / wide), at % wide];
      // Those beside each other are shifted, so that lines pass between them.
      const y = (row - (high - 1) / 2) * ROW + (wide > 1 ? (beside % 2 ? ROW / 4 : -ROW / 4) : 0);
      places.set(id, { x: left + beside * COLUMN, y });
      lowest = Math.max(lowest, y);
    });
    left += wide * COLUMN + COLUMN * 0.3;
  }
  const rest = ids.filter((id) => !places.has(id));
  const across = Math.max(layers.length ? Math.round(left / COLUMN) : 0, Math.ceil(Math.sqrt(rest.length)), 1);
  const top = layers.length ? lowest + 2 * ROW : 0;
  rest.forEach((id, at) => {
    places.set(id, { x: (at % across) * COLUMN, y: top + Math.floor(at / across) * ROW });
  });
  return { places, frames: framesOf(layers.flat(), rest, places) };
}
/**
 * @param {number[]} harmed
 * @param {number[]} rest
 * @param {Map<number, Point>} places
 * @returns {Frame[]}
 */
function framesOf(harmed, rest, places) {
  const parts = /** @type {[string, number[]][]} */ ([
    ["Harm travels from left to right", harmed],
    ["Linked in other ways", rest],
  ]);
  return parts
    .filter(([, ids]) => ids.length)
    .map(([name, ids]) => {
      const box = around(ids, places);
      // Wide enough for the name.
      return { name, count: ids.length, ...box, right: Math.max(box.right, box.left + 1.6 * COLUMN) };
    });
}
// Above the first row of a frame, for its heading.
const HEADING = 62;
/**
 * The frame around some entities, with room for their labels and a heading.
 * @param {number[]} ids
 * @param {Map<number, Point>} places
 */
export function around(ids, places) {
  const points = ids.map((id) => /** @type {Point} */ (places.get(id)));
  /** @param {"x" | "y"} axis */
  const span = (axis) => {
    let [least, most] = [Infinity, -Infinity];
    for (const point of points) [least, most] = [Math.min(least, point[axis]), Math.max(most, point[axis])];
    return [least, most];
  };
  const [[left, right], [top, bottom]] = [span("x"), span("y")];
  return { left: left - COLUMN / 2, right: right + COLUMN / 2, top: top - HEADING, bottom: bottom + 52, room: HEADING };
}
