// The judgements of the reader in the address of the page: each by the name of its record, in the order in which they were made.
import { VERDICTS, pairs } from "../model/identity.js";
import { state } from "../store.js";
import { listed, register, unlisted } from "./url.js";

/** @param {string} value */
function readJudged(value) {
  const known = new Set(pairs.map(({ id }) => id));
  const items = unlisted(value).map((item) => /** @type {const} */ ([`judgement-${item.slice(1)}`, item[0]]));
  const fit = items.filter(([id, verdict]) => known.has(id) && Object.hasOwn(VERDICTS, verdict));
  state.judged = new Map(/** @type {[string, VerdictKey][]} */ (fit));
  return fit.length === items.length || "The link has judgements on pairs that are not on this page.";
}
export function registerIdentity() {
  if (!pairs.length) return;
  register(
    "judged",
    () => listed([...state.judged].map(([id, verdict]) => verdict + id.replace("judgement-", ""))),
    readJudged,
  );
}
