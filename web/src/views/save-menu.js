// What can be taken along: the whole drawing as a picture or as vectors, and the table.
import { $, field, find, findAll, focused, target } from "../dom.js";
import { drawingPicture, drawingText } from "../export/picture.js";
import { csvBlob, hand } from "../export/files.js";
import { comparisonCsv } from "../model/compare.js";
import { tableCsv, tableOf } from "../model/tables.js";
import { shownNodes, state } from "../store.js";
import { allShocksCsv, mineCsv } from "./shocks.js";
import { tell } from "./announce.js";

async function savePicture() {
  tell("Drawing the picture …");
  try {
    const { blob, width, height, reduced } = await drawingPicture();
    hand(blob, "png");
    const size = `${width.toLocaleString("en")} × ${height.toLocaleString("en")} pixels`;
    tell(
      reduced
        ? `Scaled down to ${size}, the most a browser can paint; SVG has no such limit`
        : `Drawing saved as PNG, ${size}`,
    );
  } catch (reason) {
    tell(
      `No picture could be made: ${(reason instanceof Error && reason.message) || "this browser cannot"}. SVG may work.`,
    );
  }
}
function saveVectors() {
  hand(new Blob([drawingText()], { type: "image/svg+xml;charset=utf-8" }), "svg");
  tell("Drawing saved as SVG");
}

export function shownCsv() {
  if (state.view === "compare") return comparisonCsv(state);
  if (state.view === "shocks") return allShocksCsv();
  if (state.view === "mine") return mineCsv();
  const order = state.view === "cascade" ? state.sort.cascade : state.sort.map;
  return tableCsv(tableOf(state, shownNodes()), order);
}
function saveTable() {
  hand(csvBlob(shownCsv()), "csv");
  tell("Table saved as CSV");
}

/** @param {boolean} on */
function toggle(on) {
  $("save-menu").hidden = !on;
  // A comparison is a table, not a drawing.
  for (const id of ["save-png", "save-svg"]) field(id).disabled = !["map", "cascade"].includes(state.view);
  $("save").setAttribute("aria-expanded", String(on));
  if (on) find($("save-menu"), "button:not(:disabled)").focus();
}
/** @param {KeyboardEvent} event */
function onKey(event) {
  const items = findAll($("save-menu"), "button:not(:disabled)");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    event.stopPropagation();
    toggle(false);
    $("save").focus();
  } else if (step) {
    event.preventDefault();
    event.stopPropagation();
    items[(items.indexOf(focused()) + step + items.length) % items.length].focus();
  }
}
export function startSave() {
  const does = { "save-png": savePicture, "save-svg": saveVectors, "save-csv": saveTable };
  $("save").addEventListener("click", () => toggle(/** @type {boolean} */ ($("save-menu").hidden)));
  for (const [id, act] of Object.entries(does))
    $(id).addEventListener("click", () => {
      toggle(false);
      $("save").focus();
      act();
    });
  $("save-menu").addEventListener("keydown", onKey);
  // Gone as soon as anything else is meant.
  document.addEventListener("pointerdown", (event) => {
    if (!$("save-place").contains(target(event))) toggle(false);
  });
  $("save-place").addEventListener("focusout", (event) => {
    if (
      /** @type {Node | null} */ (event.relatedTarget) &&
      !$("save-place").contains(/** @type {Node | null} */ (event.relatedTarget))
    )
      toggle(false);
  });
}
