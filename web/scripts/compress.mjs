// Writes FILE.br and FILE.gz beside what the build made, so that the server sends what is as small as can be.
// Brotli at its best takes a second for a bundle, which is too long for a request and nothing for a build.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// As the server's own rule (crates/api/src/web/file.rs): text of more than a packet.
const LEAST_BYTES = 1024;
const TEXT = /\.(html|js|css|svg|json|webmanifest|txt)$/;

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && TEXT.test(entry.name))
  .map((entry) => `${entry.parentPath}/${entry.name}`);

let before = 0;
let after = 0;
for (const file of files) {
  const bytes = readFileSync(file);
  if (bytes.length < LEAST_BYTES) continue;
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  writeFileSync(`${file}.br`, brotli);
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
  before += bytes.length;
  after += brotli.length;
}
console.log(`compressed: ${(before / 1000).toFixed(1)} kB to ${(after / 1000).toFixed(1)} kB`);
