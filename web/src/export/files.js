// Handing a file to the reader.
import { h } from "../dom.js";
import { raw } from "../model/data.js";
import { state } from "../store.js";

// Letters, digits and hyphens of the title: what no system takes for a path or a command.
export function fileName(ending) {
  const safe = raw.title.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${[...safe].slice(0, 60).join("") || "knock-on"}-${state.view}.${ending}`;
}
function handAs(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
export const hand = (blob, ending) => handAs(blob, fileName(ending));
// A spreadsheet takes it for UTF-8 by its first character.
export const csvBlob = (rows) => new Blob(["\ufeff", rows], { type: "text/csv;charset=utf-8" });
export const saveCsv = (rows, name) => handAs(csvBlob(rows), name);
