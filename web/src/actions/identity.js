// Judging pairs of entities that may be one: each judgement is a step of the history.
import { VERDICTS, contradicted, pairs } from "../model/identity.js";
import { changed, remember, state } from "../store.js";

/**
 * The next pair that is not judged, from a place on, or the place where all are.
 * @param {Judgements} judged
 * @param {number} from
 */
function nextOpen(judged, from) {
  const order = [...pairs.keys()].map((step) => (from + step) % pairs.length);
  return order.find((at) => !judged.has(pairs[at].id)) ?? Math.min(from, pairs.length - 1);
}
/** @param {VerdictKey} verdict on the pair that is shown */
export function judge(verdict) {
  const pair = pairs[state.pair];
  const judged = new Map(state.judged);
  judged.delete(pair.id);
  judged.set(pair.id, verdict);
  const clash = contradicted(judged);
  if (clash)
    return changed("message", {
      message: `Not judged: ${clash.names.join(" and ")} are judged different, and others make them one`,
    });
  remember();
  Object.assign(state, { judged, pair: nextOpen(judged, state.pair) });
  return changed("judged", { message: `${pair.names.join(" and ")}: ${VERDICTS[verdict]}` });
}
/** Take the last judgement back, and show its pair again. */
export function takeBack() {
  const last = [...state.judged.keys()].pop();
  if (last === undefined) return changed("message", { message: "Nothing to take back" });
  remember();
  const judged = new Map(state.judged);
  judged.delete(last);
  Object.assign(state, { judged, pair: pairs.findIndex(({ id }) => id === last) });
  return changed("judged", { message: `${pairs[state.pair].names.join(" and ")}: taken back` });
}
/** @param {number} pair */
export function showPair(pair) {
  const isThere = state.view === "identity";
  if (!isThere) remember();
  Object.assign(state, { pair, view: "identity" });
  changed(isThere ? "judged" : "view", { message: pairs[pair].names.join(" and ") });
}
export const skipPair = () => showPair((state.pair + 1) % pairs.length);
