// One entity with everything it carries, painted on a canvas.
import { colours } from "./palette.js";
import { UP, starAt, trace } from "./shapes.js";

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Sign} node
 * @param {Point & { size: number, selected: boolean, hovered: boolean, alpha: number, letters: boolean, apart?: number, thick?: number, scale?: number }} place
 */
export function paintSign(
  ctx,
  node,
  { x, y, size, selected, hovered, alpha, letters, apart = 8.5, thick = 3, scale = 1 },
) {
  ctx.globalAlpha = alpha;
  ctx.lineJoin = "round";
  if (selected) paintHalo(ctx, x, y, size + 15);
  trace(ctx, node.family, x, y, size);
  ctx.fillStyle = colours[node.family];
  ctx.strokeStyle = selected ? colours.accent : hovered ? colours.ink : colours.paper;
  ctx.lineWidth = selected ? 3.5 : 2;
  ctx.stroke();
  ctx.fill();
  if (letters) paintLetters(ctx, node, x, y, size);
  if (node.loss !== null) paintLoss(ctx, node.loss, x, y, size + apart, thick);
  if (node.marked) paintStar(ctx, { x, y }, size, scale, alpha);
  ctx.globalAlpha = 1;
}
/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
export function paintHalo(ctx, x, y, size) {
  ctx.beginPath();
  ctx.arc(x, y, size, 0, 2 * Math.PI);
  ctx.fillStyle = colours["accent-soft"];
  ctx.fill();
}
/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Sign} node
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
export function paintLetters(ctx, node, x, y, size) {
  ctx.font = `600 ${(size * 0.86).toFixed(1)}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = colours["on-node"];
  ctx.fillText(node.letter, x, y + size * 0.08);
}
/**
 * A ring as long as the loss, so that the map tells the cascade as well.
 * @param {number} scale
 */
export const ringAt = (scale) => ({ apart: Math.max(8.5, 2.5 / scale), thick: Math.max(3, 1.5 / scale) });
/** @param {number} loss */
export const lossSweep = (loss) => UP + 2 * Math.PI * Math.max(0.02, loss);
/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} loss
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {number} width
 */
export function paintLoss(ctx, loss, x, y, size, width) {
  ctx.beginPath();
  ctx.arc(x, y, size, UP, lossSweep(loss));
  ctx.lineWidth = width;
  ctx.strokeStyle = colours.accent;
  ctx.stroke();
}
/**
 * A dotted ring around what a document says nothing of: it is not known to be spared.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Point} place
 * @param {number} size
 * @param {number} scale
 * @param {number} alpha
 */
export function paintUnknown(ctx, { x, y }, size, scale, alpha) {
  ctx.globalAlpha = alpha;
  ctx.beginPath();
  ctx.arc(x, y, size + Math.max(2.5, 6 * scale), 0, 2 * Math.PI);
  ctx.strokeStyle = colours.quiet;
  ctx.lineWidth = Math.max(1.2, 2 * scale);
  ctx.setLineDash([2, 3]);
  ctx.stroke();
  ctx.setLineDash([]);
}
/**
 * The star of what is on the reader's list.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Point} place
 * @param {number} size
 * @param {number} scale
 * @param {number} alpha
 */
export function paintStar(ctx, place, size, scale, alpha) {
  ctx.globalAlpha = alpha;
  ctx.beginPath();
  starAt(place, size, scale).forEach(([x, y], i) => ctx[i ? "lineTo" : "moveTo"](x, y));
  ctx.closePath();
  ctx.strokeStyle = colours.paper;
  ctx.fillStyle = colours.accent;
  ctx.lineWidth = 3;
  ctx.stroke();
  ctx.fill();
}
