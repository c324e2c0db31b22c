/** A path of the site's own matters. */
export const sitePath = (site: string, ...rest: (string | number)[]): string =>
  ["/api/v1/sites", ...[site, ...rest].map((part) => encodeURIComponent(part))].join("/");
