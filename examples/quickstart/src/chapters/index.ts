import type { Chapter } from '../screen.ts';
import { authenticatorApp } from './authenticator-app.ts';
import { cardGrid } from './card-grid.ts';

/** The chapters of the walk, in order. */
export const chapters: readonly Chapter[] = [authenticatorApp, cardGrid];
