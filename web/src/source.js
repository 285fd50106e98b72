// Where the data comes from: it lies in the page itself, or a server has it.
import { legible } from "./controls.js";

let loaded = null;
export const data = () => loaded;

// What went wrong, in words for whoever wanted to see the page.
async function fetched(address) {
  const answer = await fetch(address, { headers: { accept: "application/json" }, credentials: "same-origin" }).catch(() => {
    throw new Error(`no answer from ${address}. Is the server still running?`);
  });
  if (!answer.ok) throw new Error(`${address} answers ${answer.status} ${answer.statusText}`.trim());
  const found = await answer.json().catch(() => {
    throw new Error(`what ${address} sends is no JSON`);
  });
  if (found?.format !== 1) throw new Error(`what ${address} sends is not the data of this page`);
  return found;
}

export async function load() {
  const island = document.getElementById("data");
  const { address } = island.dataset;
  loaded = address === undefined ? JSON.parse(island.textContent) : await fetched(address);
  const notice = document.getElementById("left-out");
  notice.textContent = legible(loaded.left_out?.why ?? "");
  notice.hidden = !loaded.left_out;
}
