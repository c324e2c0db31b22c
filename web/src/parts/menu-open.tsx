// Menus and pop-overs once they are opened: Radix' primitives in this dashboard's clothes. None is
// modal: modal ones write a style sheet into the page, which the server's Content-Security-Policy
// refuses.

import { DropdownMenu, Popover } from "radix-ui";
import { useState } from "react";
import type { MenuProps, PopProps } from "./menu";

const SURFACE =
  "z-30 max-h-[min(32rem,var(--radix-popper-available-height))] min-w-44 overflow-y-auto rounded-lg border border-line bg-panel p-1 text-sm text-ink shadow-lg";

/** Where what is opened goes: within an open dialog all outside is out of reach. */
function useHost() {
  const [host, setHost] = useState<Element | null>(null);
  const find = (button: HTMLButtonElement | null) => setHost(button?.closest("dialog") ?? null);
  return { find, within: host instanceof HTMLElement ? { container: host } : {} };
}

export function OpenMenu({ label, trigger, groups, className, align }: MenuProps) {
  const { find, within } = useHost();
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger ref={find} className={className ?? ""} aria-label={label}>
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal {...within}>
        <DropdownMenu.Content
          className={SURFACE}
          align={align ?? "end"}
          sideOffset={6}
          collisionPadding={8}
        >
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

export function OpenPop({
  label,
  trigger,
  open,
  onOpenChange,
  className,
  align,
  children,
}: PopProps) {
  const { find, within } = useHost();
  return (
    <Popover.Root
      {...(open === undefined ? { defaultOpen: true } : { open })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
    >
      <Popover.Trigger ref={find} className={className ?? ""} aria-label={label}>
        {trigger}
      </Popover.Trigger>
      <Popover.Portal {...within}>
        <Popover.Content
          className={`${SURFACE} p-3`}
          aria-label={label}
          align={align ?? "end"}
          sideOffset={6}
          collisionPadding={8}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
