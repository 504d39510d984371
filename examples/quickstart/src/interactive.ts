import { createInterface } from 'node:readline';
import { buildOtpauthUri, formatSecret, renderQrTerminal } from '@countersign/qr-provisioning-uri';
import { createTotp, generateSecret, newTotpState, normalizeCode, verifyTotp } from '@countersign/totp';
import type { Screen } from './screen.ts';

/** Enrols a real phone: shows the QR code, asks for a code, and for the same code again. Ends on an empty line or Ctrl-D. */
export async function enrolRealPhone(screen: Screen): Promise<void> {
  const secret = generateSecret();
  screen.say('Scan this with any authenticator app on your phone:');
  screen.show(renderQrTerminal(buildOtpauthUri({ issuer: 'Countersign quickstart', account: 'you', secret })));
  screen.say(`Cannot scan? Type this key: ${formatSecret(secret)}`);
  screen.say('An empty line ends it.');
  const totp = createTotp({ secret });
  let state = newTotpState();
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: '  code › ' });
  terminal.prompt();
  for await (const line of terminal) {
    const typed = normalizeCode(line);
    if (typed === '') break;
    const result = verifyTotp(state, typed, { totp });
    state = result.state;
    if (result.ok) {
      screen.accepted(`The clock is ${result.drift * 30} s off. Now try the same code again.`);
    } else if (result.reason === 'replayed') {
      screen.refused(`That code was used. The next comes in ${Math.ceil((result.usableAt - Date.now()) / 1000)} s.`);
    } else {
      screen.refused(result.reason === 'malformed' ? 'A code is six digits.' : 'That is not the current code.');
    }
    terminal.prompt();
  }
  terminal.close();
}
