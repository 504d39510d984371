import type { Chapter } from '../screen.ts';
import { cardGrid } from './card-grid.ts';

/** The chapters of the walk, in order. */
export const chapters: readonly Chapter[] = [cardGrid];
