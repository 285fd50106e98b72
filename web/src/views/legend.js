// The legend is the filter: each sign with its count and a box to tick.
import { $, closeButton, findAll, focused, h } from "../dom.js";
import { classes, edges, kinds, nodes, raw } from "../model/data.js";
import { count, percent } from "../model/format.js";
import { filter } from "../model/graph.js";
import { FAMILIES, LINES } from "../model/styles.js";
import { changed } from "../store.js";
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
    h(
      "button",
      {
        type: "button",
        class: "link",
        "aria-label": `Show all ${title.toLowerCase()}`,
        onclick: () => setAll(set, keys, false),
      },
      "All",
    ),
    h(
      "button",
      {
        type: "button",
        class: "link",
        "aria-label": `Show no ${title.toLowerCase()}`,
        onclick: () => setAll(set, keys, true),
      },
      "None",
    ),
  );
}

// No filter, but what the rings of a cascade say.
const rings = () =>
  raw.cascade &&
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

export function renderLegend() {
  const perClass = new Map();
  const perKind = new Map();
  for (const node of nodes) if (node.here) perClass.set(node.class.name, (perClass.get(node.class.name) || 0) + 1);
  for (const edge of edges) if (edge.here) perKind.set(edge.kind.key, (perKind.get(edge.kind.key) || 0) + 1);
  const links = kinds.filter((kind) => perKind.has(kind.key));
  const classLists = Object.entries(FAMILIES)
    .map(([family, label]) => {
      const members = classes.filter((klass) => klass.family === family && perClass.has(klass.name));
      return members.length === 0
        ? null
        : h(
            "section",
            {},
            h("h3", {}, label),
            h(
              "ul",
              {},
              members.map((klass) =>
                tick(!filter.classesOff.has(klass.name), glyph(klass), klass.label, perClass.get(klass.name) ?? 0, () =>
                  flip(filter.classesOff, klass.name),
                ),
              ),
            ),
          );
    })
    .filter((section) => section !== null);
  const linkLists = Object.entries(LINES)
    .map(([family, look]) => {
      const members = links.filter((kind) => kind.family === family);
      return members.length === 0
        ? null
        : h(
            "section",
            {},
            h(
              "h3",
              {},
              lineGlyph(/** @type {LineFamily} */ (family)),
              h("b", { class: `letter ${family}` }, look.letter),
              look.label,
            ),
            h(
              "ul",
              {},
              members.map((kind) =>
                tick(!filter.kindsOff.has(kind.key), "", kind.label, perKind.get(kind.key) ?? 0, () =>
                  flip(filter.kindsOff, kind.key),
                ),
              ),
            ),
          );
    })
    .filter((section) => section !== null);
  const top = $("legend").scrollTop;
  const at = findAll($("legend"), "input, button").indexOf(focused());
  $("legend").replaceChildren(
    closeButton("Close filter", () => togglePart("legend", false)),
    head(
      "Entities",
      filter.classesOff,
      classes.map((klass) => klass.name),
    ),
    ...classLists,
    rings() || "",
    head(
      "Relations",
      filter.kindsOff,
      links.map((kind) => kind.key),
    ),
    ...linkLists,
  );
  $("legend").scrollTop = top;
  // The list is built anew: whoever ticks with the keyboard stays where they were.
  if (at >= 0) findAll($("legend"), "input, button")[at]?.focus();
}
