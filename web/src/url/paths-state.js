// The paths that are lit, in the address of the page.
import { BOUNDS, isDirection, setWays } from "../actions/path-highlight.js";
import { hits } from "../model/runs.js";
import { state } from "../store.js";
import { MISSING, nameOf, named, whole } from "./names.js";
import { listed, register, unlisted } from "./url.js";

/** @param {string} value */
function readPaths(value) {
  if (!value) return true;
  const [start, end, direction = "harm", hops = "6", k = "5", chosen = "0", ...rest] = unlisted(value);
  const [from, to] = [named(start), named(end ?? "")];
  const [links, paths] = [whole(hops, BOUNDS.hops[0], BOUNDS.hops[1]), whole(k, BOUNDS.k[0], BOUNDS.k[1])];
  const row = whole(chosen, 0, BOUNDS.k[1]);
  if (rest.length || !isDirection(direction) || links === null || paths === null || row === null) return false;
  if (from < 0 || to < 0) return MISSING;
  if (from === to) return false;
  if (state.selected !== from && state.selected !== to) state.selected = to;
  setWays({ kind: "between", from, to, direction, hops: links, k: paths, chosen: row - 1 });
  return true;
}
/** @param {string} value */
function readHere(value) {
  if (!value) return true;
  const [name, far = "6", only = "", ...rest] = unlisted(value);
  const [to, hops] = [named(name), whole(far, BOUNDS.hops[0], BOUNDS.hops[1])];
  if (rest.length || hops === null || !["", "hits"].includes(only) || (only && !hits().length)) return false;
  if (to < 0) return MISSING;
  state.selected = to;
  setWays({ kind: "here", to, hops, hits: Boolean(only) });
  return true;
}
export function registerPaths() {
  /** @type {<Kind extends PathQuery["kind"]>(kind: Kind, write: (ways: any) => string) => () => string} */
  const writeIf = (kind, write) => () => (state.ways?.kind === kind ? write(state.ways) : "");
  register(
    "paths",
    writeIf("between", (/** @type {any} */ w) =>
      listed([nameOf(w.from), nameOf(w.to), w.direction, `${w.hops}`, `${w.k}`, `${w.chosen + 1}`]),
    ),
    (value) => {
      state.ways = null;
      state.lens = null;
      return readPaths(value);
    },
    6,
  );
  register(
    "here",
    writeIf("here", (/** @type {any} */ w) => listed([nameOf(w.to), `${w.hops}`, ...(w.hits ? ["hits"] : [])])),
    readHere,
    6,
  );
  register(
    "lens",
    writeIf("through", () => "through"),
    (value) => {
      const fine = value === "through" && state.selected >= 0;
      if (fine) setWays({ kind: "through", node: state.selected });
      return !value || fine;
    },
    7,
  );
}
