// Two runs side by side: two questions in the world that is on, one in this world and in all sources, or one without its
// changes and with them.
// The losses are the engine's; here they are only set against each other, as knockon compare does.
import { clearSelection, select, setCompareMode, setView } from "../actions/selection.js";
import { $, button, find, findAll, h, named, numberTerm, quietLine, targetField } from "../dom.js";
import { saveCsv } from "../export/files.js";
import {
  climb,
  comparable,
  compareMode,
  compared,
  comparisonCounts,
  comparisonCsv,
  compareModes,
  sides as sidesOf,
  sortedComparison,
} from "../model/compare.js";
import { nodes } from "../model/data.js";
import { count, percent, plural, range } from "../model/format.js";
import { impacts } from "../model/runs.js";
import { UNKNOWN, saysNothing } from "../model/silence.js";
import { isWhole } from "../model/world-filter.js";
import { questionLabel } from "../model/question.js";
import { worldName } from "../model/worlds.js";
import { changed, state } from "../store.js";
import { dots, verdict } from "./compare-plot.js";
import { isUnasked, sideChooser } from "./compare-sides.js";
import { arrowRows, keepFocus } from "./focus.js";
import { glyph } from "./glyphs.js";
import { isListed } from "../model/sight.js";
import { nothingListed } from "./mine.js";
import { why } from "./why.js";

const ROWS = 400;
const sides = () => sidesOf(state);
const mode = () => compareMode(state);
// The entity that is opened though it is not on the map, by its IRI.
let chosen = "";

/**
 * A document that does not say what an entity needs does not say that it is safe.
 * @param {Impact | undefined} impact
 * @param {string} side
 * @param {number} node
 */
function lossCell(impact, side, node) {
  const unknown =
    !impact && state.world.document >= 0 && (mode() === "shocks" || side === "b") && node >= 0 && saysNothing(node);
  return h(
    "td",
    { class: `number ${side}`, "data-head": side.toUpperCase() },
    impact
      ? [h("b", {}, percent(impact.loss)), h("span", { class: "range" }, range(impact))]
      : h("span", { class: "quiet", title: unknown ? UNKNOWN : null }, unknown ? "not known" : "nothing"),
  );
}
/**
 * Most are on the map; those that are not are opened by their name.
 * @param {ComparedRow} row
 */
function choose(row) {
  const drawn = row.node >= 0;
  chosen = drawn || chosen === row.iri ? "" : row.iri;
  if (drawn && row.node !== state.selected) select(row.node);
  else if (!drawn && (state.selected >= 0 || state.row >= 0)) clearSelection();
  else changed("selected");
}
const subject = () =>
  state.selected >= 0 ? nodes[state.selected].iri : state.row >= 0 ? impacts[state.row].iri : chosen;
/** @param {ComparedRow} row */
function rankCell(row) {
  const change = climb(row);
  const sign = change === null ? null : change > 0 ? `↑ ${count(change)}` : change < 0 ? `↓ ${count(-change)}` : null;
  return h(
    "td",
    { class: "number rank", "data-head": "Rank" },
    `${row.rankA ?? "–"} → ${row.rankB ?? "–"}`,
    sign && h("span", { class: "range" }, sign),
  );
}
/** @param {ComparedRow} row */
function line(row) {
  const klass = row.node >= 0 ? nodes[row.node].class : null;
  return h(
    "tr",
    { "aria-current": row.iri === subject() ? "true" : null },
    h(
      "th",
      { scope: "row" },
      h(
        "button",
        { type: "button", class: "entity", "data-key": row.iri, onclick: () => choose(row) },
        klass && glyph(klass),
        named(row.label),
      ),
    ),
    h("td", { class: "dots" }, dots(row)),
    lossCell(row.a, "a", row.node),
    lossCell(row.b, "b", row.node),
    verdict(row),
    h("td", { class: "number step", "data-head": "Step" }, `${row.a?.step ?? "–"} → ${row.b?.step ?? "–"}`),
    rankCell(row),
  );
}
/** @type {[CompareColumn | null, string][]} */
const HEADS = [
  ["entity", "Entity"],
  [null, "0 to 100%"],
  ["a", "Loss A"],
  ["b", "Loss B"],
  ["difference", "Difference"],
  ["step", "Step"],
  ["rank", "Rank"],
];
/**
 * @param {[CompareColumn | null, string]} pair
 * @param {number} place
 */
function head([column, label], place) {
  if (!column) return h("th", { scope: "col", class: "dots" }, label);
  const order = state.sort.compare;
  const on = order.column === column;
  const sort = () => {
    Object.assign(order, { down: on ? !order.down : !["entity", "step"].includes(column), column });
    renderCompare();
    findAll($("compare"), "thead th button")[HEADS.slice(0, place).filter(([key]) => key).length].focus();
  };
  return h(
    "th",
    { scope: "col", "aria-sort": on ? (order.down ? "descending" : "ascending") : "none" },
    h(
      "button",
      { type: "button", onclick: sort },
      label,
      h("span", { "aria-hidden": "true" }, on ? (order.down ? " ↓" : " ↑") : ""),
    ),
  );
}

/** @type {Record<CompareMode, string>} */
const MODES = { shocks: "Two questions", changes: "Before / after", worlds: "Two worlds" };
function modes() {
  const offered = compareModes(state);
  /** @param {CompareMode} key */
  const choice = (key) =>
    button(MODES[key], () => setCompareMode(key), { "aria-pressed": String(mode() === key), id: `compare-${key}` });
  return (
    offered.length > 1 &&
    h("div", { class: "group", role: "group", "aria-label": "What is compared" }, offered.map(choice))
  );
}
/**
 * @param {"a" | "b"} letter
 * @param {Side} side
 */
function sideLine(letter, side) {
  return h(
    "li",
    {},
    h("span", { class: `side ${letter}` }, letter.toUpperCase()),
    h(
      "span",
      {},
      mode() === "shocks" ? sideChooser(letter) : named(side.name),
      !isUnasked(letter) &&
        h("span", { class: "quiet" }, ` · ${plural(side.impacts.length, "entity loses", "entities lose")}`),
      !isUnasked(letter) && side.reason && h("span", { class: "quiet" }, ` · ${side.reason}`),
    ),
  );
}
/**
 * @param {Side[]} both
 * @param {boolean} same
 */
function compareHead([first, second], same) {
  const title = {
    shocks: `Two questions · ${worldName(state.world)}`,
    changes: `Before and after the changes · ${worldName(state.world)}`,
    worlds: "One question in two worlds",
  }[mode()];
  return h(
    "div",
    { class: "compare-head" },
    h(
      "div",
      { class: "what" },
      h("p", { class: "class" }, title),
      mode() === "worlds" && named(questionLabel(state.question) || "Nothing is asked yet", "h2"),
      h("ul", { class: "sides" }, sideLine("a", first), !same && sideLine("b", second)),
    ),
    modes(),
  );
}
/** @param {number} rows */
function tools(rows) {
  const box = h("input", {
    id: "different",
    type: "checkbox",
    onchange: (event) => {
      state.onlyDifferent = targetField(event).checked;
      renderCompare();
      $("different").focus();
    },
  });
  box.checked = state.onlyDifferent;
  const save = () => saveCsv(comparisonCsv(state), "compare.csv");
  return h(
    "div",
    { class: "compare-tools" },
    h("label", {}, box, "Only what differs"),
    h("span", { class: "count", id: "compared" }, plural(rows, "row", "rows")),
    button("Download CSV", save, { class: "link", id: "compare-csv" }),
  );
}
/** @param {ComparedRow[]} rows */
function compareBody(rows) {
  const list = sortedComparison(rows, state.sort.compare, state.onlyDifferent);
  const totals = comparisonCounts(rows).map(([value, label]) => numberTerm(value, label));
  return h(
    "div",
    { class: "compare-body" },
    h("dl", { class: "totals" }, totals),
    tools(list.length),
    h(
      "table",
      { class: "compared" },
      h("thead", {}, h("tr", {}, HEADS.map(head))),
      h("tbody", {}, list.slice(0, ROWS).map(line)),
    ),
    list.length > ROWS && quietLine(`The first ${count(ROWS)} of ${count(list.length)}; the CSV has them all.`),
  );
}
export function renderCompare() {
  if (!$("compare")) return;
  $("compare").hidden = state.view !== "compare";
  if (state.view !== "compare") return;
  const both = sides();
  const all = compared(both);
  const rows = all.filter(({ node }) => isListed(node));
  const { scrollTop } = $("compare");
  const same = mode() === "worlds" && isWhole(state.world);
  const silence =
    isUnasked("a") || isUnasked("b")
      ? "Choose what to compare: a shock, or what you asked yourself."
      : same
        ? "Choose a document or a day above: its run is then set against that of all sources."
        : !all.length && "Nobody loses anything under either.";
  const body = silence
    ? h("p", { class: "silence" }, silence)
    : rows.length
      ? compareBody(rows)
      : nothingListed(
          `Nothing on your list loses anything under either; ${plural(all.length, "other does", "others do")}.`,
        );
  keepFocus(
    $("compare"),
    () => $("compare").replaceChildren(compareHead(both, same), body),
    () => $("compare"),
  );
  $("compare").scrollTop = scrollTop;
}

// The panel: what is compared, or why the chosen one loses under either.
export function comparison() {
  const losses = sides().flatMap((side) => side.impacts);
  const impact = chosen && losses.find(({ iri }) => iri === chosen);
  if (impact) return [named(impact.label, "h2", { tabindex: "-1" })];
  return [
    h("h2", {}, "Two answers side by side"),
    h(
      "p",
      { class: "comment" },
      "A difference is the loss under B less the loss under A. Where the ranges of the two losses overlap, it may be nothing. Pick an entity to see why it loses under either.",
    ),
  ];
}
export function comparedWhys() {
  const iri = subject();
  if (!iri) return [];
  return sides().map((side, place) => {
    const impact = side.impacts.find((item) => item.iri === iri);
    const title = `Why under ${"AB"[place]}: ${side.name}`;
    if (!impact) return h("section", { class: "why" }, h("h3", { dir: "auto" }, title), quietLine("It loses nothing."));
    return why(impact, {
      title,
      run: side.run,
      impacts: side.impacts,
      open: (item) => item.node >= 0 && select(item.node),
    });
  });
}
export function startCompare() {
  if (!comparable()) return;
  find(document, ".work").insertBefore(
    h("section", { id: "compare", "aria-label": "Compare", tabindex: "-1", hidden: true }),
    $("panel"),
  );
  arrowRows($("compare"));
  $("views").append(button("Compare", () => setView("compare"), { id: "view-compare", "aria-pressed": "false" }));
}
