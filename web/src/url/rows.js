// Rows of the data as a short text for the address of the page.
// Rows as ranges, "0-4,7"; or, where that is shorter, as "~" and six of them a letter.
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** @param {Iterable<number>} rows */
export function packRows(rows) {
  const sorted = [...rows].sort((a, b) => a - b);
  /** @type {[number, number][]} */
  const ranges = [];
  for (const row of sorted) {
    const last = ranges.at(-1);
    if (last?.[1] === row - 1) last[1] = row;
    else ranges.push([row, row]);
  }
  const text = ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
  const bits = new Uint8Array(Math.ceil(((sorted.at(-1) ?? -1) + 1) / 6));
  sorted.forEach((row) => {
    bits[Math.floor(row / 6)] |= 1 << (row % 6);
  });
  const packed = `~${Array.from(bits, (bit) => LETTERS[bit]).join("")}`;
  return packed.length < text.length ? packed : text || "~";
}
/**
 * Null where the text is not such a list, its ranges overlap or are not in order, or a row is beyond the last.
 * @param {string} text
 * @param {number} count
 */
export function unpackRows(text, count) {
  /** @type {Set<number>} */
  const rows = new Set();
  if (text.startsWith("~")) {
    for (let at = 1; at < text.length; at += 1) {
      const bits = LETTERS.indexOf(text[at]);
      if (bits < 0) return null;
      for (let bit = 0; bit < 6; bit += 1) if (bits & (1 << bit)) rows.add((at - 1) * 6 + bit);
    }
    return [...rows].every((row) => row < count) ? rows : null;
  }
  // In order, so that a short link cannot name all rows a thousand times.
  let last = -1;
  for (const part of text.split(",")) {
    const [, from, to = from] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part) ?? [];
    if (from === undefined || Number(from) <= last || Number(to) < Number(from) || Number(to) >= count) return null;
    last = Number(to);
    for (let row = Number(from); row <= Number(to); row += 1) rows.add(row);
  }
  return rows;
}
