// First the data, then everything that reads it.
import { load } from "./load.js";

/**
 * @param {Error} reason
 * @param {string} [what]
 */
function fail(reason, what = "") {
  const notice = /** @type {HTMLElement} */ (document.getElementById("failed"));
  if (what) notice.textContent = what;
  notice.hidden = false;
  throw reason;
}
load().then(
  () => import("./main.js").then(({ start }) => start()).catch((reason) => fail(reason)),
  (reason) => fail(reason, `The data of this page could not be read: ${reason.message}`),
);
