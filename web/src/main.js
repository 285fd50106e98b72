// Puts the parts together: which of them are drawn after which change, and the start.
import { syncPaths } from "./actions/path-highlight.js";
import { $, focused } from "./dom.js";
import { clearPaper, preparePaper } from "./export/print.js";
import { hooks } from "./hooks.js";
import { dark, forced } from "./media.js";
import { edges } from "./model/data.js";
import { syncSight } from "./model/mine.js";
import { growAtFirst } from "./model/visible.js";
import { centreOn, fitMap, keepInSight, redrawMap, resizeMap, startMap, syncMap } from "./render/map.js";
import { readColours } from "./render/palette.js";
import { canAsk, room, state, subscribe } from "./store.js";
import { touch } from "./url/url.js";
import { startLinks } from "./url/url-state.js";
import { announce, say } from "./views/announce.js";
import { renderBrief } from "./views/brief.js";
import { renderBars, startBars } from "./views/bars.js";
import { renderCascade } from "./views/cascade.js";
import { renderCompare, startCompare } from "./views/compare.js";
import { arrowRows, focusStage, lost } from "./views/focus.js";
import { startKeyboard } from "./views/keyboard.js";
import { renderIdentity, startIdentity } from "./views/identity.js";
import { renderLegend } from "./views/legend.js";
import { renderLens, startLens } from "./views/lens.js";
import { renderMine, startMine } from "./views/mine.js";
import { refreshRunPart, renderPanel } from "./views/panel.js";
import { renderParts, startParts } from "./views/parts.js";
import { renderBusy, renderQuestionBar, startQuestionBar } from "./views/question-bar.js";
import { startSave } from "./views/save-menu.js";
import { startSearch } from "./views/search.js";
import { renderShocks, startShocks } from "./views/shocks.js";
import { renderTable } from "./views/table.js";
import { startTaps } from "./views/taps.js";
import { refreshWhatIf } from "./views/what-if.js";
import { renderWorlds, startWorlds } from "./views/worlds.js";

/** What is in sight where only the list is shown. */
const sync = () => syncSight(state, (line) => (edges[line] ? [edges[line].from, edges[line].to] : []));
/**
 * Everything that is on the page follows from the state.
 * @param {string} reason
 * @param {ChangeOptions} [options]
 */
function render(reason, options = {}) {
  const before = focused();
  sync();
  syncPaths(reason);
  renderLens();
  renderBars();
  renderParts();
  if (state.view === "map") {
    // A map that was hidden has no size until now.
    resizeMap(reason === "view");
    const moved = syncMap();
    if (options.fit || moved) fitMap(reason !== "start");
    else if (options.centre) centreOn(state.selected);
    else if (state.selected >= 0 && ["selected", "restored"].includes(reason)) keepInSight(state.selected);
  }
  if (reason !== "start" || state.view === "cascade") renderCascade();
  if (reason !== "selected") renderLegend();
  renderWorlds();
  renderQuestionBar();
  renderMine();
  renderIdentity();
  renderShocks();
  renderCompare();
  renderPanel();
  renderTable();
  if (before !== document.body && [before, document.body].includes(focused()) && lost(before)) focusStage();
  announce(reason, options);
  touch();
}
// The view has another size.
function onLayout() {
  touch();
  // A map that was in sight as a whole stays so in a frame of another size.
  const redraw = () => {
    redrawMap();
    if (state.selected < 0) fitMap(false);
  };
  requestAnimationFrame(state.view === "map" ? redraw : renderCascade);
}
// Changes after which only some of the parts are drawn.
/** @type {Record<string, (options: ChangeOptions) => void>} */
const SOME = {
  stepped: (options) => {
    renderCascade();
    renderTable();
    announce("stepped", options);
    touch();
  },
  // A slider that is dragged stays where it is, and so does the panel around it.
  asking: (options) => {
    sync();
    refreshWhatIf();
    refreshRunPart();
    renderQuestionBar();
    if (state.view === "map") syncMap();
    renderCascade();
    renderCompare();
    renderTable();
    announce("asking", options);
    touch();
  },
  grouped: (options) => {
    renderBars();
    renderCascade();
    announce("grouped", options);
    touch();
  },
  sorted: () => {
    renderTable();
    touch();
  },
  parts: () => {
    renderTable();
    onLayout();
  },
  panel: () => renderPanel(),
  busy: () => renderBusy(),
  message: ({ message = "" }) => say(message),
};
/**
 * @param {string} reason
 * @param {ChangeOptions} options
 */
const onChange = (reason, options = {}) => (SOME[reason] ? SOME[reason](options) : render(reason, options));

function restyle() {
  readColours();
  render("restyled");
  renderBrief();
}
/** @param {boolean} on */
function onPrint(on) {
  document.documentElement.toggleAttribute("data-print", on);
  restyle();
  (on ? preparePaper : clearPaper)();
}
function listen() {
  for (const palette of [dark, forced]) palette.addEventListener("change", restyle);
  addEventListener("beforeprint", () => onPrint(true));
  addEventListener("afterprint", () => onPrint(false));
  addEventListener("resize", onLayout);
}

export function start() {
  $("app").hidden = false;
  readColours();
  growAtFirst(state.visible, room);
  $("view-cascade").hidden = !canAsk;
  startParts();
  if (!startMap()) {
    $("no-canvas").hidden = false;
    state.open.drawer = true;
    say($("no-canvas").textContent);
  }
  renderParts();
  renderCascade();
  startWorlds();
  startQuestionBar();
  startShocks();
  startCompare();
  startMine();
  startIdentity();
  startSearch();
  startSave();
  startBars();
  startKeyboard();
  listen();
  startTaps();
  startLens();
  subscribe(onChange);
  startLinks();
  sync();
  arrowRows($("drawer"));
  render("start", { fit: true });
}
Object.assign(window, { knockon: hooks });
