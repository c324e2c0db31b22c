/**
 * Whether a site's id may stand in a command that the reader is shown. What is none may come from
 * the URL of whoever wrote the link, and is not to be pasted into a terminal.
 */
export const isSiteId = (id: string): boolean =>
  /^[A-Za-z0-9._:-]{1,64}$/.test(id) && !id.startsWith("-");
