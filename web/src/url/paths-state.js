// The paths that are lit, in the address of the page.
import { setPathQuery } from "../actions/path-highlight.js";
import { BOUNDS, isDirection } from "../model/path-query.js";
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
  setPathQuery({ kind: "between", from, to, direction, hops: links, k: paths, chosen: row - 1 });
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
  setPathQuery({ kind: "here", to, hops, hits: Boolean(only) });
  return true;
}
/**
 * What the address says of the query, if it is one of this kind.
 * @template {PathQuery["kind"]} Kind
 * @param {Kind} kind
 * @param {(query: Extract<PathQuery, { kind: Kind }>) => string} write
 */
const writeIf = (kind, write) => () =>
  state.pathQuery?.kind === kind ? write(/** @type {Extract<PathQuery, { kind: Kind }>} */ (state.pathQuery)) : "";
export function registerPaths() {
  register(
    "paths",
    writeIf("between", ({ from, to, direction, hops, k, chosen }) =>
      listed([nameOf(from), nameOf(to), direction, `${hops}`, `${k}`, `${chosen + 1}`]),
    ),
    (value) => {
      state.pathQuery = null;
      state.lens = null;
      return readPaths(value);
    },
    6,
  );
  register(
    "here",
    writeIf("here", ({ to, hops, hits: only }) => listed([nameOf(to), `${hops}`, ...(only ? ["hits"] : [])])),
    readHere,
    6,
  );
  register(
    "lens",
    writeIf("through", () => "through"),
    (value) => {
      const fine = value === "through" && state.selected >= 0;
      if (fine) setPathQuery({ kind: "through", node: state.selected });
      return !value || fine;
    },
    7,
  );
}
