// An entity by its sign and name, to be picked.
import { pick } from "../actions/selection.js";
import { h, named } from "../dom.js";
import { nodes } from "../model/data.js";
import { glyph } from "./glyphs.js";

/**
 * A button with the sign and the name of an entity; `after` comes behind the name, which `clipped` cuts to some lines.
 * @param {number} node
 * @param {{ onclick?: () => void, clipped?: boolean, after?: Child }} [options]
 */
export const entityButton = (node, { onclick = () => pick(node), clipped = false, after = null } = {}) =>
  h(
    "button",
    { type: "button", class: "entity", onclick },
    glyph(nodes[node].class),
    named(nodes[node].label, "span", clipped ? { class: "label" } : {}),
    after,
  );
