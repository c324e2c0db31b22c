import { Tabs } from "radix-ui";
import type { ReactNode } from "react";

/** The tabs in a panel's head, with what the open one shows below. */
export function PanelTabs<T extends string>({
  label,
  tabs,
  value,
  onChange,
  onHint,
  aside,
  className = "",
  children,
}: {
  label: string;
  tabs: readonly { id: T; text: string }[];
  value: T;
  onChange: (value: T) => void;
  /** The pointer is over a tab: what it will show may be asked already. */
  onHint?: (value: T) => void;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Tabs.Root
      value={value}
      onValueChange={(next) => {
        const tab = tabs.find(({ id }) => id === next);
        if (tab !== undefined) onChange(tab.id);
      }}
      activationMode="automatic"
      className={`flex min-w-0 flex-col rounded-lg border border-line bg-panel ${className}`}
      role="region"
      aria-label={label}
    >
      <header className="flex min-h-12 items-center gap-3 border-b border-line px-3 sm:px-4">
        <h2 className="sr-only">{label}</h2>
        <Tabs.List
          aria-label={label}
          className="-mb-px flex min-w-0 flex-1 gap-4 self-stretch overflow-x-auto text-sm [scrollbar-width:none]"
        >
          {tabs.map((tab) => (
            <Tabs.Trigger
              key={tab.id}
              value={tab.id}
              {...(onHint === undefined || tab.id === value
                ? {}
                : { onPointerEnter: () => onHint(tab.id) })}
              className="shrink-0 border-b-2 border-transparent px-0.5 whitespace-nowrap text-muted outline-offset-[-2px] hover:text-ink data-[state=active]:border-race data-[state=active]:font-semibold data-[state=active]:text-ink"
            >
              {tab.text}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {aside}
      </header>
      <Tabs.Content value={value} className="flex min-h-0 flex-1 flex-col outline-offset-[-2px]">
        {children}
      </Tabs.Content>
    </Tabs.Root>
  );
}
