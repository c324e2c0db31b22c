export interface Engagement {
    /** Begins anew, for another page. */
    reset(): void;
    /** What came since it was last taken; nothing where that is less than a second and no deeper. */
    take(): {
        duration: number;
        scroll_depth: number;
    } | undefined;
}
export declare function watchEngagement(): Engagement;
