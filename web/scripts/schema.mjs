// Writes src/api/schema.d.ts from the description of the API that the server's tests hold
// (crates/api/tests/it/snapshots); with --check it fails where that file is out of date instead.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "../codegen/node_modules/openapi-typescript/dist/index.mjs";

const DESCRIPTION = "../../crates/api/tests/it/snapshots/it__description__openapi.snap";
const SCHEMA = new URL("../src/api/schema.d.ts", import.meta.url);

// A snapshot is a few lines about itself between two `---`, then the document.
const snapshot = readFileSync(new URL(DESCRIPTION, import.meta.url), "utf8");
const document = JSON.parse(snapshot.slice(snapshot.indexOf("\n---\n") + 5));
const written =
  "// Generated from the API's description by `npm run schema`: not to be edited.\n\n" +
  astToString(await openapiTS(document, { defaultNonNullable: false, exportType: true }));

if (!process.argv.includes("--check")) {
  writeFileSync(SCHEMA, written);
} else if (readFileSync(SCHEMA, "utf8") !== written) {
  console.error("src/api/schema.d.ts is not what the API's description says: npm run schema");
  process.exit(1);
}
