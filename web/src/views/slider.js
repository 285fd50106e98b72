// A slider for a share from 0 to 100 %: what it changes follows while it is dragged, and a drag is one step of the history.
import { find, h, targetField } from "../dom.js";
import { percent } from "../model/format.js";

/** @typedef {{ isStep: boolean, live: boolean }} How */
/**
 * @param {{ id: string, label: Child, about: string, value: number, set: (value: number, how: How) => unknown, note?: (value: number) => string, most?: number, words?: (value: number) => string, step?: number }} options
 */
export function slider({ id, label, about, value, set, note = () => "", most = 1, words = percent, step = 0.01 }) {
  let dragged = false;
  const input = h("input", {
    id,
    type: "range",
    min: "0",
    max: String(most),
    step: String(step),
    "aria-label": about,
    "aria-valuetext": words(value),
    oninput: (event) => {
      const now = Number(targetField(event).value);
      show(now);
      set(now, { isStep: !dragged, live: true });
      dragged = true;
    },
    onchange: (event) => {
      // The panel is built anew, now that it is let go.
      set(Number(targetField(event).value), { isStep: !dragged, live: false });
      dragged = false;
    },
  });
  input.value = String(value);
  const box = h(
    "div",
    { class: "slider" },
    h("label", {}, h("span", { class: "key" }, label), input, h("output", { for: id }, words(value))),
    h("p", { class: "quiet note" }, note(value)),
  );
  /** @param {number} now */
  function show(now) {
    input.setAttribute("aria-valuetext", words(now));
    find(box, "output").textContent = words(now);
    find(box, ".note").textContent = note(now);
  }
  return box;
}
