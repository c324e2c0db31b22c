// Elements that an event passed.

/** Finds the innermost element on the event's way that matches, through shadow roots too. */
export function finder(event: Event): (selector: string) => Element | undefined {
  return (selector) =>
    event
      .composedPath()
      .find((node): node is Element => node instanceof Element && node.matches(selector));
}
