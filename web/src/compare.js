// Two runs side by side: two shocks in the world that is on, or one shock in this world and in all sources.
// The losses are the engine's; here they are only set against each other, as knockon compare does.
import { dots, verdict } from "./comparedots.js";
import { impacts, nodes, raw } from "./data.js";
import { arrowRows, keepFocus } from "./focus.js";
import { isWhole, WHOLE } from "./members.js";
import { button, number, why } from "./panel.js";
import { clearSelection, remember, select, setView, state } from "./state.js";
import { render } from "./main.js";
import { $, count, glyph, h, named, percent, plural, range } from "./style.js";
import { csvText, saveCsv } from "./table.js";
import { hasWorlds, runIn, secondShock, worldName } from "./worlds.js";

// Losses that differ by no more are the same: they travel with six decimals.
const SAME = 5e-7;
const ROWS = 400;
const order = { column: "difference", down: true };
let onlyDifferent = false;
let chosen = "";

const twoShocks = () => Boolean(secondShock());
export const comparable = () => Boolean(raw.cascade) && (twoShocks() || hasWorlds);
const mode = () => (twoShocks() && state.compare === "shocks" ? "shocks" : "worlds");
function sides() {
  if (mode() === "shocks") {
    const [one, two] = [runIn(state.world), runIn(state.world, true)];
    return [{ ...one, name: String(one.run.shock_label || "Shock") }, { ...two, name: secondShock() }];
  }
  return [{ ...runIn(WHOLE), name: worldName(WHOLE) }, { ...runIn(state.world), name: worldName(state.world) }];
}

// 1 for the greatest loss; equal losses share a rank.
function ranks(impacts) {
  const found = new Map();
  let [rank, last] = [0, Infinity];
  impacts.toSorted((a, b) => b.loss - a.loss).forEach((impact, place) => {
    if (last - impact.loss > SAME) [rank, last] = [place + 1, impact.loss];
    found.set(impact.iri, rank);
  });
  return found;
}
const NOTHING = { loss: 0, low: 0, high: 0 };
// One row an entity that loses in either, the greatest difference first.
function compared([first, second]) {
  const [one, two] = [first, second].map((side) => new Map(side.impacts.map((impact) => [impact.iri, impact])));
  const [rankOne, rankTwo] = [ranks(first.impacts), ranks(second.impacts)];
  return [...new Set([...one.keys(), ...two.keys()])].map((iri) => {
    const [a, b] = [one.get(iri), two.get(iri)];
    const [from, to] = [a || NOTHING, b || NOTHING];
    const difference = to.loss - from.loss;
    return {
      iri, a, b, from, to, label: (a || b).label, node: (a || b).node, class: (a || b).class,
      difference: Math.abs(difference) > SAME ? difference : 0, low: to.low - from.high, high: to.high - from.low,
      overlap: to.low <= from.high && from.low <= to.high,
      rankA: rankOne.get(iri) ?? null, rankB: rankTwo.get(iri) ?? null,
    };
  });
}
const climb = (row) => (row.rankA !== null && row.rankB !== null ? row.rankA - row.rankB : null);
const VALUES = {
  entity: (row) => row.label, a: (row) => row.from.loss, b: (row) => row.to.loss, difference: (row) => Math.abs(row.difference),
  step: (row) => Math.min(row.a?.step ?? Infinity, row.b?.step ?? Infinity), rank: (row) => climb(row) ?? -Infinity,
};
const byLoss = (a, b) => Math.max(b.from.loss, b.to.loss) - Math.max(a.from.loss, a.to.loss) || (a.iri < b.iri ? -1 : 1);
function sorted(rows) {
  const value = VALUES[order.column];
  const way = order.down ? -1 : 1;
  const compare = (a, b) => (typeof value(a) === "string" ? value(a).localeCompare(value(b), "en") : value(a) === value(b) ? 0 : value(a) < value(b) ? -1 : 1);
  return rows.filter((row) => !onlyDifferent || row.difference).toSorted((a, b) => way * compare(a, b) || byLoss(a, b));
}

const CSV = ["Entity", "Class", "Loss A", "Low A", "High A", "Loss B", "Low B", "High B", "Difference", "Difference low", "Difference high", "Step A", "Step B", "Rank A", "Rank B", "Rank change"];
const exact = (value) => Math.round(value * 1e6) / 1e6;
const three = ({ loss, low, high }) => [loss, low, high];
export function comparedCsv() {
  const cells = (row) => [row.label, row.class, ...three(row.from), ...three(row.to), exact(row.difference), exact(row.low), exact(row.high), row.a?.step ?? "", row.b?.step ?? "", row.rankA ?? "", row.rankB ?? "", climb(row) ?? ""];
  return csvText([CSV, ...sorted(compared(sides())).map(cells)]);
}

function lossCell(impact, side) {
  return h("td", { class: `number ${side}`, "data-head": side.toUpperCase() }, impact ? [h("b", {}, percent(impact.loss)), h("span", { class: "range" }, range(impact))] : h("span", { class: "quiet" }, "nothing"));
}
// Most stand on the map; those that do not are opened by their name.
function choose(row) {
  const drawn = row.node >= 0;
  chosen = drawn || chosen === row.iri ? "" : row.iri;
  if (drawn && row.node !== state.selected) select(row.node);
  else if (!drawn && (state.selected >= 0 || state.row >= 0)) clearSelection();
  else render("selected");
}
const subject = () => (state.selected >= 0 ? nodes[state.selected].iri : state.row >= 0 ? impacts[state.row].iri : chosen);
function rankCell(row) {
  const change = climb(row);
  const sign = change === null ? null : change > 0 ? `↑ ${count(change)}` : change < 0 ? `↓ ${count(-change)}` : null;
  return h("td", { class: "number rank", "data-head": "Rank" }, `${row.rankA ?? "–"} → ${row.rankB ?? "–"}`, sign && h("span", { class: "range" }, sign));
}
function line(row) {
  const klass = row.node >= 0 ? nodes[row.node].class : null;
  return h("tr", { "aria-current": row.iri === subject() ? "true" : null },
    h("th", { scope: "row" }, h("button", { type: "button", class: "entity", "data-key": row.iri, onclick: () => choose(row) }, klass && glyph(klass), named(row.label))),
    h("td", { class: "dots" }, dots(row)), lossCell(row.a, "a"), lossCell(row.b, "b"), verdict(row),
    h("td", { class: "number step", "data-head": "Step" }, `${row.a?.step ?? "–"} → ${row.b?.step ?? "–"}`), rankCell(row));
}
const HEADS = [["entity", "Entity"], [null, "0 to 100%"], ["a", "Loss A"], ["b", "Loss B"], ["difference", "Difference"], ["step", "Step"], ["rank", "Rank"]];
function head([column, label], place) {
  if (!column) return h("th", { scope: "col", class: "dots" }, label);
  const on = order.column === column;
  const sort = () => {
    Object.assign(order, { down: on ? !order.down : !["entity", "step"].includes(column), column });
    renderCompare();
    $("compare").querySelectorAll("thead th")[place].firstChild.focus();
  };
  return h("th", { scope: "col", "aria-sort": on ? (order.down ? "descending" : "ascending") : "none" },
    h("button", { type: "button", onclick: sort }, label, h("span", { "aria-hidden": "true" }, on ? (order.down ? " ↓" : " ↑") : "")));
}

function counts(rows) {
  // Each entity is counted once; where the ranges of its two losses overlap, the difference may be nothing.
  const both = rows.filter((row) => row.a && row.b);
  const of = (rule) => both.filter(rule).length;
  return [
    [rows.filter((row) => row.a && !row.b).length, "only in A"], [rows.filter((row) => row.b && !row.a).length, "only in B"],
    [of((row) => !row.overlap && row.difference > 0), "surely more in B"], [of((row) => !row.overlap && row.difference < 0), "surely less in B"],
    [of((row) => row.overlap), "in both, ranges overlap"],
  ];
}
function modes() {
  const choice = (key, label) => button(label, () => setMode(key), { "aria-pressed": String(mode() === key), id: `compare-${key}` });
  return twoShocks() && hasWorlds && h("div", { class: "group", role: "group", "aria-label": "What is compared" }, choice("shocks", "Two shocks"), choice("worlds", "Two worlds"));
}
function setMode(key) {
  if (mode() === key) return;
  remember();
  state.compare = key;
  render("compared");
}
export function compareWorlds() {
  if (state.view === "compare") return setMode("worlds");
  state.compare = "worlds";
  return setView("compare");
}

function sideLine(letter, side) {
  return h("li", {}, h("span", { class: `side ${letter}` }, letter.toUpperCase()), h("span", {}, named(side.name), h("span", { class: "quiet" }, ` · ${plural(side.impacts.length, "entity loses", "entities lose")}`), side.reason && h("span", { class: "quiet" }, ` · ${side.reason}`)));
}
export function renderCompare() {
  if (!$("compare")) return;
  $("compare").hidden = state.view !== "compare";
  if (state.view !== "compare") return;
  const both = sides();
  const rows = compared(both);
  const list = sorted(rows);
  const box = h("input", { id: "different", type: "checkbox", onchange: () => { onlyDifferent = box.checked; renderCompare(); $("different").focus(); } });
  box.checked = onlyDifferent;
  const top = $("compare").scrollTop;
  const same = mode() === "worlds" && isWhole(state.world);
  const silence = same ? "Choose a document or a day above: its run is then set against that of all sources." : !rows.length && "Nobody loses anything under either.";
  keepFocus($("compare"), () => $("compare").replaceChildren(
    h("div", { class: "compare-head" },
      h("div", { class: "what" }, h("p", { class: "class" }, mode() === "shocks" ? `Two shocks · ${worldName(state.world)}` : "One shock in two worlds"),
        mode() === "worlds" && named(String(raw.cascade.run.shock_label || "Shock"), "h2"), h("ul", { class: "sides" }, sideLine("a", both[0]), !same && sideLine("b", both[1]))),
      modes() || ""),
    silence ? h("p", { class: "silence" }, silence) : h("div", { class: "compare-body" },
      h("dl", { class: "totals" }, counts(rows).map(([value, label]) => number(value, label))),
      h("div", { class: "compare-tools" }, h("label", {}, box, "Only what differs"), h("span", { class: "count", id: "compared" }, plural(list.length, "row", "rows")), button("Download CSV", () => saveCsv(comparedCsv(), "compare.csv"), { class: "link", id: "compare-csv" })),
      h("table", { class: "compared" }, h("thead", {}, h("tr", {}, HEADS.map(head))), h("tbody", {}, list.slice(0, ROWS).map(line))),
      list.length > ROWS && h("p", { class: "quiet" }, `The first ${count(ROWS)} of ${count(list.length)}; the CSV has them all.`))), () => $("compare"));
  $("compare").scrollTop = top;
}

// The panel: what is compared, or why the chosen one loses under either.
export function comparison() {
  const found = chosen && sides().flatMap((side) => side.impacts).find((one) => one.iri === chosen);
  if (found) return [named(found.label, "h2", { tabindex: "-1" })];
  return [
    h("h2", {}, "Two answers side by side"),
    h("p", { class: "comment" }, "A difference is the loss under B less the loss under A. Where the ranges of the two losses overlap, it may be nothing. Pick an entity to see why it loses under either."),
  ];
}
export function comparedWhys() {
  const iri = subject();
  if (!iri) return [];
  return sides().map((side, place) => {
    const impact = side.impacts.find((one) => one.iri === iri);
    const title = `Why under ${"AB"[place]}: ${side.name}`;
    if (!impact) return h("section", { class: "why" }, h("h3", { dir: "auto" }, title), h("p", { class: "quiet" }, "It loses nothing."));
    return why(impact, { title, run: side.run, impacts: side.impacts, open: (one) => one.node >= 0 && select(one.node) });
  });
}
export function startCompare() {
  if (!comparable()) return;
  document.querySelector(".work").insertBefore(h("section", { id: "compare", "aria-label": "Compare", tabindex: "-1", hidden: true }), $("panel"));
  arrowRows($("compare"));
  $("views").append(button("Compare", () => setView("compare"), { id: "view-compare", "aria-pressed": "false" }));
}
