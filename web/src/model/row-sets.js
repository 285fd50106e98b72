// Sets of rows as Python writes them: the differences between ascending rows, or what is not as in another set.

/** Rows from the differences between them. @param {number[]} steps */
export function total(steps) {
  let row = 0;
  return new Set(steps.map((step) => (row += step)));
}
/**
 * The rows of a set that is written as its difference from another: how many are alike, how many are not, and so on.
 * @param {number[]} lengths
 * @param {Set<number>} base
 */
export function toggled(lengths, base) {
  const rows = new Set(base);
  let at = 0;
  lengths.forEach((length, place) => {
    for (let row = at; place % 2 && row < at + length; row += 1) if (!rows.delete(row)) rows.add(row);
    at += length;
  });
  return rows;
}
