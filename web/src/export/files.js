// Handing a file to the reader.
import { h } from "../dom.js";
import { raw } from "../model/data.js";
import { state } from "../store.js";

/**
 * Letters, digits and hyphens of the title: what no system takes for a path or a command.
 * @param {string} ending
 */
export function fileName(ending) {
  const safe = raw.title
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return `${[...safe].slice(0, 60).join("") || "knock-on"}-${state.view}.${ending}`;
}
/**
 * @param {Blob} blob
 * @param {string} name
 */
export function handAs(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
/**
 * @param {Blob} blob
 * @param {string} ending
 */
export const hand = (blob, ending) => handAs(blob, fileName(ending));
/**
 * A spreadsheet takes it for UTF-8 by its first character.
 * @param {string} rows
 */
export const csvBlob = (rows) => new Blob(["\ufeff", rows], { type: "text/csv;charset=utf-8" });
/**
 * @param {string} rows
 * @param {string} name
 */
export const saveCsv = (rows, name) => handAs(csvBlob(rows), name);
/**
 * @param {string} words
 * @param {string} ending
 * @param {string} type
 */
export const saveText = (words, ending, type) => hand(new Blob([words], { type: `${type};charset=utf-8` }), ending);
