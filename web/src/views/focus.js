// What is built anew takes the keyboard's place with it: these give it back.
import { $ } from "../dom.js";
import { state } from "../store.js";

// To what is shown: the card of the selection on the board, else the view itself.
export function focusStage() {
  const board = $("board");
  const cards = state.view === "cascade" && [`[data-row="${state.row}"]`, ".card[tabindex='0']"].map((one) => board.querySelector(one));
  const stage = cards ? (cards[0] ?? cards[1] ?? board) : $(state.view);
  stage.focus({ preventScroll: true });
}
const KEYED = "[id], [data-key]";
const keyOf = (element) => element.id || element.dataset.key;

// Draws, and puts the focus back on what has the same id or key; where that is gone, on what `otherwise(held)` names.
export function keepFocus(box, draw, otherwise = () => null) {
  const held = box === document.activeElement || !box.contains(document.activeElement) ? null : document.activeElement;
  draw();
  if (!held || held.isConnected) return;
  const same = keyOf(held) && [...box.querySelectorAll(KEYED)].find((one) => keyOf(one) === keyOf(held));
  (same || otherwise(held))?.focus({ preventScroll: true });
}
// Whether the focus went with what is gone, hidden or switched off.
export const lost = (held) => !held.isConnected || held.disabled || !held.checkVisibility();

// Arrow keys between the rows of a table, whose names are buttons.
export function arrowRows(box) {
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("tbody th .entity")) return;
    event.preventDefault();
    event.stopPropagation();
    const names = [...box.querySelectorAll("tbody th .entity")];
    names[names.indexOf(event.target) + step]?.focus();
  });
}
