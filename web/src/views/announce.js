// The line that tells what has happened to those who do not see the page.
import { $ } from "../dom.js";
import { count, percent, plural } from "../model/format.js";
import { nodes } from "../model/data.js";
import { impacts } from "../model/runs.js";
import { legible } from "../model/text.js";
import { population } from "../model/world-filter.js";
import { shownNeighbours, shownNodes, state } from "../store.js";

/** @param {string} message */
export const say = (message) => {
  $("live").textContent = legible(message);
};
/**
 * For those who see as well, where nothing else on the page would show it.
 * @param {string} message
 */
export function tell(message) {
  say(message);
  $("live").classList.add("loud");
  setTimeout(() => $("live").classList.remove("loud"), 1800);
}
/**
 * After a change: its own message, else what follows from the state.
 * @param {string} reason
 * @param {ChangeOptions} [options]
 */
export function announce(reason, { message } = {}) {
  if (message) return say(message);
  if (reason === "filtered" || reason === "more")
    return say(`${count(shownNodes().length)} of ${count(population)} entities shown`);
  const impact = impacts[state.row];
  if (impact && state.view === "cascade")
    return say(`${impact.label} selected: loses ${percent(impact.loss)} at step ${impact.step}`);
  const node = nodes[state.selected];
  if (node)
    return say(
      `${node.label} selected: ${node.class.label}, ${plural(shownNeighbours(node.index).length, "neighbour", "neighbours")} shown`,
    );
  return say(reason === "start" ? "" : "Nothing selected");
}
