// Where a server takes judgements, they are sent to it; the token is kept while the page is open, and no longer.
import { button, h, targetField } from "../dom.js";
import { raw } from "../model/data.js";
import { tell } from "./announce.js";

let token = "";
/** @param {string} yaml */
async function send(yaml) {
  const answer = await fetch(/** @type {string} */ (raw.identity?.save), {
    method: "POST",
    body: yaml,
    headers: { "content-type": "application/yaml", authorization: `Bearer ${token}` },
  }).catch(() => null);
  if (answer?.ok) return tell("Judgements saved on the server: open the page again to see what is one now");
  const problem = await answer?.json().catch(() => null);
  return tell(
    `Not saved: ${problem?.detail ?? (answer ? `the server answers ${answer.status}` : "no answer from the server")}`,
  );
}
/** @param {() => string} yaml @returns {Child} nothing where no server takes them */
export function saveToServer(yaml) {
  if (!raw.identity?.save) return null;
  return [
    h("input", {
      type: "password",
      "aria-label": "Token of the server",
      placeholder: "Token",
      autocomplete: "off",
      value: token,
      oninput: (event) => {
        token = targetField(event).value.trim();
      },
    }),
    button("Save on the server", () => send(yaml()), { id: "send-judgements" }),
  ];
}
