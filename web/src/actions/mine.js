// What people do with their list: mark entities, choose their company, show nothing else.
import { nodes } from "../model/data.js";
import { plural } from "../model/format.js";
import { MOST_LISTED } from "../model/mine.js";
import { changed, remember, state } from "../store.js";

/** @param {Iterable<number>} rows */
const size = (rows) => plural([...rows].length, "entity", "entities");
/**
 * Without a step of the history and without drawing; the company is always on the list, and only a list that has entities is shown alone.
 * @param {Iterable<number>} rows
 * @param {number} company
 * @param {boolean} onlyMine
 */
export function setList(rows, company, onlyMine) {
  const mine = new Set(company >= 0 ? [...rows, company] : rows);
  Object.assign(state, { mine, company, onlyMine: onlyMine && mine.size > 0 });
}
/** @param {Iterable<number>} rows @param {number} company @param {string} message */
function change(rows, company, message) {
  remember();
  setList(rows, company, state.onlyMine);
  changed("marked", { message });
}
/** Put an entity on the list, or take it off. @param {number} node */
export function toggleMark(node) {
  const { label } = nodes[node];
  const rows = new Set(state.mine);
  if (rows.delete(node))
    return change(rows, state.company === node ? -1 : state.company, `${label} is off your list: ${size(rows)}`);
  if (rows.size >= MOST_LISTED) return changed("message", { message: `A list has at most ${MOST_LISTED} entities.` });
  return change(rows.add(node), state.company, `${label} is on your list: ${size(rows)}`);
}
/** Put several on the list; returns how many had no room. @param {number[]} rows */
export function addToList(rows) {
  const joining = rows.filter((row) => !state.mine.has(row));
  const room = MOST_LISTED - state.mine.size;
  const added = joining.slice(0, room);
  if (added.length)
    change(
      [...state.mine, ...added],
      state.company,
      `${size(added)} added to your list: ${state.mine.size + added.length}`,
    );
  return joining.length - added.length;
}
export function clearList() {
  if (state.mine.size) change([], -1, "Your list is empty");
}
/**
 * Choose an entity as one's company, or none (-1), and see what threatens it.
 * @param {number} node
 * @param {number} [select] what stays selected, or -1
 */
export function setCompany(node, select = state.selected) {
  remember();
  if (node >= 0 && state.mine.size >= MOST_LISTED && !state.mine.has(node))
    return changed("message", { message: `A list has at most ${MOST_LISTED} entities.` });
  setList(state.mine, node, state.onlyMine);
  if (node >= 0) Object.assign(state, { view: "mine", line: -1, selected: select });
  if (node >= 0 && select < 0) state.row = -1;
  return changed("company", { message: node < 0 ? "No company is chosen" : `${nodes[node].label} is your company` });
}
/** Show the list alone, or everything again. @param {boolean} on */
export function showOnlyMine(on) {
  if (on === state.onlyMine || (on && !state.mine.size)) return;
  remember();
  state.onlyMine = on;
  changed("only", { fit: true, message: on ? `Only your list is shown: ${size(state.mine)}` : "Everything is shown" });
}
