// The lines of the map can be seen: at least 3:1 against the paper, in light and in dark, as they are drawn.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LINES } from "../../web/src/model/styles.js";
import { ORDINARY, lineLook } from "../../web/src/render/geometry.js";

const css = readFileSync(new URL("../../web/src/style/base.css", import.meta.url), "utf8");
const palettes = {
  light: css.slice(0, css.indexOf("@media")),
  dark: css.slice(css.indexOf("prefers-color-scheme: dark")),
};
/**
 * @param {string} palette
 * @param {string} name
 */
const colour = (palette, name) => {
  const [, hex] = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(palette) ?? [];
  assert.ok(hex, name);
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
};
/** @param {number[]} channels the relative luminance of WCAG 2.2 */
const luminance = (channels) => {
  const [r, g, b] = channels.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
/** @type {(a: number[], b: number[]) => number} */
const contrast = (a, b) => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};
/** @type {(top: number[], below: number[], share: number) => number[]} */
const laid = (top, below, share) => top.map((value, i) => value * share + below[i] * (1 - share));

for (const [name, palette] of Object.entries(palettes))
  test(`every kind of line has a contrast of 3:1 in ${name}, also to a hub and among thousands`, () => {
    const paper = colour(palette, "paper");
    for (const family of /** @type {LineFamily[]} */ (Object.keys(LINES)))
      for (const hub of [true, false])
        for (const many of [true, false]) {
          const { opacity, width } = lineLook({ id: 1, family, hub, many }, null);
          assert.ok(width >= 1);
          assert.ok(opacity >= ORDINARY);
          const shown = contrast(laid(colour(palette, `edge-${family}`), paper, opacity), paper);
          assert.ok(shown >= 3, `${family}: ${shown.toFixed(2)}`);
        }
  });
test("signs, text and quiet text can be read in light and in dark", () => {
  for (const palette of Object.values(palettes)) {
    const paper = colour(palette, "paper");
    for (const [name, least] of /** @type {[string, number][]} */ ([
      ["ink", 7],
      ["quiet", 4.5],
      ["accent", 4.5],
      ["node-thing", 3],
      ["node-place", 3],
      ["node-money", 3],
    ]))
      assert.ok(
        contrast(colour(palette, name), paper) >= least,
        `${name}: ${contrast(colour(palette, name), paper).toFixed(2)}`,
      );
  }
});
