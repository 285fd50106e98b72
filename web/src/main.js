// Puts the parts together: what happens after a change, the keyboard, the start.
import { cardOf, moveCard } from "./board.js";
import { LAST, buildCascade, renderCascade } from "./cascade.js";
import { comparedCsv, renderCompare, startCompare } from "./compare.js";
import { facts, impacts, nodes, raw } from "./data.js";
import { arrowRows, lost } from "./focus.js";
import { renderLegend } from "./legend.js";
import { link, touch } from "./link.js";
import { startLinks } from "./linkkeys.js";
import { centreOn, entityAt, fitMap, keepInSight, mapCentre, mapScale, placeOf, redrawMap, resizeMap, startMap, syncMap, towards, zoom } from "./map.js";
import { population } from "./members.js";
import { renderPanel } from "./panel.js";
import { best } from "./paths.js";
import { clearPaper, preparePaper } from "./print.js";
import { dataAddress, drawingPicture, drawingText, startSave } from "./save.js";
import { startSearch } from "./search.js";
import { clearSelection, first, future, goBack, goForward, past, select, setView, showMore, shown, shownNeighbours, shownNodes, startAgain, starts, state, toggleNeighbours } from "./state.js";
import { $, count, dark, forced, percent, plural, readColours } from "./style.js";
import { csv, current, renderTable } from "./table.js";
import { startTaps } from "./taps.js";
import { renderWorlds, startWorlds } from "./worlds.js";
import { openPaths } from "./waylist.js";
import { clearLens, startWays, syncWays, toggleThrough } from "./ways.js";
import { legible } from "./controls.js";

export const narrow = matchMedia("(max-width: 860px)");
export const say = (message) => { $("live").textContent = legible(message); };
// For those who see as well, where nothing else on the page would show it.
export function tell(message) {
  say(message);
  $("live").classList.add("loud");
  setTimeout(() => $("live").classList.remove("loud"), 1800);
}
export const focusStage = () => (state.view === "cascade" ? cardOf.get(state.row) || $("board").querySelector(".card[tabindex='0']") || $("board") : $(state.view)).focus?.({ preventScroll: true });
const BUTTON = { legend: "toggle-legend", drawer: "toggle-table" };

export function togglePart(part, on = $(part).hidden) {
  if (on && narrow.matches && part === "drawer" && state.view === "map") togglePart("legend", false);
  // Whoever was in it goes back to the button that opens it.
  if (!on && $(part).contains(document.activeElement)) $(BUTTON[part]).focus();
  $(part).hidden = !on;
  $(BUTTON[part]).setAttribute("aria-pressed", String(on));
  if (part === "drawer") renderTable();
  else if (on && narrow.matches) togglePart("drawer", false);
  layoutChanged();
}
function layoutChanged() {
  touch();
  document.body.dataset.view = state.view;
  // What was in sight as a whole stays so in a frame of another size.
  if (state.view === "map") requestAnimationFrame(() => { redrawMap(); if (state.selected < 0) fitMap(false); });
  else requestAnimationFrame(renderCascade);
}

function announce(why, options) {
  if (options.said) return say(options.said);
  if (why === "filtered" || why === "more") return say(`${count(shownNodes().length)} of ${count(population)} entities shown`);
  if (state.row >= 0 && state.view === "cascade") return say(`${impacts[state.row].label} selected: loses ${percent(impacts[state.row].loss)} at step ${impacts[state.row].step}`);
  if (state.selected >= 0) return say(`${nodes[state.selected].label} selected: ${nodes[state.selected].class.label}, ${plural(shownNeighbours(state.selected).length, "neighbour", "neighbours")} shown`);
  return say(why === "start" ? "" : "Nothing selected");
}
function renderBars() {
  const inMap = state.view === "map";
  for (const view of ["map", "cascade", "compare"]) $(`view-${view}`)?.setAttribute("aria-pressed", String(state.view === view));
  $("stage").hidden = !inMap;
  $("cascade").hidden = state.view !== "cascade";
  $("toggle-legend").hidden = !inMap;
  $("legend").hidden = !inMap || $("toggle-legend").getAttribute("aria-pressed") === "false";
  $("amount").textContent = `${count(shownNodes().length)} of ${count(population)} entities`;
  const left = population - state.visible.size;
  $("more").textContent = "Show more";
  $("more").hidden = left <= 0;
  $("back").disabled = !past.length;
  $("forward").disabled = !future.length;
}

// Everything that is on the page follows from the state; this is called after each change of it.
export function render(reason, options = {}) {
  const held = document.activeElement;
  syncWays(reason);
  renderBars();
  document.body.dataset.view = state.view;
  if (state.view === "map") {
    // A map that was hidden has no size until now.
    resizeMap(reason === "view");
    syncMap();
    if (options.fit) fitMap(reason !== "start");
    else if (options.centre) centreOn(state.selected);
    else if (state.selected >= 0 && ["selected", "restored"].includes(reason)) keepInSight(state.selected);
  }
  if (reason !== "start" || state.view === "cascade") renderCascade();
  if (reason !== "selected") renderLegend();
  renderWorlds();
  renderCompare();
  renderPanel();
  renderTable();
  if (held !== document.body && [held, document.body].includes(document.activeElement) && lost(held)) focusStage();
  announce(reason, options);
  touch();
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
function onArrow(event) {
  if (state.view === "compare") return;
  const inStage = $("map").contains(event.target) || $("board")?.contains(event.target) || event.target === document.body;
  if (!inStage) return;
  event.preventDefault();
  if (state.view === "cascade") {
    moveCard(event.key);
    focusStage();
    return;
  }
  const here = state.selected >= 0 && shown(state.selected) ? state.selected : -1;
  if (here < 0) return select(starts().find(shown) ?? shownNodes()[0] ?? -1);
  const next = towards(here, ...ARROWS[event.key]);
  if (next >= 0) select(next);
  else say(`No neighbour of ${nodes[here].label} in that direction`);
}
function openPanel() {
  if (state.selected < 0 && state.row < 0) return;
  const title = $("panel").querySelector("h2");
  title.scrollIntoView({ block: "nearest" });
  title.focus();
}
function onKey(event) {
  const typing = event.target.matches?.("input[type=search], input[type=number], select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
  const onButton = event.target.matches?.("button, summary, input, th, a");
  if (ARROWS[event.key] && !event.target.matches?.("input")) onArrow(event);
  else if (event.key === "/") {
    event.preventDefault();
    $("search").focus();
  } else if (event.key === "?") $("help").showModal();
  else if (event.key === "Escape") escape();
  else if (event.key === "e" && state.selected >= 0 && state.view === "map") toggleNeighbours(state.selected);
  else if (event.key === "t") toggleThrough();
  else if (event.key === "p") {
    // Or the letter would land in the field that opens.
    event.preventDefault();
    openPaths();
  } else if (event.key === "Enter" && (!onButton || event.target.classList.contains("on-path"))) openPanel();
}
// Back: what is lit goes out first, then out of the panel, then to what was before.
function escape() {
  if (clearLens()) return;
  if ($("panel").contains(document.activeElement)) focusStage();
  else if (!goBack()) clearSelection();
}

function restyle() {
  readColours();
  render("restyled");
}
function listen() {
  $("view-map").addEventListener("click", () => setView("map"));
  $("view-cascade").addEventListener("click", () => setView("cascade"));
  $("toggle-legend").addEventListener("click", () => togglePart("legend"));
  $("toggle-table").addEventListener("click", () => togglePart("drawer"));
  $("open-help").addEventListener("click", () => $("help").showModal());
  $("back").addEventListener("click", goBack);
  $("forward").addEventListener("click", goForward);
  $("zoom-in").addEventListener("click", () => zoom(1.35));
  $("zoom-out").addEventListener("click", () => zoom(1 / 1.35));
  $("fit").addEventListener("click", () => fitMap());
  $("more").addEventListener("click", showMore);
  $("reset").addEventListener("click", startAgain);
  document.addEventListener("keydown", onKey);
  for (const palette of [dark, forced]) palette.addEventListener("change", restyle);
  for (const [when, on] of [["beforeprint", true], ["afterprint", false]]) addEventListener(when, () => { document.documentElement.toggleAttribute("data-print", on); restyle(); (on ? preparePaper : clearPaper)(); });
  addEventListener("resize", layoutChanged);
}

export function start() {
  $("app").hidden = false;
  readColours();
  first();
  startMap();
  $("views").hidden = !raw.cascade;
  if (raw.cascade) {
    buildCascade();
    state.step = LAST;
    $("drawer").hidden = narrow.matches;
  }
  $("toggle-legend").setAttribute("aria-pressed", String(!narrow.matches));
  $("toggle-table").setAttribute("aria-pressed", String(!$("drawer").hidden));
  startWorlds();
  startCompare();
  startSearch();
  startSave();
  listen();
  startTaps();
  startWays();
  startLinks();
  arrowRows($("drawer"));
  render("start", { fit: true });
}

// For tests and the curious: where an entity stands, and what is shown. It gives away nothing that the page does not show.
window.knockon = Object.freeze({
  place: (label) => {
    const node = nodes.find((n) => n.label === label);
    const box = $("map").getBoundingClientRect();
    const place = placeOf(node.index);
    return { x: box.left + place.x, y: box.top + place.y };
  },
  shown: () => shownNodes().map((id) => nodes[id].label),
  present: () => ({ entities: nodes.filter((n) => n.here).map((n) => n.iri), facts: facts.filter((f) => f.here).map((f) => [f.kind.key, f.record]) }),
  selected: () => (state.selected < 0 ? null : nodes[state.selected].label),
  csv: () => (state.view === "compare" ? comparedCsv() : csv(current())),
  link,
  paths: (from, to, options) => {
    const row = (label) => nodes.findIndex((node) => node.label === label);
    const { ways, more, cut } = best(row(from), row(to), options);
    return { paths: ways.map((way) => way.nodes.map((id) => nodes[id].label)), more, cut };
  },
  lens: () => state.lens && { name: state.lens.name, nodes: [...state.lens.nodes].map((id) => nodes[id].label).sort(), edges: state.lens.edges.size },
  at: (x, y) => nodes[entityAt(x, y)]?.label ?? null,
  view: () => ({ centre: mapCentre(), scale: mapScale() }),
  svg: drawingText,
  png: (scale) => drawingPicture(scale).then(({ blob }) => dataAddress(blob)),
});
