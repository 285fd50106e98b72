// Where the data comes from: it lies in the page itself, or a server has it.

let loaded = null;
export const data = () => loaded;

export async function load() {
  const island = document.getElementById("data");
  if (island.dataset.address === undefined) {
    loaded = JSON.parse(island.textContent);
    return;
  }
  const answer = await fetch(island.dataset.address, { headers: { accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${island.dataset.address}: ${answer.status} ${answer.statusText}`);
  loaded = await answer.json();
}
