// Names of countries and languages in the reader's own language, from the browser.

const of = (type: "region" | "language") => {
  let names: Intl.DisplayNames | null = null;
  return (code: string): string => {
    try {
      names ??= new Intl.DisplayNames(undefined, { type });
      return names.of(code) ?? code;
    } catch {
      return code; // no code at all, such as "(not set)"
    }
  };
};

export const countryName = of("region");
export const languageName = of("language");

/** What the reader sees of a dimension's value. */
export function valueText(dimension: string, value: string): string {
  if (dimension === "visit:country") return countryName(value);
  if (dimension === "visit:language") return languageName(value);
  return value;
}
