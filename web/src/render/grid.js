// Which entities lie near a point: squares of the drawing, so that a click asks a handful and not thousands.
const CELL = 128;
/**
 * @param {number} x
 * @param {number} y
 */
const key = (x, y) => Math.floor(x / CELL) * 1048576 + Math.floor(y / CELL);

export class Grid {
  /** @type {Map<number, Sign[]>} */
  #cells = new Map();
  /** @param {Sign[]} nodes */
  constructor(nodes) {
    for (const node of nodes) this.add(node);
  }
  /** @param {Sign} node */
  add(node) {
    const place = key(node.x, node.y);
    if (!this.#cells.has(place)) this.#cells.set(place, []);
    this.#cells.get(place)?.push(node);
  }
  /** @param {Sign} node */
  remove(node) {
    const cell = this.#cells.get(key(node.x, node.y));
    if (cell) cell.splice(cell.indexOf(node), 1);
  }
  /**
   * The nearest whose sign reaches the point; reach(node) in units of the drawing.
   * @param {number} x
   * @param {number} y
   * @param {number} widest
   * @param {(node: Sign) => number} reach
   * @returns {Sign | null}
   */
  nearest(x, y, widest, reach) {
    /** @type {Sign | null} */
    let best = null;
    let least = Infinity;
    for (let left = x - widest; left < x + widest + CELL; left += CELL)
      for (let top = y - widest; top < y + widest + CELL; top += CELL)
        for (const node of this.#cells.get(key(left, top)) || []) {
          const far = Math.max(Math.abs(node.x - x), Math.abs(node.y - y));
          if (far <= reach(node) && far < least) [best, least] = [node, far];
        }
    return best;
  }
}
