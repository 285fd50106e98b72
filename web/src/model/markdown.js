// Markdown with all text from data escaped, by the rules of graph/knockon/markdown.py.
import { legible } from "./text.js";

/** Characters that can begin or end markup anywhere in a line. */
const MARKS =
  /[\\`*_[\]{}<>&|~$^#]|(?<=:)\/(?=\/)|(?<=\/)\/|:(?=\/\/)|(?<=[\p{L}\p{N}_])\.(?=[\p{L}_])|@|:(?=[a-z_+-][\p{L}\p{N}_+-]*:)|=(?==)|(?<==)=|!(?=\[)/gu;
/** Characters that begin another kind of block at the start of a line. */
const START = /^(\d*)((?<!\d)[+\-=:%;]|(?<=\d)[.)])/;

/** Text as Markdown that shows it, for the middle of a line. @param {string} text */
export const escape = (text) => legible(text).replace(/\s+/g, " ").replace(MARKS, "\\$&");
/** @param {string} line that is Markdown already */
const started = (line) => line.replace(/^ +| +$/g, "").replace(START, "$1\\$2");
/** @param {number} level @param {string} line */
export const heading = (level, line) => `${"#".repeat(level)} ${line.trim()}\n`;
/** @param {string} line */
export const paragraph = (line) => `${started(line)}\n`;
/** @param {string[]} lines */
export const bullets = (lines) => lines.map((line) => `- ${started(line)}\n`).join("");
