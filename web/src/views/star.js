// The star by which an entity is put on the reader's list, and taken off it.
import { toggleMark } from "../actions/mine.js";
import { button } from "../dom.js";
import { nodes } from "../model/data.js";
import { state } from "../store.js";

/** @param {number} node */
export const starSign = (node) => (state.mine.has(node) ? "★" : "☆");
/**
 * @param {number} node
 * @param {string} key by which the focus finds it again
 * @param {{ tabindex?: string }} [props] in a table the arrow keys and m do what Tab would take too long for
 */
export function star(node, key, props = {}) {
  const isOn = state.mine.has(node);
  return button(starSign(node), () => toggleMark(node), {
    class: "star",
    "data-key": key,
    "aria-pressed": String(isOn),
    "aria-label": `${nodes[node].label} on my list`,
    title: isOn ? "Take it off my list (m)" : "Put it on my list (m)",
    ...props,
  });
}
