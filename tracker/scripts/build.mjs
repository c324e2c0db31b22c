// Writes dist/: the scripts for pages, minified, and the package for applications with its types.
// With --check it writes nothing, and fails where dist/ is not what it would write: dist/ is committed, so
// that the server is built without Node.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const committed = join(root, "dist");
const check = process.argv.includes("--check");
const out = check ? mkdtempSync(join(root, "node_modules", ".build-")) : committed;

/** Where one is over its limit, the build fails. Bytes, gzipped. */
const LIMITS = { "script.js": 3000, "script.clicks.js": 700, "script.vitals.js": 1300 };

try {
  if (!check) rmSync(out, { recursive: true, force: true });
  for (const name of Object.keys(LIMITS)) {
    await bundle(
      name.replace(/js$/, "ts"),
      { formats: ["iife"], name: "_", fileName: () => name },
      true,
    );
  }
  await bundle("index.ts", { formats: ["es"], fileName: () => "index.js" }, false);
  const declarations = [
    "--declaration",
    "--emitDeclarationOnly",
    "--noEmit",
    "false",
    "--outDir",
    out,
  ];
  execFileSync(
    join(root, "node_modules/.bin/tsc"),
    ["--project", "tsconfig.json", ...declarations],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  for (const name of readdirSync(out)) {
    // What the package's own types do not mention is nobody's business.
    if (name.endsWith(".d.ts") && !["index.d.ts", "types.d.ts"].includes(name))
      rmSync(join(out, name));
  }
  for (const [name, limit] of Object.entries(LIMITS)) {
    const size = gzipSync(readFileSync(join(out, name)), { level: 9 }).length;
    if (!check) console.log(`${name}: ${size} bytes gzipped, limit ${limit}`);
    if (size > limit) fail(`${name} has ${size} bytes gzipped, the limit is ${limit}`);
  }
  if (check) {
    const [made, there] = [out, committed].map((dir) =>
      existsSync(dir) ? readdirSync(dir).toSorted() : [],
    );
    const same = (name) =>
      readFileSync(join(out, name), "utf8") === readFileSync(join(committed, name), "utf8");
    if (String(made) !== String(there) || !made.every(same)) fail("dist/ is stale: npm run build");
  }
} finally {
  if (check) rmSync(out, { recursive: true });
}

function bundle(entry, lib, minify) {
  return build({
    configFile: false,
    root,
    logLevel: "warn",
    build: {
      target: "es2020",
      outDir: out,
      emptyOutDir: false,
      minify,
      lib: { entry: join("src", entry), ...lib },
    },
  });
}

function fail(why) {
  console.error(why);
  process.exitCode = 1;
}
