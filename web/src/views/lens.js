// The name of what is lit on the map in place of a selection, with a button to end it.
import { clearLens } from "../actions/path-highlight.js";
import { $ } from "../dom.js";
import { legible } from "../model/text.js";
import { state } from "../store.js";

export function renderLens() {
  $("lens").hidden = !state.lens;
  $("lens-name").textContent = $("lens-name").title = legible(state.lens?.name ?? "");
}
export function startLens() {
  $("lens-clear").addEventListener("click", () => {
    clearLens();
    $("map").focus({ preventScroll: true });
  });
}
