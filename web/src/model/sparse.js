// Columns that mostly hold one value come as that value and the rows that have another: graph/knockon/present/page/sparse.py.

const TABLES = /** @type {const} */ (["documents", "evidence", "facts", "nodes"]);
/** @typedef {{ most: unknown, other: [row: number, value: unknown][], rows: number }} Sparse */

/** @param {unknown[] | Sparse} column */
function listed(column) {
  if (Array.isArray(column)) return column;
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
    const columns = Object.entries(/** @type {Record<string, unknown[] | Sparse>} */ (data[name]));
    return [name, Object.fromEntries(columns.map(([key, column]) => [key, listed(column)]))];
  });
  return /** @type {PageData} */ (/** @type {unknown} */ ({ ...data, ...Object.fromEntries(tables) }));
}
