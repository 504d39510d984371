import type { Chapter } from '../screen.ts';

/** The chapters of the walk, in order. */
export const chapters: readonly Chapter[] = [];
