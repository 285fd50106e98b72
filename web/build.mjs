// Bundles src/ into the two files that the wheel ships: node build.mjs [FOLDER]. bundle.json says what they were made of
// and what came out, so that a test without Node sees whether either has changed since.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = process.argv[2] ?? join(here, "../graph/knockon/present/templates");

const options = {
  bundle: true,
  write: false,
  format: "iife",
  target: "es2023",
  charset: "utf8",
  minify: !process.env.PLAIN,
  legalComments: "none",
  logLevel: "warning",
};
// What reads the data is loaded when the data are there. In one file each of its modules would be a function that every other
// calls; built for itself it is a single one, and shorter. Its module of the data is that of the file around it.
const source = join(here, "src/model/source.js");
const flat = {
  name: "flat",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\]main\.js$/ }, async ({ path }) => {
      const { outputFiles } = await build({ ...options, entryPoints: [path], globalName: "page", plugins: [shared] });
      return {
        contents: `import { data as pageData } from ${JSON.stringify(source)};\n${outputFiles[0].text}\nexport const { start } = page;`,
        resolveDir: join(here, "src"),
      };
    });
  },
};
const shared = {
  name: "shared",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]model[/\\]source\.js$/ }, () => ({ contents: "export const data = () => pageData();" }));
  },
};

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const sources = [
  "package.json",
  "build.mjs",
  ...readdirSync(join(here, "src"), { recursive: true })
    .map((name) => `src/${name.replaceAll("\\", "/")}`)
    .filter((name) => /\.(js|css)$/.test(name))
    .sort(),
];
const texts = sources.map((name) => `${name}\0${readFileSync(join(here, name), "utf8").replaceAll("\r\n", "\n")}\0`);
const manifest = { sources: sha256(texts.join("")) };

for (const [entry, name] of [
  ["src/boot.js", "explorer.js"],
  ["src/style/explorer.css", "explorer.css"],
]) {
  const { outputFiles } = await build({ ...options, entryPoints: [join(here, entry)], plugins: [flat] });
  manifest[name] = sha256(outputFiles[0].text);
  writeFileSync(join(target, name), outputFiles[0].text);
}
writeFileSync(join(process.argv[2] ?? here, "bundle.json"), `${JSON.stringify(manifest, null, 2)}\n`);
