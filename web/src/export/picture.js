// The whole drawing of the map or the cascade, as vectors or as a picture.
import { state } from "../store.js";
import { cascadeSvg } from "./cascade-svg.js";
import { mapDrawing } from "./map-drawing.js";

// The largest canvas of browsers: its longest side, and its pixels.
const [LONGEST, PIXELS] = [16000, 2 ** 26];

const drawing = () => (state.view === "map" ? mapDrawing() : cascadeSvg());
/** @param {Element} element */
const serialised = (element) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(element)}\n`;
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
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (!blob) throw new Error("it is too large for this browser");
  return { blob, ...size, reduced: scale < wanted };
}
/** @param {Blob} blob */
export const dataAddress = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
