import {
  checkPin,
  createOcra,
  hashPin,
  issueChallenge,
  newOcraState,
  newSoftToken,
  type OcraState,
  PIN_TOKEN_SUITE,
  type SoftToken,
  switchOnSoftToken,
  TOKEN_PIN_RULES,
  type VerifyResponseResult,
  verifyResponse,
} from '@countersign/challenge-response/ocra';
import { type Chapter, expect, type Screen } from '../screen.ts';

/** What a server keeps of one token: the state is plain JSON; the key and the PIN's hash are sealed at rest. */
type Device = { key: Uint8Array; pinHash: Uint8Array; state: OcraState };

/** What happens on the token: PIN, challenge, and the response on its display. */
function useToken(screen: Screen, token: SoftToken, pin: string, challenge: string): string {
  screen.typed('token', `${token.prompt()} ${pin}`);
  token.enterPin(pin);
  screen.typed('token', `${token.prompt()} ${challenge}`);
  const shown = token.enterChallenge(challenge);
  expect(shown.ok, 'the token shows a response');
  screen.show(`┌──────────┐\n│ ${shown.response} │\n└──────────┘`);
  return shown.response;
}

function tell(screen: Screen, result: VerifyResponseResult): void {
  if (result.ok) screen.accepted(`the token's computation number ${result.counter}`);
  else screen.refused(`reason, for the log only: ${result.reason}`);
}

export const pinToken: Chapter = {
  title: 'A token with a keypad: OCRA',
  run(screen) {
    let now = Date.now();
    const pin = '7294';

    screen.step('Order a token and choose its PIN');
    for (const choice of ['1234', '1987', pin]) {
      screen.typed('alice', choice);
      const judged = checkPin(choice, TOKEN_PIN_RULES);
      if (judged.ok) screen.accepted('four digits that nobody tries first');
      else screen.refused(`anybody would try it first: ${judged.reason}`);
      expect(judged.ok === (choice === pin), 'trivial PINs are refused');
    }
    const key = crypto.getRandomValues(new Uint8Array(32));
    const token = switchOnSoftToken(newSoftToken({ key }));
    const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key });
    const device: Device = { key, pinHash: hashPin(pin, 'SHA256'), state: newOcraState({ ocra }) };
    screen.say('The token gets the key; the server keeps the key and a hash of the PIN.');

    const bound = { ocra, account: 'alice', purpose: 'login' };

    function challenge(): string {
      const issued = issueChallenge({ ...bound, state: device.state, now });
      expect(issued.ok, 'a challenge is issued');
      device.state = issued.state;
      screen.say(`Portal: “Challenge ${issued.challenge}. Type the response of your token.”`);
      return issued.challenge;
    }
    function answer(response: string): VerifyResponseResult {
      const result = verifyResponse(device.state, response, { ...bound, pin: device.pinHash, now });
      device.state = result.state;
      tell(screen, result);
      return result;
    }

    screen.step('Login: the portal shows a challenge, the token the response');
    const first = challenge();
    screen.say('Reloading the page does not help anybody to another one:');
    expect(challenge() === first, 'the challenge stays the same until it is answered');
    const response = useToken(screen, token, pin, first);
    screen.typed('alice', response);
    expect(answer(response).ok, 'the response is accepted');

    screen.step('The same response again, as somebody would who looked over her shoulder');
    screen.typed('mallory', response);
    expect(!answer(response).ok, 'its challenge has been answered');
    const second = challenge();
    screen.typed('mallory', response);
    expect(!answer(response).ok, 'it is not the response to another challenge');

    screen.step('The token in wrong hands: the PIN is inside the computation');
    const wrong = useToken(screen, token, '2703', second);
    screen.say('The token does not say that the PIN is wrong. Only the server can tell, and it counts.');
    screen.typed('mallory', wrong);
    const guess = answer(wrong);
    expect(!guess.ok && guess.guess, 'a wrong PIN gives a wrong response, which is counted');

    screen.step('Alice has it back. The token has counted on, and the server looks ahead');
    const right = useToken(screen, token, pin, challenge());
    screen.typed('alice', right);
    expect(answer(right).ok, 'the server finds the token’s counter');
    expect(device.state.counter === token.state().counter, 'both count alike again');

    screen.step('A coffee in between: the challenge expires after five minutes');
    const late = useToken(screen, token, pin, challenge());
    now += 5 * 60_000;
    screen.typed('alice', late);
    const expired = answer(late);
    expect(!expired.ok && expired.reason === 'expired', 'an expired challenge is not answered any more');
    screen.say('“Start over with a new challenge.”');
    const fresh = useToken(screen, token, pin, challenge());
    screen.typed('alice', fresh);
    expect(answer(fresh).ok, 'the new one is accepted');
  },
};
