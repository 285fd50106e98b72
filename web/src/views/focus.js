// What is built anew loses the focus: these functions give it back.
import { $, find, findAll, focused, target } from "../dom.js";
import { state } from "../store.js";

// To what is shown: the card of the selection on the board, else the view itself.
export function focusStage() {
  const board = $("board");
  const cards =
    state.view === "cascade" && [`[data-row="${state.row}"]`, ".card[tabindex='0']"].map((text) => find(board, text));
  const stage = cards ? (cards[0] ?? cards[1] ?? board) : $(state.view);
  stage.focus({ preventScroll: true });
}
const KEYED = "[id], [data-key]";
/** @param {HTMLElement} element */
const keyOf = (element) => element.id || element.dataset.key;

/**
 * Draws, and puts the focus back on what has the same id or key; where that is gone, on what `otherwise(before)` names.
 * @param {HTMLElement} box
 * @param {() => void} draw
 * @param {(before: HTMLElement) => HTMLElement | { focus: (options?: FocusOptions) => void } | null | false | undefined} [otherwise]
 */
export function keepFocus(box, draw, otherwise = () => null) {
  const before = box === focused() || !box.contains(focused()) ? null : focused();
  draw();
  if (!before || before.isConnected) return;
  const same = keyOf(before) && findAll(box, KEYED).find((element) => keyOf(element) === keyOf(before));
  const place = same || otherwise(before);
  if (place) place.focus({ preventScroll: true });
}
/**
 * Whether an element has lost the focus since it is gone, hidden or switched off.
 * @param {Element & { disabled?: boolean }} element
 */
export const lost = (element) => !element.isConnected || element.disabled || !element.checkVisibility();

/**
 * Arrow keys between the rows of a table, whose names are buttons.
 * @param {HTMLElement} box
 */
export function arrowRows(box) {
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || !target(event).matches("tbody th .entity")) return;
    event.preventDefault();
    event.stopPropagation();
    const names = findAll(box, "tbody th .entity");
    names[names.indexOf(target(event)) + step]?.focus();
  });
}
