// The reader's list in the address of the page: by names, in its order.
import { setList } from "../actions/mine.js";
import { MOST_LISTED, firstCompany, firstList } from "../model/mine.js";
import { state } from "../store.js";
import { MISSING, nameOf, named } from "./names.js";
import { listed, register, unlisted } from "./url.js";

/** @param {Iterable<number>} rows */
const written = (rows) => listed([...rows].map(nameOf));
/** @param {string} value */
function readList(value) {
  const names = value === "-" ? [] : unlisted(value);
  if (!value) setList(firstList, -1, false);
  else
    setList(
      [...new Set(names.slice(0, MOST_LISTED).map(named))].filter((row) => row >= 0),
      -1,
      false,
    );
  if (names.length > MOST_LISTED)
    return `The list of the link has more than ${MOST_LISTED} entities: the others were left out.`;
  return names.every((name) => named(name) >= 0) || MISSING;
}
/** @param {string} value */
function readCompany(value) {
  const company = value === "-" ? -1 : value ? named(value) : firstCompany;
  setList(state.mine, company, false);
  return !value || value === "-" || company >= 0 || MISSING;
}
/** @param {string} value */
function readOnly(value) {
  setList(state.mine, state.company, value === "mine");
  return !value || state.onlyMine;
}
export function registerMine() {
  register("mine", () => (written(state.mine) === written(firstList) ? "" : written(state.mine) || "-"), readList, 0);
  register(
    "company",
    () => (state.company === firstCompany ? "" : state.company < 0 ? "-" : nameOf(state.company)),
    readCompany,
    0,
  );
  register("only", () => (state.onlyMine ? "mine" : ""), readOnly, 0);
}
