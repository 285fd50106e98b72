// Copying, also where a frame has no clipboard.
import { focused, h } from "../dom.js";
import { tell } from "./announce.js";

/**
 * @param {string} value
 * @param {string} what
 */
export async function copy(value, what) {
  let done = true;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // A sandboxed frame has no clipboard: select text and copy it.
    const area = h("textarea", { class: "away", readonly: true });
    area.value = value;
    document.body.append(area);
    const before = focused();
    area.select();
    done = document.execCommand("copy");
    area.remove();
    before.focus({ preventScroll: true });
  }
  tell(done ? `${what} copied` : "Could not copy: this frame or browser forbids it");
}
