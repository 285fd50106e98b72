// The legend is the filter: each sign with its count and a box to tick.
import { $, button, closeButton, findAll, focused, h } from "../dom.js";
import { classes, edges, kinds, nodes } from "../model/data.js";
import { count, percent } from "../model/format.js";
import { filter } from "../model/graph.js";
import { impacts } from "../model/runs.js";
import { FAMILIES, LINES } from "../model/styles.js";
import { changed, state } from "../store.js";
import { glyph, lineGlyph, lossGlyph } from "./glyphs.js";
import { togglePart } from "./parts.js";

/**
 * @param {boolean} on
 * @param {Node | string} sign
 * @param {string} label
 * @param {number} number
 * @param {() => void} toggle
 */
function tick(on, sign, label, number, toggle) {
  const box = h("input", { type: "checkbox", onchange: toggle });
  box.checked = on;
  return h(
    "li",
    {},
    h("label", {}, box, sign, h("span", { class: "name" }, label), h("span", { class: "count" }, count(number))),
  );
}
/**
 * @param {Set<string>} set
 * @param {string} key
 */
function flip(set, key) {
  if (!set.delete(key)) set.add(key);
  changed("filtered");
}
/**
 * @param {Set<string>} set
 * @param {string[]} keys
 * @param {boolean} off
 */
function setAll(set, keys, off) {
  keys.forEach((key) => (off ? set.add(key) : set.delete(key)));
  changed("filtered");
}
/**
 * @param {string} title
 * @param {Set<string>} set
 * @param {string[]} keys
 */
function head(title, set, keys) {
  return h(
    "div",
    { class: "head" },
    h("h2", {}, title),
    button("All", () => setAll(set, keys, false), { class: "link", "aria-label": `Show all ${title.toLowerCase()}` }),
    button("None", () => setAll(set, keys, true), { class: "link", "aria-label": `Show no ${title.toLowerCase()}` }),
  );
}

// No filter, but what the rings of a cascade say.
const rings = () =>
  impacts.length > 0 &&
  h(
    "section",
    { class: "rings", id: "rings" },
    h("h3", {}, "Ring: loss by the shock"),
    h(
      "p",
      {},
      [0.25, 0.5, 1].map((loss) => h("span", {}, lossGlyph(loss), percent(loss))),
    ),
  );

// No filter either: what the stars on the map say.
const stars = () =>
  state.mine.size > 0 &&
  h(
    "section",
    { class: "rings", id: "stars" },
    h("p", {}, h("span", {}, h("b", { class: "list-star", "aria-hidden": "true" }, "★"), "Star: on my list")),
  );

/**
 * How many there are of each key in the world that is on.
 * @template {{ inWorld: boolean }} Item
 * @param {Item[]} items
 * @param {(item: Item) => string} keyOf
 */
function counts(items, keyOf) {
  /** @type {Map<string, number>} */
  const totals = new Map();
  for (const item of items) if (item.inWorld) totals.set(keyOf(item), (totals.get(keyOf(item)) ?? 0) + 1);
  return totals;
}
/**
 * The classes of each family, or the relations of each family of lines.
 * @param {Child} heading
 * @param {HTMLElement[]} ticks
 */
const family = (heading, ticks) => (ticks.length ? [h("section", {}, h("h3", {}, heading), h("ul", {}, ticks))] : []);
function classSections() {
  const perClass = counts(nodes, (node) => node.class.name);
  return Object.entries(FAMILIES).flatMap(([name, label]) => {
    const members = classes.filter((klass) => klass.family === name && perClass.has(klass.name));
    const off = filter.classesOff;
    const ticks = members.map((klass) =>
      tick(!off.has(klass.name), glyph(klass), klass.label, perClass.get(klass.name) ?? 0, () => flip(off, klass.name)),
    );
    return family(label, ticks);
  });
}
/** @param {Map<string, number>} perKind */
function linkSections(perKind) {
  return Object.entries(LINES).flatMap(([name, look]) => {
    const members = kinds.filter((kind) => kind.family === name && perKind.has(kind.key));
    const off = filter.kindsOff;
    const ticks = members.map((kind) =>
      tick(!off.has(kind.key), "", kind.label, perKind.get(kind.key) ?? 0, () => flip(off, kind.key)),
    );
    const letter = h("b", { class: `letter ${name}` }, look.letter);
    return family([lineGlyph(/** @type {LineFamily} */ (name)), letter, look.label], ticks);
  });
}

export function renderLegend() {
  const perKind = counts(edges, (edge) => edge.kind.key);
  const classNames = classes.map((klass) => klass.name);
  const linkKeys = kinds.map((kind) => kind.key).filter((key) => perKind.has(key));
  const top = $("legend").scrollTop;
  const at = findAll($("legend"), "input, button").indexOf(focused());
  $("legend").replaceChildren(
    closeButton("Close filter", () => togglePart("legend", false)),
    head("Entities", filter.classesOff, classNames),
    ...classSections(),
    rings() || "",
    stars() || "",
    head("Relations", filter.kindsOff, linkKeys),
    ...linkSections(perKind),
  );
  $("legend").scrollTop = top;
  // The list is built anew: the keyboard stays where it was.
  if (at >= 0) findAll($("legend"), "input, button")[at]?.focus();
}
