// Numbers and dates as the reader's own language writes them; the words stay English.
const preferred = globalThis.navigator?.languages;
const languages = preferred?.length ? preferred : undefined;
/** @param {Intl.NumberFormatOptions} options */
const formats = (options) => new Intl.NumberFormat(languages, options);
const wholes = formats({ maximumFractionDigits: 0 });
const shares = formats({ style: "percent", maximumFractionDigits: 0 });

/** @param {number} value */
export const count = (value) => wholes.format(value);
/** @param {number} share */
export const percent = (share) => shares.format(share);
// 81–100% where the sign comes last, as in most languages; else as the language writes it.
const trailing = percent(0.5).endsWith("%");
/** @param {Pick<Loss, "low" | "high">} loss */
export const range = ({ low, high }) =>
  low === high ? "" : trailing ? `${wholes.format(100 * low)}–${percent(high)}` : shares.formatRange(low, high);
/**
 * @param {number} value
 * @param {string} text
 * @param {string} many
 */
export const plural = (value, text, many) => `${count(value)} ${value === 1 ? text : many}`;

const days = new Intl.DateTimeFormat(languages, { dateStyle: "medium", timeZone: "UTC" });
const months = new Intl.DateTimeFormat(languages, { year: "numeric", month: "short", timeZone: "UTC" });
/**
 * A date is written no more exactly than it is known: 2023-12-08, 2023-12 or 2023.
 * @param {string} iso
 */
export function day(iso) {
  const date = /^\d{4}-\d{2}(-\d{2})?$/.test(iso) ? new Date(iso) : null;
  if (!date || Number.isNaN(date.getTime())) return iso;
  return (iso.length > 7 ? days : months).format(date);
}
