// Menus and pop-overs: Radix' primitives in this dashboard's clothes. None is modal: modal ones
// write a style sheet into the page, which the server's Content-Security-Policy refuses.

import { DropdownMenu, Popover } from "radix-ui";
import type { ReactNode } from "react";

const SURFACE =
  "z-30 max-h-[min(32rem,var(--radix-popper-available-height))] min-w-44 overflow-y-auto rounded-lg border border-line bg-panel p-1 text-sm text-ink shadow-lg";

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

/** A button that opens a list of things to do or choose; groups have a line between them. */
export function Menu({
  label,
  trigger,
  groups,
  className = BUTTON,
  align = "end",
}: {
  label: string;
  trigger: ReactNode;
  groups: readonly (readonly MenuItem[])[];
  className?: string;
  align?: "start" | "end";
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={className} aria-label={label}>
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={SURFACE} align={align} sideOffset={6} collisionPadding={8}>
          {groups.map((items, index) => (
            <DropdownMenu.Group
              key={items[0]?.id ?? index}
              className={index > 0 ? "mt-1 border-t border-line pt-1" : ""}
            >
              {items.map((item) => (
                <DropdownMenu.Item
                  key={item.id}
                  className="flex cursor-pointer items-center justify-between gap-6 rounded px-2.5 py-1.5 outline-none data-highlighted:bg-race-soft"
                  asChild={item.href !== undefined}
                  {...(item.onSelect === undefined ? {} : { onSelect: item.onSelect })}
                  {...(item.chosen ? { "aria-current": true } : {})}
                >
                  {item.href === undefined ? (
                    <>
                      <span className={item.chosen ? "font-semibold text-race" : ""}>
                        {item.text}
                      </span>
                      {item.note !== undefined && <span className="text-muted">{item.note}</span>}
                    </>
                  ) : (
                    <a href={item.href}>{item.text}</a>
                  )}
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** A button that opens a small form or explanation. */
export function Pop({
  label,
  trigger,
  open,
  onOpenChange,
  className = BUTTON,
  align = "end",
  children,
}: {
  label: string;
  trigger: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
  align?: "start" | "end";
  children: ReactNode;
}) {
  return (
    <Popover.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      <Popover.Trigger className={className} aria-label={label}>
        {trigger}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={`${SURFACE} p-3`}
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
