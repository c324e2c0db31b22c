/** 128 random bits as text; `crypto.randomUUID` is missing where a page is not secure. */
export declare function newId(): string;
