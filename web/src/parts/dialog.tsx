import { type ReactNode, useEffect, useId, useRef } from "react";

/**
 * A window over the page: the browser's own `dialog`, which keeps the focus, makes the rest inert
 * and closes on Escape.
 */
export function Dialog({
  title,
  onClose,
  wide = false,
  aside,
  children,
}: {
  title: string;
  onClose: () => void;
  wide?: boolean;
  aside?: ReactNode;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return undefined;
    // Outside is the dialog's own backdrop; the keyboard has Escape for it.
    const pressed = (event: MouseEvent) => {
      if (event.target === element) element.close();
    };
    element.addEventListener("click", pressed);
    if (!element.open) element.showModal();
    return () => {
      element.removeEventListener("click", pressed);
      element.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      className={`m-auto flex max-h-[min(46rem,92dvh)] w-full flex-col overflow-hidden rounded-xl border border-line bg-panel text-ink shadow-2xl backdrop:bg-black/40 ${wide ? "max-w-4xl" : "max-w-lg"}`}
      onClose={() => {
        // Told late: an effect that ran twice, as in development, has opened it again by then.
        if (dialog.current?.open !== true) onClose();
      }}
    >
      <header className="flex min-h-14 items-center gap-3 border-b border-line px-5 py-2">
        <h2 id={heading} className="min-w-0 flex-1 truncate text-base font-semibold">
          {title}
        </h2>
        {aside}
        <button
          type="button"
          aria-label="Close"
          className="-mr-2 size-8 rounded-md text-lg text-muted hover:bg-ground hover:text-ink"
          onClick={onClose}
        >
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </dialog>
  );
}
