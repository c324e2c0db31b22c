/** Finds the innermost element on the event's way that matches, through shadow roots too. */
export declare function finder(event: Event): (selector: string) => Element | undefined;
