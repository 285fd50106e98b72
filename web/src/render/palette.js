// The colours of the page, for what is drawn and not styled.
import { LINES } from "../model/styles.js";
import { SHAPE_FAMILIES } from "./shapes.js";

/** @type {Record<string, string>} */
export let colours = {};
// The palette lives in the style sheet, once for light and once for dark.
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  colours = Object.fromEntries(
    ["paper", "surface", "ink", "quiet", "line", "accent", "accent-soft", "on-node"].map((name) => [name, value(name)]),
  );
  for (const family of SHAPE_FAMILIES) colours[family] = value(`node-${family}`);
  for (const family of Object.keys(LINES)) colours[`edge-${family}`] = value(`edge-${family}`);
}
