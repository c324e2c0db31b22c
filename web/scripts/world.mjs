// Writes src/parts/map/world.json, the countries' shapes in the Equal Earth projection, drawn once
// here so that no browser has to project; with --check it fails where that file is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoArea, geoCentroid, geoEqualEarth, geoPath } from "d3-geo";
import countries from "i18n-iso-countries";
import { feature } from "topojson-client";

const require = createRequire(import.meta.url);
const coarse = require("world-atlas/countries-110m.json");
const fine = require("world-atlas/countries-50m.json");
const WORLD = new URL("../src/parts/map/world.json", import.meta.url);
const WIDTH = 1000;
const SIDES = [16, 34];

/** The atlas has names instead of codes for these; whoever has no code of a country stays bare land. */
const BY_NAME = { Kosovo: "XK" };
const codeOf = ({ id, properties }) =>
  (id === undefined ? undefined : countries.numericToAlpha2(id)) ??
  BY_NAME[properties.name] ??
  null;
/** Nobody lives there long enough to visit a site, and it would take a fifth of the map. */
const isLeftOut = (shape) => codeOf(shape) === "AQ";

const shapes = feature(coarse, coarse.objects.countries).features.filter((s) => !isLeftOut(s));
const all = { type: "FeatureCollection", features: shapes };
// Room at both sides for the islands of the Pacific, which have dots beyond the shapes.
const projection = geoEqualEarth()
  .rotate([-11, 0])
  .fitWidth(WIDTH - SIDES[0] - SIDES[1], all);
const draw = geoPath(projection).digits(1);
const [[, top], [, bottom]] = draw.bounds(all);
const [x, y] = projection.translate();
projection.translate([x + SIDES[0], y - top + 2]);

const paths = {};
const bare = [];
for (const shape of shapes) {
  const code = codeOf(shape);
  if (code === null) bare.push(draw(shape));
  else paths[code] = (paths[code] ?? "") + draw(shape);
}

// States too small for a shape at this scale have a dot where their largest part is.
const round = (number) => Math.round(number * 10) / 10;
const dots = {};
for (const shape of feature(fine, fine.objects.countries).features) {
  const code = codeOf(shape);
  if (code === null || code in paths || code in dots || isLeftOut(shape)) continue;
  const parts =
    shape.geometry.type === "MultiPolygon"
      ? shape.geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }))
      : [shape.geometry];
  const largest = parts.toSorted((a, b) => geoArea(b) - geoArea(a))[0];
  dots[code] = projection(geoCentroid(largest)).map(round);
}

const sorted = (record) =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
const world = {
  width: WIDTH,
  height: Math.ceil(bottom - top) + 4,
  land: bare.join(""),
  shapes: sorted(paths),
  dots: sorted(dots),
};
const written = `${JSON.stringify(world)}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(WORLD, written);
} else if (readFileSync(WORLD, "utf8") !== written) {
  console.error("src/parts/map/world.json is not what the atlas says: npm run world");
  process.exit(1);
}
