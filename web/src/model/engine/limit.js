// The limit of slowly converging rounds, solved on the linear equations that hold near a state, as
// graph/knockon/propagation/limit.py does. It is accepted only if it solves the equations themselves.
import { slopes } from "./branch.js";

/** The rounding error that is allowed where a solution is checked. */
export const ROUNDING_ERROR = 1e-13;
// The most losses that are solved for together, and the most iterative refinements of a solution.
const MAX_SOLVED = 1000;
const MAX_REFINEMENTS = 4;

/**
 * The limit of rounds from a state, solved for the losses that differ from `mark`, and its error; null if not certain.
 * @param {import("./rounds.js").Equations} equations
 * @param {Float64Array} state
 * @param {Float64Array} mark
 */
export function limitFrom(equations, state, mark) {
  const found = [...state.keys()].filter((node) => state[node] !== mark[node]);
  if (!found.length || found.length > MAX_SOLVED) return null;
  const moving = leastNeededFirst(equations, found);
  const solve = factorised(slopes(equations, state, moving), moving.length);
  if (!solve) return null;
  const [after, limit] = [equations.advance(state), state.slice()];
  for (let round = 0; round < MAX_REFINEMENTS; round += 1) {
    const ahead = equations.advance(limit);
    const remaining = Float64Array.from(moving, (node) => ahead[node] - limit[node]);
    const rise = solve(remaining);
    moving.forEach((node, place) => (limit[node] = Math.min(limit[node] + rise[place], 1)));
    if (greatest(remaining) <= Number.EPSILON) break;
  }
  const afterLimit = equations.advance(limit);
  if (!isLimit(equations, state, after, limit, afterLimit)) return null;
  const bounds = Float64Array.from(moving, (node) => Math.abs(afterLimit[node] - limit[node]) + Number.EPSILON);
  const error = solve(bounds).reduce((most, bound) => Math.max(most, bound), -Infinity);
  return error >= 0 ? { state: limit.map((loss, node) => Math.max(loss, state[node])), error } : null;
}

/**
 * Nodes in an order in which elimination fills few places.
 * @param {import("./rounds.js").Equations} equations
 * @param {number[]} nodes
 */
function leastNeededFirst({ network: { outStart } }, nodes) {
  const needed = (/** @type {number} */ node) => outStart[node + 1] - outStart[node];
  return nodes.sort((a, b) => needed(a) - needed(b) || a - b);
}
/**
 * Whether rounds rise to a solution along a straight line, so that the same terms bind all the way.
 * @param {import("./rounds.js").Equations} equations
 * @param {Float64Array} state
 * @param {Float64Array} after
 * @param {Float64Array} limit
 * @param {Float64Array} afterLimit
 */
function isLimit(equations, state, after, limit, afterLimit) {
  const middle = equations.advance(state.map((loss, node) => (loss + limit[node]) / 2));
  return state.every(
    (loss, node) =>
      limit[node] >= loss - ROUNDING_ERROR &&
      after[node] >= loss - ROUNDING_ERROR &&
      Math.abs(middle[node] - (after[node] + afterLimit[node]) / 2) <= ROUNDING_ERROR &&
      Math.abs(afterLimit[node] - limit[node]) <= ROUNDING_ERROR,
  );
}
/** @param {Float64Array} values */
const greatest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * Factorise I - A with row pivots, and return what solves it for a right side; null where it is singular.
 * @param {Float64Array} slope A, row by row; becomes the factors
 * @param {number} size
 */
function factorised(slope, size) {
  const matrix = slope.map((value, place) => (place % (size + 1) === 0 ? 1 : 0) - value);
  const rows = Array.from({ length: size }, (_, row) => matrix.subarray(row * size, (row + 1) * size));
  const order = [...rows.keys()];
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
    if (rows[pivot][column] === 0) return null;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    [order[column], order[pivot]] = [order[pivot], order[column]];
    const filled = filledAfter(rows[column], column);
    for (let row = column + 1; row < size; row += 1) eliminate(rows[row], rows[column], column, filled);
  }
  return (/** @type {Float64Array} */ right) =>
    substituted(
      rows,
      Float64Array.from(order, (row) => right[row]),
    );
}
/** The places of a row after a column that are not 0. @param {Float64Array} row @param {number} column */
function filledAfter(row, column) {
  /** @type {number[]} */
  const filled = [];
  for (let place = column + 1; place < row.length; place += 1) if (row[place] !== 0) filled.push(place);
  return filled;
}
/**
 * @param {Float64Array} row
 * @param {Float64Array} pivot
 * @param {number} column
 * @param {number[]} filled where the pivot is not 0
 */
function eliminate(row, pivot, column, filled) {
  // Few nodes need each other: most factors are 0.
  if (row[column] === 0) return;
  const factor = row[column] / pivot[column];
  row[column] = factor;
  for (const place of filled) row[place] -= factor * pivot[place];
}
/**
 * @param {Float64Array[]} rows
 * @param {Float64Array} values
 */
function substituted(rows, values) {
  rows.forEach((row, place) => {
    for (let before = 0; before < place; before += 1) values[place] -= row[before] * values[before];
  });
  for (let place = rows.length - 1; place >= 0; place -= 1) {
    for (let later = place + 1; later < rows.length; later += 1) values[place] -= rows[place][later] * values[later];
    values[place] /= rows[place][place];
  }
  return values;
}
