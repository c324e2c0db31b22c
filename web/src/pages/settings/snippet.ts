// The texts that one takes along: the script's tag, and a command for a server.

/** What can be turned on or off at the script's tag. */
export const OPTIONS = [
  {
    id: "clicks",
    attribute: "data-clicks",
    on: "",
    text: "Clicks",
    help: "every click on a link or a button, with its text",
  },
  {
    id: "vitals",
    attribute: "data-vitals",
    on: "",
    text: "Web vitals",
    help: "how fast pages load and answer, as browsers measure it",
  },
  {
    id: "hash",
    attribute: "data-hash",
    on: "",
    text: "Pages behind #/",
    help: "for an application that routes behind #/ or #!/",
  },
  {
    id: "no-outbound",
    attribute: "data-outbound",
    on: "false",
    text: "No links out",
    help: "clicks on links to other hosts are not counted",
  },
  {
    id: "no-downloads",
    attribute: "data-downloads",
    on: "false",
    text: "No downloads",
    help: "clicks on links to files are not counted",
  },
  {
    id: "no-forms",
    attribute: "data-forms",
    on: "false",
    text: "No forms",
    help: "submitted forms are not counted",
  },
  {
    id: "dnt",
    attribute: "data-respect-dnt",
    on: "",
    text: "Respect Do Not Track",
    help: "nothing is sent for whoever has it, or Global Privacy Control, turned on",
  },
  {
    id: "local",
    attribute: "data-local",
    on: "",
    text: "Count on localhost",
    help: "to try it on your own machine",
  },
] as const;

export type OptionId = (typeof OPTIONS)[number]["id"];

export function readOptions(text: string): OptionId[] {
  const named = text.split(",");
  return OPTIONS.flatMap(({ id }) => (named.includes(id) ? [id] : []));
}

/** The tag. At a path of the site's own the script knows its site by itself. */
export function scriptTag(
  origin: string,
  site: string,
  options: readonly OptionId[],
  ownPath: string | null = null,
): string {
  const chosen = OPTIONS.filter(({ id }) => options.includes(id)).map(({ attribute, on }) =>
    on === "" ? attribute : `${attribute}="${on}"`,
  );
  const parts = [
    "<script defer",
    ...(ownPath === null ? [`data-site="${escaped(site)}"`] : []),
    ...chosen,
    `src="${escaped(`${origin}${ownPath ?? "/script.js"}`)}"></script>`,
  ];
  return parts.join(" ");
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** A command that sends an event from a server; quoted for a POSIX shell. */
export function curlCommand(origin: string, site: string): string {
  const body = JSON.stringify(
    {
      site_id: site,
      name: "signup",
      url: "https://example.com/signup",
      user_id: "ada",
      ip: "203.0.113.7",
      user_agent: "Mozilla/5.0 …",
      properties: { plan: "pro" },
    },
    null,
    2,
  );
  return [
    `curl ${origin}/api/events \\`,
    `  -H "X-API-Key: $WRITE_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${body.replaceAll("'", String.raw`'\''`)}'`,
  ].join("\n");
}
