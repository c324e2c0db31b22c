// Buttons that open a menu or a pop-over. What is opened is fetched when a button is pointed at or
// reached by the keyboard: the page stands before that.

import { lazy, type ReactNode, Suspense, useState } from "react";

export const BUTTON =
  "inline-flex h-8 items-center gap-1.5 rounded-md border border-line bg-panel px-3 text-sm whitespace-nowrap text-ink hover:border-muted data-[state=open]:border-muted disabled:opacity-50";
export const PRIMARY =
  "inline-flex h-8 items-center gap-1.5 rounded-md bg-race px-3.5 text-sm font-semibold whitespace-nowrap text-on-race hover:bg-race-hover disabled:opacity-50";
export const QUIET =
  "inline-flex h-7 items-center gap-1.5 rounded-md px-2 text-sm whitespace-nowrap text-muted hover:bg-ground hover:text-ink data-[state=open]:bg-ground";
export const FIELD =
  "h-8 w-full min-w-0 rounded-md border border-muted bg-ground px-2.5 text-sm text-ink";

export interface MenuItem {
  id: string;
  text: ReactNode;
  /** Shown at the right: a shortcut, a count. */
  note?: ReactNode;
  chosen?: boolean;
  onSelect?: () => void;
  href?: string;
}

export interface MenuProps {
  label: string;
  trigger: ReactNode;
  groups: readonly (readonly MenuItem[])[];
  className?: string;
  align?: "start" | "end";
}

export interface PopProps {
  label: string;
  trigger: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
  align?: "start" | "end";
  children: ReactNode;
}

const fetchOpen = () => import("./menu-open");
const soon = () => void fetchOpen();
const OpenMenu = lazy(() => fetchOpen().then(({ OpenMenu: default_ }) => ({ default: default_ })));
const OpenPop = lazy(() => fetchOpen().then(({ OpenPop: default_ }) => ({ default: default_ })));

/** A button that opens a list of things to do or choose; groups have a line between them. */
export function Menu({ className = BUTTON, ...menu }: MenuProps) {
  const [opened, open] = useState(false);
  const closed = <Closed {...menu} className={className} popup="menu" onOpen={() => open(true)} />;
  if (!opened) return closed;
  return (
    <Suspense fallback={closed}>
      <OpenMenu {...menu} className={className} />
    </Suspense>
  );
}

/** A button that opens a small form or explanation. */
export function Pop({ className = BUTTON, ...pop }: PopProps) {
  const [opened, open] = useState(false);
  const closed = (
    <Closed
      {...pop}
      className={className}
      popup="dialog"
      onOpen={() => {
        open(true);
        pop.onOpenChange?.(true);
      }}
    />
  );
  if (!opened && pop.open !== true) return closed;
  return (
    <Suspense fallback={closed}>
      <OpenPop {...pop} className={className} />
    </Suspense>
  );
}

function Closed({
  label,
  trigger,
  className,
  popup,
  onOpen,
}: {
  label: string;
  trigger: ReactNode;
  className: string;
  popup: "menu" | "dialog";
  onOpen: () => void;
}) {
  return (
    <button
      type="button"
      className={className}
      aria-label={label}
      aria-haspopup={popup}
      aria-expanded={false}
      onPointerEnter={soon}
      onFocus={soon}
      onClick={onOpen}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" || popup !== "menu") return;
        event.preventDefault();
        onOpen();
      }}
    >
      {trigger}
    </button>
  );
}
