// Numbers and lists in words: those of graph/knockon/present/phrases.py, so that the page and the report say the same.
import { count, percent, range } from "./format.js";

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
/** A number up to ten as a word. @param {number} number */
export const numberWord = (number) => NUMBERS[number] ?? count(number);
/** A number of things in words. @type {(number: number, one: string, many?: string) => string} */
export const counted = (number, one, many = `${one}s`) => `${numberWord(number)} ${number === 1 ? one : many}`;
/** Several things in a sentence. @param {string[]} parts */
export const listed = (parts) => [parts.slice(0, -1).join(", "), parts.at(-1) ?? ""].filter(Boolean).join(" and ");
/** With a capital letter at its beginning. @param {string} text */
export const capitalized = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
/** A loss with its range, where it has one. @param {Loss} loss */
export function lossWords({ loss, low, high }) {
  const between = range({ low, high });
  return !between || between === percent(loss) ? percent(loss) : `${percent(loss)} (${between})`;
}
