// What a saved drawing is made from: the data sets and the documents, with their dates, and the day of the drawing.
import { documents, raw } from "../model/data.js";
import { day, plural } from "../model/format.js";
import { isWhole } from "../model/world-filter.js";
import { worldName } from "../model/worlds.js";
import { state } from "../store.js";
import { fill } from "./svg-elements.js";

// Documents and data sets that are named, at most.
const NAMED = 6;
/** The data sets with the days on which they were issued; where the page does not say, its title. */
function dataSets() {
  const sets = raw.data_sets ?? [];
  const names = sets.slice(0, NAMED).map(([title, issued]) => (issued ? `${title} (issued ${day(issued)})` : title));
  const more = sets.length > NAMED ? [plural(sets.length - NAMED, "more data set", "more data sets")] : [];
  return [...names, ...more].join(", ") || raw.title;
}
/**
 * The lines below a drawing.
 * @param {number} width
 */
export function sourceLines(width) {
  const today = new Date();
  const iso = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((part) => `${part}`.padStart(2, "0"));
  const cited = documents.filter((_, row) => state.world.document < 0 || state.world.document === row);
  const names = cited.slice(0, NAMED).map(({ title: words, issued }) => `${words} (${day(issued) || "undated"})`);
  const more = cited.length > NAMED ? ` and ${plural(cited.length - NAMED, "more document", "more documents")}` : "";
  const world = isWhole(state.world) ? "" : ` · World: ${worldName(state.world)}`;
  return [
    ...fill(`Drawn on ${day(iso.join("-"))} · Data: ${dataSets()}${world}`, width - 64, 3, 11),
    ...(cited.length ? fill(`Documents: ${names.join("; ")}${more}`, width - 64, 5, 11) : []),
  ];
}
