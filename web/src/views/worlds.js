// The bar of worlds: all sources, one document alone, or what held on one day. Map, cascade, table, panel and search follow.
import { compareWorlds } from "../actions/selection.js";
import { setWorld } from "../actions/world.js";
import { $, button, field, find, focused, h, targetField } from "../dom.js";
import { narrow } from "../media.js";
import { comparable } from "../model/compare.js";
import { documents, raw } from "../model/data.js";
import { count, day as written } from "../model/format.js";
import { legible } from "../model/text.js";
import { WHOLE, isWhole } from "../model/world-filter.js";
import { days, hasWorlds, offered, worldName, worldNotice } from "../model/worlds.js";
import { canAsk, state } from "../store.js";

// A drag of the slider is one step of the history.
let dragging = false;

function chooser() {
  const select = h(
    "select",
    { id: "world", onchange: (event) => setWorld({ document: Number(targetField(event).value), day: "" }) },
    h("option", { value: "-1" }, "All sources"),
    offered.map((row) => h("option", { value: String(row) }, documents[row].title)),
  );
  const of = raw.documents.title.length;
  return h(
    "label",
    { class: "which", hidden: !offered.length },
    h("span", { class: "key" }, "World"),
    select,
    offered.length < of && h("span", { class: "count" }, `${count(offered.length)} of ${count(of)}`),
  );
}
function slider() {
  const range = h("input", {
    id: "day",
    type: "range",
    min: "0",
    max: String(days.length),
    step: "1",
    oninput: () => {
      const day = days[Number(range.value)] || "";
      setWorld(day ? { document: -1, day } : WHOLE, !dragging);
      dragging = true;
    },
    onchange: () => {
      dragging = false;
    },
  });
  return h(
    "label",
    { class: "when", hidden: days.length < 2 },
    h("span", { class: "key" }, "As of"),
    range,
    h("output", { id: "day-name", for: "day" }),
    raw.days.stop.length < raw.days.of &&
      h("span", { class: "count" }, `${count(days.length)} of ${count(raw.days.of)} days`),
  );
}
export function startWorlds() {
  if (!hasWorlds) return;
  const toggle = button("", () => openBar(toggle.getAttribute("aria-expanded") !== "true"), {
    id: "world-toggle",
    "aria-controls": "world-choice",
    "aria-expanded": "false",
  });
  const bar = h(
    "section",
    { id: "worlds", "aria-label": "World" },
    toggle,
    h(
      "div",
      { id: "world-choice" },
      chooser(),
      slider(),
      h("p", { id: "world-notice" }),
      h(
        "div",
        { class: "ends-here" },
        canAsk && button("Compare with all sources", compareWorlds, { id: "against", class: "link" }),
        button("Show all", () => setWorld(WHOLE), { id: "whole", class: "link" }),
      ),
    ),
  );
  find(document, ".bar").after(bar);
  narrow.addEventListener("change", () => openBar(false));
}
/** @param {boolean} open */
function openBar(open) {
  $("world-toggle").setAttribute("aria-expanded", String(open));
  $("worlds").classList.toggle("open", open);
}
export function renderWorlds() {
  if (!hasWorlds) return;
  const { world } = state;
  const whole = isWhole(world);
  const at = world.day ? days.indexOf(world.day) : days.length;
  field("world").value = String(world.document);
  field("day").value = String(at);
  $("day-name").textContent = world.day ? written(world.day) : "all days";
  $("day").setAttribute("aria-valuetext", world.day ? written(world.day) : "All days");
  $("world-toggle").textContent = legible(`World: ${worldName(world)}`);
  $("worlds").classList.toggle("on", !whole);
  $("world-notice").textContent = $("world-notice").title = legible(worldNotice(world));
  const before = focused();
  $("whole").hidden = whole;
  if ($("against")) $("against").hidden = whole || !comparable();
  // The buttons that lead out of a world are gone with it.
  if (whole && before.closest?.(".ends-here")) (offered.length ? $("world") : $("day")).focus({ preventScroll: true });
}
