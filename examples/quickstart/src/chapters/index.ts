import type { Chapter } from '../screen.ts';
import { approvals } from './approvals.ts';
import { authenticatorApp } from './authenticator-app.ts';
import { cardGrid } from './card-grid.ts';
import { codes } from './codes.ts';
import { pinToken } from './pin-token.ts';
import { policy } from './policy.ts';
import { sshKeys } from './ssh-keys.ts';

/** The chapters of the walk, in order. */
export const chapters: readonly Chapter[] = [authenticatorApp, pinToken, cardGrid, approvals, codes, sshKeys, policy];
