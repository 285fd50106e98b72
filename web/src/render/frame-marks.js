// The frames of groups on a view: where they are, and as much of their names as there is room for.
import { count } from "../model/format.js";
import { legible } from "../model/text.js";
import { LINE } from "./labels.js";
import { scene } from "./scene.js";

/**
 * @param {FrameView} view
 * @param {Measure} measure
 */
export function frameMarks({ scale, origin }, measure) {
  return scene.frames.map(({ name, count: number, left, right, top, bottom, room }) => {
    const box = {
      left: (left - origin.x) * scale,
      right: (right - origin.x) * scale,
      top: (top - origin.y) * scale,
      bottom: (bottom - origin.y) * scale,
    };
    const lines = heading(legible(name), count(number), box.right - box.left - 5, measure);
    // From afar there is no room within the frame: then the heading is above it.
    const fits = room * scale > 20 + lines.length * LINE;
    return { box, lines, start: fits ? box.top + 7 : box.top - lines.length * LINE - 3 };
  });
}
/**
 * The name with the number in it, on one line or on two; a name that is too long is cut, the number never.
 * @param {string} name
 * @param {string} number
 * @param {number} wide
 * @param {Measure} measure
 */
function heading(name, number, wide, measure) {
  const both = `${name} · ${number}`;
  if (measure(both, true) <= wide) return [both];
  const letters = [...name];
  for (let length = letters.length; length > 1; length -= Math.max(1, Math.round(length / 12))) {
    const words = length < letters.length ? `${letters.slice(0, length).join("").trimEnd()}…` : name;
    if (measure(words, true) <= wide) return [words, number];
  }
  return [number];
}
