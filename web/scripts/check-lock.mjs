// Holds package-lock.json, or the one that the argument names, to two rules. It names no registry
// (no `resolved`), so that it works behind any mirror. And it holds every optional package that
// another one asks for: when a registry lacks one for some platform, npm leaves it out in silence
// and the next `npm ci` fails.
import { readFileSync } from "node:fs";

const lockFile = process.argv[2] ?? "../package-lock.json";
const lock = JSON.parse(readFileSync(new URL(lockFile, import.meta.url), "utf8"));
const packages = Object.entries(lock.packages);
const present = new Set(packages.map(([path]) => path.split("node_modules/").at(-1)));

const faults = packages.flatMap(([path, entry]) => [
  ...("resolved" in entry && !entry.link ? [`${path}: names where it was resolved`] : []),
  ...Object.entries(entry.optionalDependencies ?? {})
    .filter(([name]) => !present.has(name))
    .map(([name, version]) => `${path}: ${name}@${version} is missing`),
]);
for (const fault of faults) console.error(`package-lock.json: ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);
