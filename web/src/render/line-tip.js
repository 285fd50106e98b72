// What a line says, beside the pointer; the panel says it to those who select the line.
import { $, h, named } from "../dom.js";
import { edges } from "../model/data.js";
import { lineDetails, lineTitle } from "../model/line-words.js";

/**
 * @param {number} line
 * @param {Point} place on the map
 */
export function showLineTip(line, place) {
  const tip = $("line-tip");
  tip.replaceChildren(
    named(lineTitle(edges[line]), "b"),
    ...lineDetails(edges[line]).map((words) => h("span", { dir: "auto" }, words)),
  );
  tip.hidden = false;
  const { clientWidth, clientHeight } = $("map");
  // Beside the pointer, on the side where there is room.
  const left = place.x + 16 + tip.offsetWidth > clientWidth ? place.x - 16 - tip.offsetWidth : place.x + 16;
  const top = Math.min(place.y + 14, clientHeight - tip.offsetHeight - 8);
  Object.assign(tip.style, { left: `${Math.max(8, left)}px`, top: `${Math.max(8, top)}px` });
}
export function hideLineTip() {
  $("line-tip").hidden = true;
}
