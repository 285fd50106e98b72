// Labels on the map: always of one legible size, and none over another. The important ones come first.
import { impactOf, nodes } from "./data.js";
import { CROWD, drawn, drawnRadius, hides, hovered, lit, network } from "./map.js";
import { degree, edgeOn, shown, state } from "./state.js";
import { $, LINES, colours } from "./style.js";

const FONT = 12;
const LINE = 14;
const wrapped = new Map();

// At most two lines of a label, with their width.
function wrap(context, label) {
  if (wrapped.has(label)) return wrapped.get(label);
  const lines = [""];
  for (const word of label.replace(/\s+/g, " ").trim().split(" ")) {
    const joined = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (joined.length <= 20 || !lines.at(-1)) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  const kept = lines.slice(0, 2).map((line) => clip(line, 24));
  if (lines.length > 2) kept[1] = `${clip(lines[1], 22)}…`;
  const result = { lines: kept, width: Math.max(...kept.map((line) => context.measureText(line).width)) };
  wrapped.set(label, result);
  return result;
}
// By code points: half an emoji is no text.
const clip = (line, length) => ([...line].length > length ? `${[...line].slice(0, length - 1).join("").replace(/…$/, "")}…` : line);
const rightToLeft = (line) => /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u.test(line);

function importance(node) {
  if (node === state.selected || node === hovered) return 1e6;
  const impact = impactOf.get(node);
  return (lit?.has(node) ? 1e4 : 0) + (impact ? 30 * impact.loss : 0) + degree(node);
}

// Below the sign, else above, right, left: the first place that is free.
function places(x, y, size, width, height) {
  // What would run over the edge moves inwards.
  const inner = Math.max(width / 2 + 4, Math.min($("map").clientWidth - width / 2 - 4, x));
  return [
    { x: inner, left: inner - width / 2, top: y + size + 5 },
    { x: inner, left: inner - width / 2, top: y - size - 5 - height },
    { x: x + size + 6 + width / 2, left: x + size + 6, top: y - height / 2 },
    { x: x - size - 6 - width / 2, left: x - size - 6 - width, top: y - height / 2 },
  ].map((place) => ({ ...place, right: place.left + width, bottom: place.top + height }));
}
// Boxes that are taken, by squares of the screen: only the ones nearby are compared.
const CELL = 80;
class Taken {
  cells = new Map();
  *keys(box) {
    for (let x = Math.floor(box.left / CELL); x <= Math.floor(box.right / CELL); x += 1)
      for (let y = Math.floor(box.top / CELL); y <= Math.floor(box.bottom / CELL); y += 1) yield x * 4096 + y;
  }
  add(box) {
    for (const key of this.keys(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }
  free(box, owner) {
    for (const key of this.keys(box)) for (const other of this.cells.get(key) || []) if (other.id !== owner && overlap(box, other)) return false;
    return true;
  }
}
const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export function paintLabels(context) {
  const scale = network.getScale();
  const onScreen = drawn.map((id) => ({ id, ...network.canvasToDOM(nodes[id]), size: drawnRadius(id) * scale }));
  const { clientWidth, clientHeight } = $("map");
  const inSight = onScreen.filter((n) => n.x > -90 && n.y > -30 && n.x < clientWidth + 90 && n.y < clientHeight + 30);
  const boxes = new Taken();
  for (const n of inSight) boxes.add({ id: n.id, left: n.x - n.size, right: n.x + n.size, top: n.y - n.size, bottom: n.y + n.size });
  const wanted = inSight.filter((n) => !lit || lit.has(n.id) || n.id === hovered);
  wanted.sort((a, b) => importance(b.id) - importance(a.id) || a.id - b.id);
  context.save();
  // From here on in pixels of the screen, whatever the zoom.
  const ratio = context.canvas.width / clientWidth;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.lineJoin = "round";
  context.textAlign = "center";
  context.textBaseline = "top";
  if (lit && lit.size <= CROWD) paintEdgeLetters(context, boxes);
  for (const node of wanted) paintHidden(context, node, scale, boxes);
  for (const node of wanted.slice(0, 500)) paintLabel(context, node, boxes);
  context.restore();
}
function paintLabel(context, node, boxes) {
  const first = node.id === state.selected || node.id === hovered;
  context.font = `${first ? 600 : 400} ${FONT}px system-ui, sans-serif`;
  const { lines, width } = wrap(context, nodes[node.id].label);
  const ring = impactOf.has(node.id) || first ? 9 * network.getScale() : 2;
  const options = places(node.x, node.y, node.size + ring, width + 6, lines.length * LINE);
  const inside = options.filter((place) => place.left > 0 && place.right < $("map").clientWidth);
  const free = inside.find((place) => boxes.free(place, node.id));
  const place = free || (first ? options[0] : null);
  if (!place) return;
  boxes.add({ id: -1, ...place });
  context.strokeStyle = colours.paper;
  context.lineWidth = 4;
  context.fillStyle = colours.ink;
  lines.forEach((line, i) => {
    context.direction = rightToLeft(line) ? "rtl" : "ltr";
    context.strokeText(line, place.x, place.top + 1 + i * LINE);
    context.fillText(line, place.x, place.top + 1 + i * LINE);
  });
}
// "+3": neighbours that are not shown.
function paintHidden(context, node, scale, boxes) {
  if (scale < 0.8 && node.id !== state.selected && node.id !== hovered) return;
  const count = hides.get(node.id);
  if (!count) return;
  context.font = "600 10px system-ui, sans-serif";
  context.direction = "ltr";
  context.strokeStyle = colours.paper;
  context.lineWidth = 3;
  context.fillStyle = colours.quiet;
  const off = node.size + (impactOf.has(node.id) ? 8 * scale : 0);
  const [x, y] = [node.x + off * 0.8 + 8, node.y - off - 6];
  boxes.add({ id: -1, left: x - 8, right: x + 8, top: y, bottom: y + 10 });
  context.strokeText(`+${count}`, x, y);
  context.fillText(`+${count}`, x, y);
}
// Lines of the selection carry the letter of their family: never colour alone.
function paintEdgeLetters(context, boxes) {
  for (const edge of nodes[state.selected].edges.filter((e) => edgeOn(e) && shown(e.from) && shown(e.to) && e.from !== e.to)) {
    const [a, b] = [network.canvasToDOM(nodes[edge.from]), network.canvasToDOM(nodes[edge.to])];
    const line = network.body.edges[edge.index]?.edgeType;
    if (!line || Math.hypot(a.x - b.x, a.y - b.y) < 70) continue;
    const { x, y } = network.canvasToDOM(line.getPoint(0.5));
    boxes.add({ id: -1, left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 });
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.fillStyle = colours.paper;
    context.fill();
    context.font = "700 9px system-ui, sans-serif";
    context.direction = "ltr";
    context.fillStyle = colours[`edge-${edge.kind.family}`];
    context.fillText(LINES[edge.kind.family].letter, x, y - 4);
  }
}
