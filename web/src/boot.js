// First the data, then everything that reads it.
import { load } from "./load.js";

function fail(reason, what) {
  const notice = document.getElementById("failed");
  if (what) notice.textContent = what;
  notice.hidden = false;
  throw reason;
}
load().then(
  () => import("./main.js").then(({ start }) => start()).catch((reason) => fail(reason)),
  (reason) => fail(reason, `The data of this page could not be read: ${reason.message}`),
);
