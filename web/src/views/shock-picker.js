// The list of all shocks, those that reach furthest first, to choose what is asked.
import { ask, askShock } from "../actions/question.js";
import { setView } from "../actions/selection.js";
import { $, button, find, findAll, focused, h, named, target } from "../dom.js";
import { shocks } from "../model/computed/shocks.js";
import { percent, plural } from "../model/format.js";
import { isWhatIf, questionLabel, sameQuestion, shockAlone } from "../model/question.js";
import { byReach, computeNext, isComplete, matching, shockTable } from "../model/shock-table.js";
import { state } from "../store.js";
import { spaced } from "../model/text.js";
import { whileIdle } from "./idle.js";

// With more shocks than this the list has a field to search in.
const FEW = 12;

/** How far a shock reaches, in words. @type {(found: { affected: number, worst: number }) => string} */
export function reachWords({ affected, worst }) {
  if (!affected) return "harms nothing here";
  const lose = plural(affected, "entity loses", "entities lose");
  return worst ? `${lose}, at worst ${percent(worst)} beyond the hit` : `${lose}: it stops at what is hit`;
}

/** @param {boolean} [open] */
export function togglePicker(open = /** @type {boolean} */ ($("shock-picker").hidden)) {
  $("shock-picker").hidden = !open;
  $("choose-shock").setAttribute("aria-expanded", String(open));
  if (!open) return;
  renderList();
  (find($("shock-picker"), "input") ?? find($("shock-picker"), "[aria-pressed='true'], li button, button"))?.focus();
  const table = shockTable(state.world);
  whileIdle(
    () => !$("shock-picker").hidden && table === shockTable(state.world) && !isComplete(table),
    () => computeNext(table),
    renderList,
  );
}
/** @param {() => void} act */
function choose(act) {
  togglePicker(false);
  $("choose-shock").focus();
  act();
}
function searchInstead() {
  togglePicker(false);
  $("search").focus();
}
/** @param {ShockReach} row */
const line = ({ shock, ...found }) =>
  h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        "data-key": `shock ${shock.index}`,
        "aria-pressed": String(shockAlone(state.question) === shock.index),
        onclick: () => choose(() => askShock(shock.index)),
      },
      named(shock.label, "span", { class: "label" }),
      h(
        "span",
        { class: "quiet" },
        [shock.status && spaced(shock.status), reachWords(found)].filter(Boolean).join(" · "),
      ),
    ),
  );
/** The last question of the reader's own. */
function ownLine() {
  const { kept, question } = state;
  if (!kept || !isWhatIf(kept)) return null;
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        "data-key": "kept",
        "aria-pressed": String(sameQuestion(kept, question)),
        onclick: () => choose(() => ask(kept, { view: state.view === "map" ? "map" : "cascade" })),
      },
      named(questionLabel(kept), "span", { class: "label" }),
      h("span", { class: "quiet" }, "What you asked"),
    ),
  );
}
function renderList() {
  const table = shockTable(state.world);
  const query = /** @type {HTMLInputElement | null} */ ($("shock-search"))?.value ?? "";
  const rows = matching(byReach(table), query);
  const left = shocks.length - table.found.length;
  const key = focused().dataset.key;
  const top = $("shock-list").scrollTop;
  $("shock-list").replaceChildren(...[query ? null : ownLine(), ...rows.map(line)].filter((item) => item !== null));
  $("shock-list").scrollTop = top;
  if (key)
    findAll($("shock-list"), "button")
      .find((item) => item.dataset.key === key)
      ?.focus({ preventScroll: true });
  $("shock-count").textContent = !shocks.length
    ? "These data have no shock. Search for an entity, or select one, and press “What if this fails?”."
    : left
      ? `Computing: ${plural(left, "shock", "shocks")} to come`
      : query && !rows.length
        ? "No shock has these words."
        : `${plural(rows.length, "shock", "shocks")}, those that reach furthest first`;
}
/** @param {KeyboardEvent} event */
function onKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    event.stopPropagation();
    togglePicker(false);
    $("choose-shock").focus();
  } else if (step) {
    event.preventDefault();
    event.stopPropagation();
    const items = findAll($("shock-picker"), "input, li button");
    items[(items.indexOf(focused()) + step + items.length) % items.length].focus();
  } else if (event.key === "Enter" && target(event).id === "shock-search") {
    event.preventDefault();
    find($("shock-list"), "button")?.click();
  }
}
/** @param {HTMLElement} place */
export function startPicker(place) {
  const search =
    shocks.length > FEW &&
    h("input", {
      id: "shock-search",
      type: "search",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "Search shocks",
      "aria-label": "Search shocks",
      oninput: renderList,
    });
  place.append(
    h(
      "div",
      { id: "shock-picker", role: "dialog", "aria-label": "Choose a shock", hidden: true, onkeydown: onKey },
      search,
      h("p", { class: "quiet", id: "shock-count", role: "status" }),
      h("ul", { id: "shock-list" }),
      shocks.length
        ? button("All shocks in one table", () => choose(() => setView("shocks")), { class: "link", id: "all-shocks" })
        : button("Search for an entity", searchInstead, { class: "link", id: "search-instead" }),
    ),
  );
  document.addEventListener("pointerdown", (event) => {
    if (!$("shock-picker").hidden && !place.contains(target(event))) togglePicker(false);
  });
  place.addEventListener("focusout", (event) => {
    const to = /** @type {Node | null} */ (event.relatedTarget);
    if (to && !place.contains(to)) togglePicker(false);
  });
}
