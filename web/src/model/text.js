// The same characters as graph/knockon/controls.py: those that show another text than is there, or nothing, by their numbers.
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]/gu;
const number = (character) => {
  const code = character.codePointAt(0);
  const digits = (length) => code.toString(16).padStart(length, "0");
  return code < 0x100 ? `\\x${digits(2)}` : code < 0x10000 ? `\\u${digits(4)}` : `\\U${digits(8)}`;
};
// What people see; what is searched, linked and saved as a table stays as it is.
export const legible = (value) => (typeof value === "string" ? value.replace(HARMFUL, number) : value);

// The signs of cell() in graph/knockon/text.py: an apostrophe makes text of what a spreadsheet may run, of digits as well.
const FORMULA = /^(?:[\t\r\n]|[\s"\u0000-\u0020\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff]*[=+\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe62\ufe63\ufe66\ufe6a\ufe6b\u207a\u207b\u207c\u208a\u208b\u208c\u2212])/;
export const textCell = (text) => (FORMULA.test(text.replace(/^'+/, "")) ? `'${text}` : text);
