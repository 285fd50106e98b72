// Numbers and dates as the reader's own language writes them; the words stay English.
const preferred = globalThis.navigator?.languages;
const languages = preferred?.length ? preferred : undefined;
/** @param {Intl.NumberFormatOptions} options */
const formats = (options) => new Intl.NumberFormat(languages, options);
const wholes = formats({ maximumFractionDigits: 0 });
const shares = formats({ style: "percent", maximumFractionDigits: 0 });

/** @param {number} value */
export const count = (value) => wholes.format(value);
/** Halves to even, as Python rounds. @param {number} value */
const nearest = (value) => (Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));
/** A share is 0% or 100% only if it is that, to six places, as losses are shown. @param {number} value */
export function percent(value) {
  const share = Math.round(value * 1e6) / 1e6;
  if (share > 0 && share < 0.005) return `<${shares.format(0.01)}`;
  return share >= 0.995 && share < 1 ? `>${shares.format(0.99)}` : shares.format(nearest(100 * share) / 100);
}
// 81–100% where the sign comes last, as in most languages; else as the language writes it.
const trailing = percent(0.5).endsWith("%");
/** @param {Pick<Loss, "low" | "high">} loss */
export function range({ low, high }) {
  const [first, last] = [percent(low), percent(high)];
  if (low === high || first === last) return low === high ? "" : last;
  return `${trailing ? first.replace(/\s*%$/, "") : first}–${last}`;
}
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
