// A tap that makes something appear must not press what appears: after a touch, browsers send a click to whatever lies under the
// finger by then. A click counts where its press began, or in a part of that.
import { target } from "../dom.js";
/** @type {Node | null} */
let pressed = null;

/** What has labels only where it is a field. @param {HTMLElement} element */
const asField = (element) => /** @type {HTMLInputElement} */ (element);
/**
 * @param {HTMLElement} target
 * @param {Node} source
 */
const labelled = (target, source) =>
  [...(asField(target).labels ?? [])].some((label) => label.contains(source)) ||
  target.closest?.("label")?.contains(source);
/**
 * @param {HTMLElement} target
 * @param {Node | null} source
 */
export const sameThing = (target, source) =>
  !source?.isConnected || target.contains(source) || source.contains(target) || labelled(target, source);

export function startTaps() {
  document.addEventListener(
    "pointerdown",
    (event) => {
      pressed = target(event);
    },
    true,
  );
  document.addEventListener(
    "click",
    (event) => {
      // Keys and scripts click without a press.
      if (event.detail === 0 || sameThing(target(event), pressed)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}
