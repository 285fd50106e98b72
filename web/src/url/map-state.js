// The selected line and the arrangement of the map, in the address of the page.
import { edges, kinds } from "../model/data.js";
import { state } from "../store.js";
import { MISSING, nameOf, named } from "./names.js";
import { listed, register, unlisted } from "./url.js";

/** @param {string} value */
function readLine(value) {
  state.line = -1;
  if (!value) return true;
  const [from, kind, to, ...rest] = unlisted(value);
  if (rest.length || to === undefined || !kinds.some(({ key }) => key === kind)) return false;
  const ends = [named(from), named(to)];
  if (ends.some((end) => end < 0)) return MISSING;
  const line = edges.find((edge) => edge.from === ends[0] && edge.to === ends[1] && edge.kind.key === kind);
  if (!line) return MISSING;
  Object.assign(state, { line: line.index, selected: -1, row: -1 });
  ends.forEach((end) => state.visible.add(end));
  return true;
}
const GROUPINGS = /** @type {Arrangement["by"][]} */ (["tier", "country", "class", "alone"]);
/** @param {string} value */
function readArrangement(value) {
  state.arrangement = { by: "links", around: -1 };
  if (!value) return true;
  const [word, centre = "", ...rest] = unlisted(value);
  const by = GROUPINGS.find((grouping) => grouping === word);
  if (!by || rest.length || (centre && by !== "tier")) return false;
  const around = centre ? named(centre) : -1;
  if (centre && around < 0) return MISSING;
  state.arrangement = { by, around };
  return true;
}
export function registerMap() {
  register(
    "arrange",
    () => {
      const { by, around } = state.arrangement;
      return by === "links" ? "" : listed(around < 0 ? [by] : [by, nameOf(around)]);
    },
    readArrangement,
  );
  register(
    "line",
    () => {
      const line = edges[state.line];
      return line ? listed([nameOf(line.from), line.kind.key, nameOf(line.to)]) : "";
    },
    readLine,
    6,
  );
}
