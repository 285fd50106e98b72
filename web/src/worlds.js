// The bar of worlds: all sources, one document alone, or what held on one day. Map, cascade, table, panel and search follow.
import { buildCascade, LAST } from "./cascade.js";
import { comparable, compareWorlds } from "./compare.js";
import { documents, facts, impactOf, nodes, raw, readRun, showRun, text } from "./data.js";
import { register } from "./link.js";
import { narrow, render } from "./main.js";
import { WHOLE, enter, isWhole, present } from "./members.js";
import { button } from "./panel.js";
import { fill, remember, state } from "./state.js";
import { $, count, day as written, h } from "./style.js";
import { legible } from "./controls.js";

const offered = raw.members.map((one) => one.document);
const days = raw.days.stop;
export const hasWorlds = offered.length > 0 || days.length > 1;
// The map as it was in all sources, to come back to.
let before = null;
// While the slider is dragged, the way back is one step.
let dragging = false;

export const worldName = ({ document, day }) => (document >= 0 ? documents[document].title : day ? `As of ${written(day)}` : "All sources");

// The run of the first shock, or of the second, in a world; `reason` says why it is empty.
export function runIn(world, second = false) {
  if (isWhole(world) && !second) return readRun(raw.cascade);
  const entry = raw.worlds.find((one) => (one.kind === "compare") === second && one.document === world.document && one.date === world.day);
  if (!entry || entry.table === null) {
    const shock = second ? secondShock() : raw.cascade.run.shock_label;
    return { run: { shock_label: shock }, impacts: [], shortages: [], reason: entry?.reason || "No run was computed for this world." };
  }
  const at = entry.table;
  const table = at === -1 ? raw.cascade : typeof at === "number" ? raw.worlds[at].table : at;
  const read = readRun(table);
  // Runs that say the same share a table: each has a day of its own.
  return { ...read, run: { ...read.run, as_of: entry.as_of }, reason: entry.reason };
}
export function secondShock() {
  const entry = raw.worlds?.find((one) => one.kind === "compare");
  return entry ? text(entry.shock) : "";
}

// Brings the rows and the run in line with state.world, which somebody has set: the bar, the way back, or an address.
export function enterWorld() {
  if (!enter(state.world) || !raw.cascade) return;
  showRun(runIn(state.world));
  state.only = -1;
  buildCascade();
  state.step = LAST;
}
function settle() {
  const here = (node) => nodes[node].here;
  if (!isWhole(state.world)) state.visible = new Set([...(before || [])].filter(here));
  else if (before) state.visible = new Set(before);
  if (!isWhole(state.world) || !before) fill();
  if (state.selected >= 0 && !here(state.selected)) state.selected = -1;
  state.row = state.selected >= 0 && impactOf.has(state.selected) ? impactOf.get(state.selected).index : -1;
}
export function setWorld(world) {
  if (world.document === state.world.document && world.day === state.world.day) return;
  if (!dragging) remember();
  if (isWhole(state.world)) before = new Set(state.visible);
  Object.assign(state, { world, lens: null, ways: null });
  enterWorld();
  settle();
  render("world", { fit: true, said: `${worldName(world)}: ${notice() || `${count(nodes.length)} entities`}` });
}

const undated = (list) => list.filter((fact) => !fact.since && !fact.until).length;
// What a world has of the whole.
function notice() {
  const { document, day } = state.world;
  if (document < 0 && !day) return "";
  const has = present();
  const bare = has.nodes.filter((node) => node.bare).length;
  const what = `${count(has.nodes.length)} of ${count(nodes.length)} entities, ${count(has.facts.length)} of ${count(facts.length)} facts`;
  return document >= 0 ? `${what} are in this document${bare ? `; ${count(bare)} entities it only names` : ""}` : `${what} hold on this day, ${count(undated(has.facts))} of them without dates, taken to hold always`;
}
function chooser() {
  const select = h("select", { id: "world", onchange: () => setWorld({ document: Number(select.value), day: "" }) },
    h("option", { value: "-1" }, "All sources"), offered.map((row) => h("option", { value: String(row) }, documents[row].title)));
  const of = raw.documents.title.length;
  return h("label", { class: "which", hidden: !offered.length }, h("span", { class: "key" }, "World"), select,
    offered.length < of && h("span", { class: "count" }, `${count(offered.length)} of ${count(of)}`));
}
function slider() {
  const range = h("input", {
    id: "day", type: "range", min: "0", max: String(days.length), step: "1",
    oninput: () => {
      const day = days[Number(range.value)] || "";
      setWorld(day ? { document: -1, day } : WHOLE);
      dragging = true;
    },
    onchange: () => { dragging = false; },
  });
  return h("label", { class: "when", hidden: days.length < 2 }, h("span", { class: "key" }, "As of"), range, h("output", { id: "day-name", for: "day" }),
    raw.days.stop.length < raw.days.of && h("span", { class: "count" }, `${count(days.length)} of ${count(raw.days.of)} days`));
}
export function startWorlds() {
  if (!hasWorlds) return;
  const toggle = button("", () => openBar(toggle.getAttribute("aria-expanded") !== "true"), { id: "world-toggle", "aria-controls": "world-choice", "aria-expanded": "false" });
  const bar = h("section", { id: "worlds", "aria-label": "World" }, toggle,
    h("div", { id: "world-choice" }, chooser(), slider(),
      h("p", { id: "world-notice" }),
      h("div", { class: "ends-here" },
        raw.cascade && button("Compare with all sources", compareWorlds, { id: "against", class: "link" }),
        button("Show all", () => setWorld(WHOLE), { id: "whole", class: "link" }))));
  document.querySelector(".bar").after(bar);
  registerWorld();
  narrow.addEventListener("change", () => openBar(false));
}
// In the address a document goes by its name, a day by itself.
const short = (row) => (documents[row].iri.startsWith(raw.base) ? documents[row].iri.slice(raw.base.length) : documents[row].iri);
function readWorld(value) {
  const document = offered.find((row) => short(row) === value) ?? -1;
  const day = document < 0 && days.includes(value) ? value : "";
  if (document !== state.world.document || day !== state.world.day) {
    if (isWhole(state.world)) before = new Set(state.visible);
    state.world = document < 0 && !day ? WHOLE : { document, day };
    enterWorld();
    settle();
  }
  return !value || document >= 0 || Boolean(day) || "The link shows a document or a day that is not in this data.";
}
function registerWorld() {
  register("world", () => (state.world.document >= 0 ? short(state.world.document) : state.world.day), readWorld, 0);
  // Last: what the link selects may not be there in its world.
  register("compare", () => (state.compare === "worlds" ? "worlds" : ""), (value) => {
    state.compare = value === "worlds" ? "worlds" : "shocks";
    if (state.selected >= 0 && !nodes[state.selected].here) Object.assign(state, { selected: -1, row: -1, lens: null, ways: null });
    return ["", "worlds"].includes(value);
  }, 9);
}
function openBar(open) {
  $("world-toggle").setAttribute("aria-expanded", String(open));
  $("worlds").classList.toggle("open", open);
}
export function renderWorlds() {
  if (!hasWorlds) return;
  const { world } = state;
  const whole = isWhole(world);
  const at = world.day ? days.indexOf(world.day) : days.length;
  $("world").value = String(world.document);
  $("day").value = String(at);
  $("day-name").textContent = world.day ? written(world.day) : "all days";
  $("day").setAttribute("aria-valuetext", world.day ? written(world.day) : "All days");
  $("world-toggle").textContent = legible(`World: ${worldName(world)}`);
  $("worlds").classList.toggle("on", !whole);
  $("world-notice").textContent = $("world-notice").title = legible(notice());
  const held = document.activeElement;
  $("whole").hidden = whole;
  if ($("against")) $("against").hidden = whole || !comparable();
  // The way out of a world is gone with it.
  if (whole && held.closest?.(".ends-here")) (offered.length ? $("world") : $("day")).focus({ preventScroll: true });
}
