// Reads packed lists from standard input, one a line, and writes them as JSON after they were unpacked.
import { readFileSync } from "node:fs";
import { unpacked } from "../../web/src/model/packing.js";

const lines = readFileSync(0, "utf8").trim().split("\n");
console.log(JSON.stringify(lines.map((line) => unpacked(JSON.parse(line)))));
