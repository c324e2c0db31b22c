// What stands in place of a page whose chunk is on its way, or does not come.

import { PRIMARY } from "../parts/menu";
import { PanelNote } from "../parts/panel";
import { usePageAway } from "./fetch-page";

export function PageWaiting() {
  const away = usePageAway();
  return (
    <div role="status" aria-busy="true" className="rounded-lg border border-line bg-panel">
      <PanelNote>
        {away ? "The server does not answer. The page tries again by itself." : "Loading…"}
      </PanelNote>
    </div>
  );
}

/** A page that broke, or whose chunk the server no longer has. */
export function PageBroken() {
  return (
    <div role="alert" className="rounded-lg border border-line bg-panel px-4 py-6 text-sm sm:px-5">
      <p className="mb-3 text-fault">
        The page cannot be shown. The server may have another version of it by now.
      </p>
      <button type="button" className={PRIMARY} onClick={() => location.reload()}>
        Load it anew
      </button>
    </div>
  );
}
