// On paper the map is its drawing: a canvas would be stretched to the frame of the sheet.
import { $, h } from "../dom.js";
import { state } from "../store.js";
import { mapDrawing } from "./map-drawing.js";

export function preparePaper() {
  clearPaper();
  if (state.view !== "map") return;
  const drawing = mapDrawing();
  // Its shape is kept, whatever the width of the sheet.
  drawing.setAttribute("viewBox", `0 0 ${drawing.getAttribute("width")} ${drawing.getAttribute("height")}`);
  for (const name of ["width", "height"]) drawing.removeAttribute(name);
  // Its groups have names in a file; on the page some of them are taken.
  for (const part of drawing.querySelectorAll("[id]")) if ($(part.id)) part.removeAttribute("id");
  $("stage").append(h("div", { id: "paper", "aria-hidden": "true" }, drawing));
}
export const clearPaper = () => $("paper")?.remove();
