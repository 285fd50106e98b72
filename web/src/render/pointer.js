// Mouse, touch and wheel over a canvas: panning, zooming with wheel or two fingers, dragging an entity, clicks.
const STILL = 4;

export class Pointer {
  /** @type {Map<number, Point>} */
  #down = new Map();
  /** @type {Point & { moved: boolean, touch: boolean }} */
  #start = { x: 0, y: 0, moved: false, touch: false };
  /** @type {Sign | null} */
  #held = null;
  #spread = 0;

  /**
   * The view moves by pan(dx, dy) and zoom(factor, x, y); entities by grab(place) and drag(place); tap, twice and hover tell what
   * the pointer does, and where.
   * @param {HTMLElement} surface
   * @param {PointerActions} actions
   */
  constructor(surface, actions) {
    this.surface = surface;
    this.actions = actions;
    /**
     * @template {keyof HTMLElementEventMap} Name
     * @param {Name} event
     * @param {(event: HTMLElementEventMap[Name]) => void} handler
     */
    const on = (event, handler) => surface.addEventListener(event, handler, { passive: false });
    on("pointerdown", (event) => this.#press(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#release(event, true));
    on("pointercancel", (event) => this.#release(event, false));
    on("pointerleave", () => actions.hover(null));
    on("dblclick", (event) => actions.twice(this.#place(event)));
    on("wheel", (event) => this.#wheel(event));
  }
  /** @param {MouseEvent} event */
  #place(event) {
    const box = this.surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0) return;
    const place = this.#place(event);
    this.#down.set(event.pointerId, place);
    this.surface.setPointerCapture(event.pointerId);
    if (this.#down.size === 1) this.#start = { ...place, moved: false, touch: event.pointerType === "touch" };
    else this.#letGo();
    this.#spread = this.#gap();
  }
  /** @param {PointerEvent} event */
  #move(event) {
    const place = this.#place(event);
    const before = this.#down.get(event.pointerId);
    if (!before) return this.actions.hover(place);
    this.#down.set(event.pointerId, place);
    if (this.#down.size > 1) return this.#pinch(before, place);
    if (!this.#start.moved && Math.hypot(place.x - this.#start.x, place.y - this.#start.y) < STILL) return undefined;
    if (!this.#start.moved) this.#held = this.actions.grab(this.#start);
    const from = this.#start.moved ? before : this.#start;
    this.#start.moved = true;
    return this.#held ? this.actions.drag(place) : this.actions.pan(place.x - from.x, place.y - from.y);
  }
  /**
   * @param {Point} before
   * @param {Point} place
   */
  #pinch(before, place) {
    const count = this.#down.size;
    this.actions.pan((place.x - before.x) / count, (place.y - before.y) / count);
    const gap = this.#gap();
    const points = [...this.#down.values()];
    /** @param {"x" | "y"} axis */
    const middle = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / count;
    if (this.#spread > 0 && gap > 0) this.actions.zoom(gap / this.#spread, middle("x"), middle("y"));
    this.#spread = gap;
    this.#start.moved = true;
  }
  #gap() {
    const [a, b] = [...this.#down.values()];
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }
  /**
   * @param {PointerEvent} event
   * @param {boolean} lifted
   */
  #release(event, lifted) {
    if (!this.#down.delete(event.pointerId)) return;
    if (this.#down.size) {
      // One finger stays: it pans on from where it is.
      this.#spread = this.#gap();
      return;
    }
    if (lifted && !this.#start.moved) this.actions.tap(this.#start);
    this.#letGo();
    this.actions.rest();
  }
  #letGo() {
    if (this.#held) this.actions.drop();
    this.#held = null;
  }
  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const { x, y } = this.#place(event);
    // Lines or pages instead of pixels, in some browsers; and a wheel never leaps.
    const turn = event.deltaY * [1, 16, 100][event.deltaMode];
    this.actions.zoom(Math.exp(-Math.max(-120, Math.min(120, turn)) * (event.ctrlKey ? 0.01 : 0.0016)), x, y);
    this.actions.rest();
  }
}
