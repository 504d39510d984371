import { expect, test } from 'vitest';
import { claimApproval } from '../../src/approval.ts';
import { approve, fixed, issue, NOW, signed, verify, wrong } from './fixtures.ts';

const approved = await verify(fixed.state, signed);
const claim = (state = approved.state, now = NOW + 6000, id: unknown = fixed.id) => claimApproval(state, id, { now });

test('C6: an approved request is claimed once, with what the user saw', () => {
  const first = claim();
  expect(first).toMatchObject({ ok: true, request: fixed.request, userVerification: true });
  expect(claim(first.state)).toEqual({
    ok: false,
    waiting: false,
    reason: 'replayed',
    guess: false,
    state: first.state,
  });
  // Two that ask at once start from one state: the same state results, and compare-and-swap lets one of them write.
  expect(claim()).toEqual(first);
  expect(approved.state.approvals[0]?.status).toBe('approved');
});

test('whether the phone verified its user is told', async () => {
  const { state } = await verify(fixed.state, await approve(fixed, { userVerification: false }), {
    requireUserVerification: false,
  });
  expect(claim(state)).toMatchObject({ ok: true, userVerification: false });
});

test('what was not answered yet waits; what was refused or late says so', async () => {
  const { state, expiresAt } = fixed;
  expect(claim(state)).toEqual({ ok: false, waiting: true, expiresAt, state });
  expect(claim(state, expiresAt - 1)).toMatchObject({ waiting: true });
  const refused = (reason: string) => ({ ok: false, waiting: false, reason, guess: false });
  expect(claim(state, expiresAt)).toEqual({ ...refused('expired'), state });
  expect(claim(approved.state, expiresAt + 59_999).ok).toBe(true);
  expect(claim(approved.state, expiresAt + 60_000)).toMatchObject(refused('expired'));
  const denied = await verify(state, await approve(fixed, { decision: 'deny' }));
  expect(claim(denied.state)).toMatchObject(refused('denied'));
  let voided = state;
  for (const by of [1, 2, 3]) {
    ({ state: voided } = await verify(voided, await approve(fixed, { number: wrong(fixed.number, by) })));
  }
  expect(claim(voided)).toMatchObject(refused('voided'));
});

test('only for the transaction that began it: every other id is refused', () => {
  for (const id of [null, 5, '', fixed.id.toUpperCase(), issue().id, { toString: () => fixed.id }]) {
    expect(claim(approved.state, NOW, id)).toMatchObject({ ok: false, waiting: false, reason: 'not-issued' });
  }
});

test("the programmer's mistakes", () => {
  const refused = (code: string): unknown => expect.objectContaining({ name: 'CountersignError', code });
  expect(() => claimApproval(null as never, fixed.id)).toThrow(refused('invalid-state'));
  expect(() => claimApproval(approved.state, fixed.id, null as never)).toThrow(refused('invalid-argument'));
  expect(() => claim(approved.state, Number.NaN)).toThrow(refused('invalid-time'));
  expect(claimApproval(issue({ now: undefined }).state, fixed.id).ok).toBe(false);
});
