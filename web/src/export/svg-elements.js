// What a saved drawing is made of: elements of SVG with nothing but plain attributes, and text that is only text.
import { svg } from "../dom.js";
import { legible } from "../model/text.js";
import { clip, font, rightToLeft } from "../render/labels.js";
import { colours } from "../render/palette.js";
import { outline } from "../render/shapes.js";

/**
 * What XML does not know, such as half an emoji or a control character, would make the file unreadable.
 * @param {string} text
 */
const writable = (text) => text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
/** @param {string | number | null | undefined} value */
const round = (value) => (typeof value === "number" ? String(Math.round(value * 100) / 100) : String(value));
/**
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...Element} children
 */
export const make = (tag, attributes = {}, ...children) =>
  svg(
    tag,
    Object.fromEntries(
      Object.entries(attributes)
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => [name, round(value)]),
    ),
    ...children,
  );

/**
 * @param {string} words
 * @param {Attributes} [attributes]
 */
export function write(words, attributes = {}) {
  const element = make("text", { direction: rightToLeft(words) ? "rtl" : null, ...attributes });
  element.textContent = writable(legible(words));
  return element;
}
/** @param {string} words */
export function title(words) {
  const element = make("title");
  element.textContent = writable(legible(words));
  return element;
}
/**
 * Several lines around one middle, readable over whatever lies below.
 * @param {{ lines: string[], x: number, top: number, bold: boolean }} options
 * @param {number} high
 * @param {Attributes} [props]
 */
export const label = ({ lines, x, top, bold }, high, props = {}) =>
  make(
    "g",
    { "text-anchor": "middle", "font-weight": bold ? 600 : null, ...props },
    ...lines.map((line, i) => write(line, { x, y: top + 1 + i * high + 11 })),
  );

/**
 * The lines of a text, none wider than `wide` pixels, at most `most`.
 * @param {string} words
 * @param {number} wide
 * @param {number} most
 * @param {number} size
 */
export function fill(words, wide, most, size) {
  const lines = [""];
  for (const word of legible(words).replace(/\s+/g, " ").trim().split(" ")) {
    const joined = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (!lines.at(-1) || measure(joined, false, size) <= wide) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  const kept = lines.length > most ? [...lines.slice(0, most - 1), `${lines[most - 1]}…`] : lines;
  return kept.map((line) => clip(line, Math.ceil(wide / size / 0.5)));
}

let context = null;
/**
 * Width of a line of text; without canvas, what it usually comes to.
 * @param {string} line
 * @param {boolean} [bold]
 * @param {number} [size]
 */
export function measure(line, bold = false, size = 12) {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return line.length * size * 0.56;
  context.font = font(bold);
  return (context.measureText(line).width * size) / 12;
}

/**
 * Two colours of the palette, mixed: `share` of the first. Computed here, since not every program knows color-mix().
 * @param {string} first
 * @param {string} second
 * @param {number} share
 */
export function mix(first, second, share) {
  const [a, b] = [parts(first), parts(second)];
  return a && b
    ? `#${a
        .map((value, i) =>
          Math.round(value * share + b[i] * (1 - share))
            .toString(16)
            .padStart(2, "0"),
        )
        .join("")}`
    : first;
}
/** @param {string} colour */
const parts = (colour) =>
  /^#[0-9a-f]{6}$/i.test(colour) ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) : null;

/**
 * @param {{ family: Family, letter: string }} node
 * @param {Point & { size: number, selected?: boolean }} place
 */
export function sign(node, { x, y, size, selected = false }) {
  const points = outline(node.family);
  const look = {
    fill: colours[node.family],
    stroke: selected ? colours.accent : colours.paper,
    "stroke-width": selected ? 3.5 : 2,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
  };
  const shape = points
    ? make("polygon", {
        points: points.map(([px, py]) => `${round(x + px * size)},${round(y + py * size)}`).join(" "),
        ...look,
      })
    : make("circle", { cx: x, cy: y, r: size, ...look });
  const letter = write(node.letter, {
    x,
    y: y + size * 0.38,
    "text-anchor": "middle",
    "font-size": round(size * 0.86),
    "font-weight": 600,
    fill: colours["on-node"],
  });
  const halo = make("circle", { cx: x, cy: y, r: size + 15, fill: colours["accent-soft"] });
  return selected ? [halo, shape, letter] : [shape, letter];
}

/**
 * @param {number} width
 * @param {number} height
 * @param {string} name
 * @param {...Element} children
 */
export function sheet(width, height, name, ...children) {
  const [wide, high] = [Math.ceil(width), Math.ceil(height)];
  return make(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: wide,
      height: high,
      viewBox: `0 0 ${wide} ${high}`,
      "font-family": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
      "font-size": 12,
    },
    title(name),
    make("rect", { width: "100%", height: "100%", fill: colours.paper }),
    ...children,
  );
}
/**
 * @param {string} name
 * @param {string} below
 */
export const heading = (name, below) =>
  make(
    "g",
    {},
    write(name, { x: 32, y: 38, "font-size": 18, "font-weight": 650, fill: colours.ink }),
    write(below, { x: 32, y: 58, "font-size": 12.5, fill: colours.quiet }),
  );

/**
 * Items that are put side by side, and go on below where the width is used up: each builds itself at a place.
 * @param {FlowItem[]} items
 * @param {number} width
 * @param {number} top
 * @param {number} [high]
 */
export function flow(items, width, top, high = 30) {
  let [x, y] = [32, top];
  const built = items.map(({ wide, build }) => {
    if (x > 32 && x + wide > width - 32) [x, y] = [32, y + high];
    const element = build(x, y);
    x += wide + 24;
    return element;
  });
  return { built, bottom: items.length ? y + high : top };
}
