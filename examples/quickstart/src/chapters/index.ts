import type { Chapter } from '../screen.ts';
import { authenticatorApp } from './authenticator-app.ts';
import { pinToken } from './pin-token.ts';

/** The chapters of the walk, in order. */
export const chapters: readonly Chapter[] = [authenticatorApp, pinToken];
