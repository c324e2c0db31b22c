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

/** A country's flag, drawn by the system's own font; none for what is no country. */
export function flag(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return "";
  const letter = (at: number) => 0x1f1e6 + code.charCodeAt(at) - 65;
  return String.fromCodePoint(letter(0), letter(1));
}

/** What the reader sees of a dimension's value. */
export function valueText(dimension: string, value: string): string {
  if (dimension === "visit:country") return countryName(value);
  if (dimension === "visit:language") return languageName(value);
  return value;
}
