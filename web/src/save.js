// What can be taken along: the whole drawing as a picture or as vectors, and the table.
import { comparedCsv } from "./compare.js";
import { raw } from "./data.js";
import { cascadeDrawing } from "./drawing/cascade.js";
import { mapDrawing } from "./drawing/map.js";
import { tell } from "./main.js";
import { state } from "./state.js";
import { $, h } from "./style.js";
import { csv, current } from "./table.js";

// What browsers can paint on at once: so long a side, and so many pixels.
const [LONGEST, PIXELS] = [16000, 2 ** 26];
const inMap = () => state.view === "map";
const drawn = () => ["map", "cascade"].includes(state.view);

const drawing = () => (inMap() ? mapDrawing() : cascadeDrawing());
const serialised = (element) => `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(element)}\n`;
export const drawingText = () => serialised(drawing());

// Painted from the vectors, so that both show the same.
export async function drawingPicture(wanted = 2) {
  const element = drawing();
  const [width, height] = ["width", "height"].map((name) => Number(element.getAttribute(name)));
  const scale = Math.min(wanted, LONGEST / width, LONGEST / height, Math.sqrt(PIXELS / width / height));
  const size = { width: Math.floor(width * scale), height: Math.floor(height * scale) };
  // The browser draws vectors at the size they name.
  for (const [name, value] of Object.entries(size)) element.setAttribute(name, String(value));
  const canvas = Object.assign(document.createElement("canvas"), size);
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser has no canvas");
  const address = URL.createObjectURL(new Blob([serialised(element)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    context.drawImage(image, 0, 0, size.width, size.height);
  } finally {
    URL.revokeObjectURL(address);
  }
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  if (!blob) throw new Error("it is too large for this browser");
  return { blob, ...size, reduced: scale < wanted };
}
export const dataAddress = (blob) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
});

// Letters, digits and hyphens of the title: what no system takes for a path or a command.
export function fileName(ending) {
  const safe = raw.title.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${[...safe].slice(0, 60).join("") || "knock-on"}-${state.view}.${ending}`;
}
export function hand(blob, ending) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: fileName(ending) }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
async function savePicture() {
  tell("Drawing the picture …");
  try {
    const { blob, width, height, reduced } = await drawingPicture();
    hand(blob, "png");
    const size = `${width.toLocaleString("en")} × ${height.toLocaleString("en")} pixels`;
    tell(reduced ? `Scaled down to ${size}, the most a browser can paint; SVG has no such limit` : `Drawing saved as PNG, ${size}`);
  } catch (reason) {
    tell(`No picture could be made: ${reason.message || "this browser cannot"}. SVG may work.`);
  }
}
function saveVectors() {
  hand(new Blob([drawingText()], { type: "image/svg+xml;charset=utf-8" }), "svg");
  tell("Drawing saved as SVG");
}

function saveTable() {
  const rows = state.view === "compare" ? comparedCsv() : csv(current());
  hand(new Blob(["\ufeff", rows], { type: "text/csv;charset=utf-8" }), "csv");
  tell("Table saved as CSV");
}

function toggle(on) {
  $("save-menu").hidden = !on;
  // What stands side by side is a table, not a drawing.
  for (const id of ["save-png", "save-svg"]) $(id).disabled = !drawn();
  $("save").setAttribute("aria-expanded", String(on));
  if (on) $("save-menu").querySelector("button:not(:disabled)").focus();
}
function onKey(event) {
  const items = [...$("save-menu").querySelectorAll("button:not(:disabled)")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    event.stopPropagation();
    toggle(false);
    $("save").focus();
  } else if (step) {
    event.preventDefault();
    event.stopPropagation();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  }
}
export function startSave() {
  const does = { "save-png": savePicture, "save-svg": saveVectors, "save-csv": saveTable };
  $("save").addEventListener("click", () => toggle($("save-menu").hidden));
  for (const [id, act] of Object.entries(does)) $(id).addEventListener("click", () => { toggle(false); $("save").focus(); act(); });
  $("save-menu").addEventListener("keydown", onKey);
  // Gone as soon as anything else is meant.
  document.addEventListener("pointerdown", (event) => { if (!$("save-place").contains(event.target)) toggle(false); });
  $("save-place").addEventListener("focusout", (event) => { if (event.relatedTarget && !$("save-place").contains(event.relatedTarget)) toggle(false); });
}
