// Text from data for people and for spreadsheets, by the rules of graph/knockon/controls.py and text.py.
import { FORMULA, HARMFUL, NUMBER } from "./text-rules.js";

/** @param {string} character */
const number = (character) => {
  const code = character.codePointAt(0) ?? 0;
  /** @param {number} length */
  const digits = (length) => code.toString(16).padStart(length, "0");
  return code < 0x100 ? `\\x${digits(2)}` : code < 0x10000 ? `\\u${digits(4)}` : `\\U${digits(8)}`;
};
// What people see; what is searched, linked and saved as a table stays as it is.
/** @param {string} value */
export const legible = (value) => value.replace(HARMFUL, number);

/**
 * The name of a class as words: BusinessUnit becomes Business Unit.
 * @param {string} name
 */
export const spaced = (name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, " ");

/** @param {string} text */
const runs = (text) => FORMULA.test(text) && !NUMBER.test(text);
/**
 * Text for a cell of CSV, as cell() in graph/knockon/text.py has it: an apostrophe makes text of what a spreadsheet may run.
 * @param {string} text
 */
export const textCell = (text) => (runs(text.replace(/^'+/, "")) ? `'${text}` : text);
