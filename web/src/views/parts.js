// The parts of the page that open and close: the filter beside the map, the table below it.
import { $, focused } from "../dom.js";
import { narrow } from "../media.js";
import { changed, state } from "../store.js";

/** @type {["legend" | "drawer", string][]} */
const BUTTONS = [
  ["legend", "toggle-legend"],
  ["drawer", "toggle-table"],
];
const BUTTON = Object.fromEntries(BUTTONS);

/** Which parts are open at first on a page of this width. */
export const usualParts = (isNarrow = narrow.matches) => ({
  legend: !isNarrow,
  drawer: false,
});
// Whether somebody, or a link, has opened or closed a part.
let chosen = false;
/** A page that gets room, as a frame that is given its size after it has loaded, opens what a wide page has open. */
function onWidth() {
  if (narrow.matches || chosen) return;
  for (const [part] of BUTTONS) setPart(part, state.open[part] || usualParts()[part]);
  changed("parts");
}
export function startParts() {
  state.open = usualParts();
  narrow.addEventListener("change", onWidth);
}
/**
 * @param {"legend" | "drawer"} part
 * @param {boolean} on
 */
function setPart(part, on) {
  // Whoever was in it goes back to the button that opens it.
  if (!on && $(part).contains(focused())) $(BUTTON[part]).focus();
  state.open[part] = on;
  renderParts();
}
/**
 * @param {"legend" | "drawer"} part
 * @param {boolean} [on]
 */
export function togglePart(part, on = !state.open[part]) {
  chosen = true;
  // A narrow page has room for one of them.
  const other = part === "drawer" ? "legend" : "drawer";
  if (on && narrow.matches && (part === "legend" || state.view === "map")) setPart(other, false);
  setPart(part, on);
  changed("parts");
}
export function renderParts() {
  for (const [part, id] of BUTTONS) $(id).setAttribute("aria-pressed", String(state.open[part]));
  $("toggle-legend").hidden = state.view !== "map";
  $("legend").hidden = state.view !== "map" || !state.open.legend;
  $("drawer").hidden = !state.open.drawer;
}
