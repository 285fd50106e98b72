// The SPARQL editor: Yasgui with this server as its only endpoint, the library as tabs, and completion from the terms in use.
const { root } = document.body.dataset;
const endpoint = new URL(`${root}/sparql`, location.href).href;

/** Completes the IRIs of a list that go on as what is typed, which is expanded by its prefix. */
const completer = (name, iris) => ({
  name: `${name}-in-use`,
  bulk: false,
  autoShow: false,
  persistenceId: null,
  get: (_, token) => iris.filter((iri) => iri.startsWith(token?.autocompletionString ?? "")).slice(0, 100),
});

function configure(terms) {
  const { Yasqe } = Yasgui;
  // Those that come with it ask servers elsewhere.
  Yasqe.defaults.autocompleters = ["variables"];
  for (const name of ["class", "property"]) Yasqe.forkAutocompleter(name, completer(name, terms[name]), true);
  const prefixes = Object.entries(terms.prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`);
  Yasqe.forkAutocompleter("prefixes", { name: "prefixes-known", bulk: false, persistenceId: null, get: () => prefixes }, true);
  Yasqe.defaults.autocompleters = Yasqe.defaults.autocompleters.filter((name) => !["class", "property", "prefixes"].includes(name));
}
function openLibrary(yasgui, queries) {
  const select = document.getElementById("library-query");
  for (const { name, title } of queries) select.append(new Option(title, name));
  select.addEventListener("change", () => {
    const query = queries.find(({ name }) => name === select.value);
    if (query) yasgui.addTab(true, { name: query.title, yasqe: { value: query.text } });
    select.value = "";
  });
  document.getElementById("library").hidden = false;
}
async function start() {
  const answer = await fetch(`${root}/editor/terms.json`);
  const terms = answer.ok ? await answer.json() : { prefixes: {}, class: [], property: [], queries: [] };
  configure(terms);
  const query = document.getElementById("query").value;
  const yasgui = new Yasgui(document.getElementById("yasgui"), {
    requestConfig: { endpoint, method: "POST" },
    copyEndpointOnNewTab: true,
    endpointCatalogueOptions: { getData: () => [] },
    persistenceId: null,
    persistencyExpire: 0,
    populateFromUrl: false,
    autofocus: false,
    yasqe: { value: query, persistenceId: null, createShareableLink: null },
    yasr: { persistenceId: null, prefixes: terms.prefixes },
  });
  yasgui.getTab().getYasqe().setValue(query);
  document.getElementById("plain").hidden = true;
  openLibrary(yasgui, terms.queries);
  globalThis.knockonEditor = yasgui;
}
start();
