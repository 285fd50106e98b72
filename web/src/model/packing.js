// Lists come in the shortest of several forms, which graph/knockon/present/page/packing.py writes and explains.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** @param {string} text */
function numerals(text) {
  const values = [];
  let [number, factor] = [0, 1];
  for (const digit of text) {
    const value = DIGITS.indexOf(digit);
    number += (value & 31) * factor;
    factor *= 32;
    if (value > 31) continue;
    values.push(number);
    [number, factor] = [0, 1];
  }
  return values;
}
/** @param {string} text */
const integers = (text) => numerals(text).map((number) => (number % 2 ? -Math.floor(number / 2) : number / 2));

/**
 * Each text ends with a 0, which the empty word before the first separator stands for.
 * @param {string} digits
 * @param {string} words
 */
function texts(digits, words) {
  const table = words.split(words.charAt(0));
  const all = [];
  let text = "";
  for (const number of numerals(digits)) {
    text += table[number] ?? "";
    if (number) continue;
    all.push(text);
    text = "";
  }
  return all;
}
/** @typedef {{ "#": string } | { "+": unknown } | { "=": unknown, but: [row: number, other: unknown][], rows: number } | { "|": unknown, items: unknown } | { "^": string, words: string }} Packed */
/** @param {Packed | Record<string, unknown>} value @returns {unknown} */
function list(value) {
  if (isPacked(value)) return rows(value);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unpacked(part)]));
}
/**
 * The data of a page as they were before they were packed.
 * @param {unknown} value
 * @returns {unknown}
 */
export function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  return value && typeof value === "object" ? list(/** @type {Record<string, unknown>} */ (value)) : value;
}
/** @param {object} value @returns {value is Packed} */
const isPacked = (value) => "#" in value || "+" in value || "=" in value || "|" in value || "^" in value;
/** @param {unknown} value */
const numbers = (value) => /** @type {number[]} */ (unpacked(value));
/** @param {Packed} value @returns {unknown[]} */
function rows(value) {
  if ("#" in value) return integers(value["#"]);
  if ("^" in value) return texts(value["^"], value.words);
  if ("+" in value) {
    let sum = 0;
    return numbers(value["+"]).map((step) => (sum += step));
  }
  let at = 0;
  if ("|" in value) {
    const items = numbers(value.items);
    return numbers(value["|"]).map((width) => items.slice(at, (at += width)));
  }
  const values = Array.from({ length: value.rows }, () => value["="]);
  for (const [row, other] of value.but) values[row] = other;
  return values;
}
