// Lists come in the shortest of several forms, which graph/knockon/present/page/packing.py writes and explains.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** @param {string} text */
function integers(text) {
  const values = [];
  let [number, factor] = [0, 1];
  for (const digit of text) {
    const value = DIGITS.indexOf(digit);
    number += (value & 31) * factor;
    factor *= 32;
    if (value > 31) continue;
    values.push(number % 2 ? -Math.floor(number / 2) : number / 2);
    [number, factor] = [0, 1];
  }
  return values;
}
/** @param {Record<string, any>} value @returns {unknown} */
function list(value) {
  if ("#" in value) return integers(value["#"]);
  if ("+" in value) {
    let sum = 0;
    return unpacked(value["+"]).map((/** @type {number} */ step) => (sum += step));
  }
  if ("=" in value) {
    const values = Array.from({ length: value.rows }, () => value["="]);
    for (const [row, other] of value.but) values[row] = other;
    return values;
  }
  if ("|" in value) {
    let at = 0;
    const items = unpacked(value.items);
    return unpacked(value["|"]).map((/** @type {number} */ width) => items.slice(at, (at += width)));
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unpacked(part)]));
}
/**
 * The data of a page as they were before they were packed.
 * @param {any} value
 * @returns {any}
 */
export function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  return value && typeof value === "object" ? list(value) : value;
}
