import { useState } from "react";
import { download } from "../api/client";
import { useSite } from "../api/site";
import { failureText } from "./answer";
import { BUTTON } from "./menu";

/** Saves what a report answers as a table: the same body, with CSV asked for. */
export function SaveCsv({
  path,
  body,
  name,
  className = BUTTON,
  text = "Export CSV",
}: {
  path: string;
  body: object;
  /** Of the file, without its ending. */
  name: string;
  className?: string;
  text?: string;
}) {
  const { id } = useSite();
  const [state, setState] = useState<{ busy: boolean; fault: string | null }>({
    busy: false,
    fault: null,
  });
  const save = () => {
    setState({ busy: true, fault: null });
    download(id, path, "text/csv", { body }).then(
      (blob) => {
        saveAs(blob, `${id.replaceAll(":", "-")}-${name}.csv`);
        return setState({ busy: false, fault: null });
      },
      (error: unknown) => setState({ busy: false, fault: failureText(error) }),
    );
  };
  return (
    <>
      <button type="button" className={className} disabled={state.busy} onClick={save}>
        {text}
      </button>
      {state.fault !== null && (
        <span role="alert" className="text-sm text-fault">
          {state.fault}
        </span>
      )}
    </>
  );
}

/** Hands a file to the browser as if it had been downloaded. */
export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken the address by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
