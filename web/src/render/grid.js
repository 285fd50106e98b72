// Which entities lie near a point: squares of the drawing, so that a click asks a handful and not thousands.
const CELL = 128;
const key = (x, y) => Math.floor(x / CELL) * 1048576 + Math.floor(y / CELL);

export class Grid {
  #cells = new Map();
  constructor(nodes) {
    for (const node of nodes) this.add(node);
  }
  add(node) {
    const place = key(node.x, node.y);
    if (!this.#cells.has(place)) this.#cells.set(place, []);
    this.#cells.get(place).push(node);
  }
  remove(node) {
    const cell = this.#cells.get(key(node.x, node.y));
    if (cell) cell.splice(cell.indexOf(node), 1);
  }
  // The nearest whose sign reaches the point; reach(node) in units of the drawing.
  nearest(x, y, widest, reach) {
    let [best, least] = [null, Infinity];
    for (let left = x - widest; left < x + widest + CELL; left += CELL)
      for (let top = y - widest; top < y + widest + CELL; top += CELL)
        for (const node of this.#cells.get(key(left, top)) || []) {
          const far = Math.max(Math.abs(node.x - x), Math.abs(node.y - y));
          if (far <= reach(node) && far < least) [best, least] = [node, far];
        }
    return best;
  }
}
