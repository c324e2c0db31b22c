// Fails the build when what a first visit loads grows over its budget.
// First load: the scripts and styles that dist/index.html names, as gzip sends them.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = { js: 120_000, css: 15_000 };

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const html = readFileSync(`${dist}index.html`, "utf8");

if (/<script(?![^>]*\bsrc=)[^>]*>/.test(html) || /<style/.test(html)) {
  console.error("dist/index.html has an inline script or style, which the server's policy refuses");
  process.exit(1);
}
const foreign = [...html.matchAll(/(?:src|href)="((?:https?:)?\/\/[^"]+)"/g)];
if (foreign.length > 0) {
  console.error(`dist/index.html loads from elsewhere: ${foreign.map((m) => m[1]).join(", ")}`);
  process.exit(1);
}

let failed = false;
for (const kind of ["js", "css"]) {
  const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)]
    .map((match) => match[1])
    .filter((file) => file.endsWith(`.${kind}`));
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(dist + file)).length, 0);
  const over = bytes > BUDGET[kind] || files.length === 0;
  failed ||= over;
  console.log(
    `first load, ${kind}: ${(bytes / 1000).toFixed(1)} kB gzipped of ${BUDGET[kind] / 1000} allowed${over ? "  TOO LARGE (or missing)" : ""}`,
  );
}
process.exit(failed ? 1 : 0);
