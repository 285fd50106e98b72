// Labels and the words on lines, painted on the canvas.
import { signRadius } from "./geometry.js";
import { frameMarks } from "./frame-marks.js";
import { LINE, Taken, font, labelPlace, rightToLeft, writing } from "./labels.js";
import { colours } from "./palette.js";
import { scene, sizeOf } from "./scene.js";

/**
 * Onto the canvas, from here on in pixels of the screen, whatever the zoom.
 * @template {{ width: number }} View
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 */
function ready(context, view) {
  const ratio = context.canvas.width / view.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.lineJoin = "round";
  context.textAlign = "center";
  context.textBaseline = "top";
  return view;
}
/**
 * The frames of groups, each with its name and how many are in it.
 * @param {CanvasRenderingContext2D} context
 * @param {FrameView} view
 */
export function paintFrames(context, view) {
  context.save();
  ready(context, view);
  context.textAlign = "left";
  for (const { box, lines, start } of frameMarks(view, measurer(context))) {
    context.strokeStyle = colours.quiet;
    context.lineWidth = 1;
    context.setLineDash([4, 4]);
    context.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    context.setLineDash([]);
    context.font = font(true);
    context.direction = rightToLeft(lines[0]) ? "rtl" : "ltr";
    context.strokeStyle = colours.paper;
    context.lineWidth = 4;
    context.fillStyle = colours.quiet;
    lines.forEach((words, i) => {
      context.strokeText(words, box.left + 4, start + i * LINE);
      context.fillText(words, box.left + 4, start + i * LINE);
    });
  }
  context.restore();
}
/** @param {CanvasRenderingContext2D} context */
const measurer = (context) => (/** @type {string} */ line, /** @type {boolean} */ bold) => {
  context.font = font(bold);
  return context.measureText(line).width;
};
/**
 * @param {CanvasRenderingContext2D} context
 * @param {WritingView} view
 * @param {number} [without]
 */
export function paintLabels(context, view, without = -1) {
  context.save();
  const { letters, counts, labels } = writing({ ...ready(context, view), without }, measurer(context));
  letters.forEach((item) => paintLetter(context, item));
  counts.forEach((item) => paintCount(context, item));
  labels.forEach((item) => paintLabel(context, item));
  context.restore();
}
/**
 * The label of what is pointed at, above a picture that holds the others.
 * @param {CanvasRenderingContext2D} context
 * @param {WritingView} view
 * @param {number} id
 */
export function paintOneLabel(context, view, id) {
  context.save();
  ready(context, view);
  const node = {
    id,
    ...view.place(id),
    size: signRadius(sizeOf(id), view.scale, scene.drawn.length) * view.scale,
  };
  const label = labelPlace(node, view, new Taken(), measurer(context));
  if (!label) return context.restore();
  context.fillStyle = colours.paper;
  context.fillRect(label.x - label.width / 2 - 4, label.top - 1, label.width + 8, label.lines.length * LINE + 3);
  paintLabel(context, label);
  return context.restore();
}
/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ lines: string[], x: number, top: number, bold: boolean, leader: [Point, Point] | null }} options
 */
function paintLabel(context, { lines, x, top, bold, leader }) {
  if (leader) {
    context.beginPath();
    context.moveTo(leader[0].x, leader[0].y);
    context.lineTo(leader[1].x, leader[1].y);
    context.strokeStyle = colours.ink;
    context.lineWidth = 1;
    context.stroke();
  }
  context.font = font(bold);
  context.strokeStyle = colours.paper;
  context.lineWidth = 4;
  context.fillStyle = colours.ink;
  lines.forEach((line, i) => {
    context.direction = rightToLeft(line) ? "rtl" : "ltr";
    context.strokeText(line, x, top + 1 + i * LINE);
    context.fillText(line, x, top + 1 + i * LINE);
  });
}
/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point & { text: string }} place
 */
function paintCount(context, { text, x, y }) {
  context.font = "600 10px system-ui, sans-serif";
  context.direction = "ltr";
  context.strokeStyle = colours.paper;
  context.lineWidth = 3;
  context.fillStyle = colours.quiet;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}
/**
 * @param {CanvasRenderingContext2D} context
 * @param {LineLetter} place
 */
function paintLetter(context, { x, y, letter, family, words }) {
  if (words) return paintWords(context, { x, y, words, family });
  context.beginPath();
  context.arc(x, y, 7, 0, 2 * Math.PI);
  context.fillStyle = colours.paper;
  context.fill();
  context.font = "700 9px system-ui, sans-serif";
  context.direction = "ltr";
  context.fillStyle = colours[`edge-${family}`];
  return context.fillText(letter, x, y - 4);
}
/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point & { words: string, family: LineFamily }} place
 */
function paintWords(context, { x, y, words, family }) {
  context.font = font(false);
  context.direction = rightToLeft(words) ? "rtl" : "ltr";
  const half = context.measureText(words).width / 2 + 3;
  context.fillStyle = colours.paper;
  context.fillRect(x - half, y - 8, 2 * half, 16);
  context.fillStyle = colours[`edge-${family}`];
  context.fillText(words, x, y - 6);
}
