// Where the data comes from: it lies in the page itself, or a server has it.
import { $ } from "./dom.js";
import { provide } from "./model/source.js";
import { unpacked } from "./model/packing.js";
import { legible } from "./model/text.js";

/**
 * What went wrong, in words for the reader of the page.
 * @param {string} address
 */
async function fetched(address) {
  const answer = await fetch(address, { headers: { accept: "application/json" }, credentials: "same-origin" }).catch(
    () => {
      throw new Error(`no answer from ${address}. Is the server still running?`);
    },
  );
  if (!answer.ok) {
    const problem = await answer.json().catch(() => null);
    const why = typeof problem?.detail === "string" ? `: ${legible(problem.detail)}` : "";
    throw new Error(`${address} answers ${answer.status} ${answer.statusText}`.trim() + why);
  }
  const data = await answer.json().catch(() => {
    throw new Error(`what ${address} sends is not JSON`);
  });
  if (data?.format !== 1) throw new Error(`what ${address} sends is not the data of this page`);
  return data;
}

export async function load() {
  const island = $("data");
  const { address } = island.dataset;
  const data = address === undefined ? JSON.parse(island.textContent ?? "") : await fetched(address);
  provide(/** @type {PageData} */ (unpacked(data)));
  const notice = $("left-out");
  notice.textContent = legible(data.left_out?.why ?? "");
  notice.hidden = !data.left_out;
}
