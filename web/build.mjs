// Bundles src/ into the two files that the wheel ships: node build.mjs [FOLDER]
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = process.argv[2] ?? join(here, "../graph/knockon/present/templates");

// What a bundle was made of stands in its first line; a test compares it with what is there.
const sources = ["package.json", "build.mjs", ...readdirSync(join(here, "src"), { recursive: true }).map((name) => `src/${name.replaceAll("\\", "/")}`).filter((name) => /\.(js|css)$/.test(name)).sort()];
const hash = createHash("sha256");
for (const name of sources) hash.update(`${name}\0${readFileSync(join(here, name), "utf8").replaceAll("\r\n", "\n")}\0`);
const banner = `/* built from web/, sha256 ${hash.digest("hex")} */`;

for (const [entry, name] of [["src/boot.js", "explorer.js"], ["src/style/explorer.css", "explorer.css"]]) {
  const { outputFiles } = await build({
    entryPoints: [join(here, entry)], bundle: true, write: false, format: "iife", target: "es2023", charset: "utf8", minify: !process.env.PLAIN, legalComments: "none", logLevel: "warning",
  });
  writeFileSync(join(target, name), `${banner}\n${outputFiles[0].text}`);
}
