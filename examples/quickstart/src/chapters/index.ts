import type { Chapter } from '../screen.ts';
import { approvals } from './approvals.ts';
import { authenticatorApp } from './authenticator-app.ts';
import { cardGrid } from './card-grid.ts';
import { codes } from './codes.ts';
import { pinToken } from './pin-token.ts';
import { policy } from './policy.ts';
import { sshKeys } from './ssh-keys.ts';

/** The chapters of the demo in order, each with the file beside this one that it is written in. */
export const chapters: readonly (Chapter & { readonly file: string })[] = [
  { file: 'authenticator-app.ts', ...authenticatorApp },
  { file: 'pin-token.ts', ...pinToken },
  { file: 'card-grid.ts', ...cardGrid },
  { file: 'approvals.ts', ...approvals },
  { file: 'codes.ts', ...codes },
  { file: 'ssh-keys.ts', ...sshKeys },
  { file: 'policy.ts', ...policy },
];
