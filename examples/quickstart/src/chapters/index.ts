import type { Chapter } from '../screen.ts';
import { authenticatorApp } from './authenticator-app.ts';
import { policy } from './policy.ts';

/** The chapters of the walk, in order. */
export const chapters: readonly Chapter[] = [authenticatorApp, policy];
