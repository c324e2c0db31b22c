// Fails the build when what a first visit loads grows over its budget.
// First load: the page's own scripts and styles and those of the overview, with all that they
// import before they run, as gzip sends them. Charts and the map come after that, in files of
// their own, which is held here too.
import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 180_000;
const LATER = ["src/parts/chart.tsx", "src/parts/map/world.json"];

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const html = readFileSync(`${dist}index.html`, "utf8");
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));
// For this script alone: the server has no use for it.
rmSync(`${dist}.vite`, { recursive: true });

const faults = [];
if (/<script(?![^>]*\bsrc=)[^>]*>/.test(html) || /<style/.test(html)) {
  faults.push("dist/index.html has an inline script or style, which the server's policy refuses");
}
for (const [, address] of html.matchAll(/(?:src|href)="((?:https?:)?\/\/[^"]+)"/g)) {
  faults.push(`dist/index.html loads from elsewhere: ${address}`);
}

const first = new Set();
const files = new Set();
function load(chunk) {
  if (first.has(chunk)) return;
  first.add(chunk);
  const { file, css = [], imports = [] } = manifest[chunk];
  for (const each of [file, ...css]) files.add(each);
  for (const each of imports) load(each);
}
load("index.html");
load("src/pages/overview/overview.tsx");

for (const chunk of LATER) {
  if (manifest[chunk] === undefined || first.has(chunk)) {
    faults.push(`${chunk} is no file of its own that comes after the first load`);
  }
}
const size = (kind) =>
  [...files]
    .filter((file) => file.endsWith(kind))
    .reduce((sum, file) => sum + gzipSync(readFileSync(dist + file)).length, 0);
const [js, css] = [size(".js"), size(".css")];
const kB = (bytes) => (bytes / 1_000).toFixed(1);
console.log(
  `first load: ${kB(js + css)} kB gzipped of ${kB(BUDGET)} allowed (${kB(js)} scripts, ${kB(css)} styles)`,
);
if (js === 0 || css === 0) faults.push("scripts or styles are missing");
if (js + css > BUDGET) faults.push("the first load is too large");
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
