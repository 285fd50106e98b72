// The buttons around the drawing: which view is on, how much of the graph is shown, back and forward.
import { arrangeBy, setView, showMore, startAgain } from "../actions/selection.js";
import { $, field, findAll, help } from "../dom.js";
import { count } from "../model/format.js";
import { hasCountries } from "../model/grouping.js";
import { impacts, shockName, silence } from "../model/runs.js";
import { legible } from "../model/text.js";
import { whyShown } from "../model/visible.js";
import { population } from "../model/world-filter.js";
import { fitMap, zoom } from "../render/map.js";
import { future, goBack, goForward, past, shownNodes, state } from "../store.js";
import { togglePart } from "./parts.js";

const onlyWords = () => (impacts.length ? "only your list, and what harm passes on its way to it" : "only your list");
const NOTHING = "nothing loses anything by it";
export function renderBars() {
  document.body.dataset.view = state.view;
  for (const view of ["shocks", "map", "cascade", "compare", "mine", "identity"])
    $(`view-${view}`)?.setAttribute("aria-pressed", String(state.view === view));
  $("stage").hidden = state.view !== "map";
  $("cascade").hidden = state.view !== "cascade";
  const why = state.onlyMine ? onlyWords() : whyShown(state.visible);
  const amount = `${count(shownNodes().length)} of ${count(population)} entities`;
  $("amount").textContent = legible(why ? `${amount}: ${why}` : amount);
  $("map-shock").hidden = !shockName();
  $("map-shock-name").textContent = legible(impacts.length ? shockName() : `${shockName()}: ${silence || NOTHING}`);
  $("more").textContent = "Show more";
  $("more").hidden = state.onlyMine || population <= state.visible.size;
  $("reset").hidden = state.onlyMine;
  renderArrange();
  field("back").disabled = !past.length;
  field("forward").disabled = !future.length;
}
// What is offered depends on what the graph says, and on what is lit.
function renderArrange() {
  const { by } = state.arrangement;
  const lit = state.selected >= 0 || state.line >= 0 || state.lens !== null;
  findAll($("arrange"), "option").forEach((option) => {
    const { value } = /** @type {HTMLOptionElement} */ (option);
    option.hidden = (value === "country" && !hasCountries()) || (value === "alone" && !lit && by !== "alone");
  });
  field("arrange").value = by;
}
export function startBars() {
  const clicks = {
    "view-map": () => setView("map"),
    "view-cascade": () => setView("cascade"),
    "toggle-legend": () => togglePart("legend"),
    "toggle-table": () => togglePart("drawer"),
    "open-help": () => help().showModal(),
    back: goBack,
    forward: goForward,
    "zoom-in": () => zoom(1.35),
    "zoom-out": () => zoom(1 / 1.35),
    fit: () => fitMap(true, true),
    more: showMore,
    reset: startAgain,
  };
  $("arrange").addEventListener("change", () => arrangeBy(/** @type {Arrangement["by"]} */ (field("arrange").value)));
  for (const [id, onclick] of Object.entries(clicks)) $(id).addEventListener("click", () => onclick());
}
