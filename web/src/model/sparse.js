// Columns of the tables come in the shortest of several forms, written by graph/knockon/present/page/sparse.py: every value, the
// value of most rows with those that have another, or the differences between rows.

const TABLES = /** @type {const} */ (["documents", "edges", "evidence", "facts", "nodes"]);
/** @typedef {unknown[] | { most: unknown, other: [row: number, value: unknown][], rows: number } | { steps: Column }} Column */

/** @param {Column} column @returns {unknown[]} */
function listed(column) {
  if (Array.isArray(column)) return column;
  if ("steps" in column) {
    let sum = 0;
    return /** @type {number[]} */ (listed(column.steps)).map((step) => (sum += step));
  }
  /** @type {unknown[]} */
  const values = Array(column.rows).fill(column.most);
  for (const [row, value] of column.other) values[row] = value;
  return values;
}
/**
 * The data of a page with a value for each row.
 * @param {Record<string, unknown>} data as it was sent
 * @returns {PageData}
 */
export function unpacked(data) {
  const tables = TABLES.map((name) => {
    const columns = Object.entries(/** @type {Record<string, Column>} */ (data[name]));
    return [name, Object.fromEntries(columns.map(([key, column]) => [key, listed(column)]))];
  });
  return /** @type {PageData} */ (/** @type {unknown} */ ({ ...data, ...Object.fromEntries(tables) }));
}
