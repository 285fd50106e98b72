// Where the browser gives no canvas: nothing is drawn, and everything else on the page works on.
import { listeners } from "./events.js";

export class NoRenderer {
  centre = { x: 0, y: 0 };
  scale = 1;
  canvas = null;
  on = listeners().on;
  /** @param {Point} place */
  toScreen({ x, y }) {
    return { x, y };
  }
  /** @param {Point} place */
  toWorld({ x, y }) {
    return { x, y };
  }
  at() {
    return -1;
  }
  lineAt() {
    return -1;
  }
  setGraph() {}
  select() {}
  dim() {}
  moveTo() {}
  redraw() {}
  resize() {}
}
