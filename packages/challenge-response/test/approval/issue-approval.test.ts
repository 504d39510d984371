import { describe, expect, test } from 'vitest';
import {
  type ApprovalState,
  type IssueApprovalOptions,
  issueApproval,
  openApprovals,
  parseApprovalRequest,
  showApproval,
} from '../../src/approval.ts';
import { ABOUT, approve, DETAILS, fixed, issue, NOW, SERVER_KEY, tryIssue, verify } from './fixtures.ts';

const refused = (code: string): unknown => expect.objectContaining({ name: 'CountersignError', code });
const show = (state: ApprovalState, id: unknown, now = NOW + 1000) =>
  showApproval(state, id, { serverKey: SERVER_KEY, now });

describe('an issued approval', () => {
  test('holds what the phone shows, names the device, and nothing else', () => {
    expect(fixed.request).toEqual({
      v: 1,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      ...ABOUT,
      device: 'phone-1',
      action: 'withdrawal',
      details: DETAILS,
      issuedAt: NOW,
      expiresAt: NOW + 120_000,
    });
    expect(fixed).toMatchObject({ id: fixed.request.id, expiresAt: NOW + 120_000 });
    expect(fixed.number).toMatch(/^[0-9]{2}$/);
    expect(JSON.parse(JSON.stringify(fixed.state))).toEqual(fixed.state);
    expect(parseApprovalRequest(JSON.parse(JSON.stringify(fixed.request)))).toEqual(fixed.request);
  });

  test('C7: the number is derived under the server key and kept nowhere', () => {
    const random = (): Uint8Array => new Uint8Array(16).fill(5);
    const one = issue({ random });
    expect(issue({ random }).number).toBe(one.number);
    const others = Array.from({ length: 8 }, (_, i) => issue({ random, serverKey: new Uint8Array(16).fill(i) }).number);
    expect(new Set(others).size).toBeGreaterThan(3);
    // The state is the same whatever the key: nothing in it tells the number.
    expect(issue({ random, serverKey: new Uint8Array(16) }).state).toEqual(one.state);
    const withoutKey = { ...ABOUT, state: null, device: 'x', action: 'login', details: [], lifetime: 120 };
    expect(() => issueApproval(withoutKey as unknown as IssueApprovalOptions)).toThrow(refused('invalid-secret'));
  });

  test('all hundred numbers occur, and ids differ', () => {
    const made = Array.from({ length: 2000 }, () => issue({ details: [] }));
    expect(new Set(made.map(({ number }) => number)).size).toBe(100);
    expect(new Set(made.map(({ id }) => id)).size).toBe(2000);
  });

  test('later changes to what the caller gave or got change nothing', async () => {
    const details = [{ label: 'Amount', value: '1' }];
    const made = issue({ details });
    details[0]!.value = '1000';
    expect(made.request.details).toEqual([{ label: 'Amount', value: '1' }]);
    (made.request.details as { label: string; value: string }[])[0]!.value = '1000';
    expect(await verify(made.state, await approve(made))).toMatchObject({ ok: false, reason: 'changed' });
    const again = show(made.state, made.id);
    expect(again).toMatchObject({ ok: true, request: { details: [{ label: 'Amount', value: '1' }] } });
  });

  test('an instant is floored to whole milliseconds', () => {
    const made = issue({ now: NOW + 0.9 });
    expect(made.request).toMatchObject({ issuedAt: NOW, expiresAt: NOW + 120_000 });
    expect(issue({ now: undefined }).request.issuedAt).toBeGreaterThan(1_700_000_000_000);
  });
});

describe('C6: how many', () => {
  test('at most three wait: the fourth is refused until the first expires', () => {
    let { state } = issue();
    for (let i = 1; i < 3; i++) ({ state } = issue({ state, now: NOW + i }));
    const fourth = tryIssue({ state, now: NOW + 10 });
    expect(fourth).toEqual({ ok: false, reason: 'too-many-open', retryAt: NOW + 120_000, state });
    expect(tryIssue({ state, now: NOW + 119_999 }).ok).toBe(false);
    expect(tryIssue({ state, now: NOW + 120_000 }).ok).toBe(true);
  });

  test('ten within an hour, whatever came of them', async () => {
    let state: ApprovalState | null = null;
    for (let i = 0; i < 10; i++) ({ state } = issue({ state, now: NOW + 121_000 * i }));
    const last = NOW + 121_000 * 10;
    expect(tryIssue({ state, now: last })).toMatchObject({
      ok: false,
      reason: 'issued-too-often',
      retryAt: NOW + 3_600_000,
    });
    expect(tryIssue({ state, now: NOW + 3_599_999 }).ok).toBe(false);
    expect(tryIssue({ state, now: NOW + 3_600_000 }).ok).toBe(true);
  });

  test('what was approved leaves the count, what was denied does not', async () => {
    let state: ApprovalState | null = null;
    for (let i = 0; i < 30; i++) {
      const made = issue({ state, now: NOW + i });
      expect(made.state.approvals.length).toBeLessThanOrEqual(16);
      ({ state } = await verify(made.state, await approve(made)));
    }
    expect(state?.issued).toEqual([]);
    const made = issue({ state });
    const denied = await verify(made.state, await approve(made, { decision: 'deny' }));
    expect(denied.state.issued).toEqual([NOW]);
  });

  test('when there is no room, what was settled leaves before what is still to be claimed', async () => {
    const one = issue();
    const approved = await verify(one.state, await approve(one));
    const [entry] = approved.state.approvals;
    const id = (i: number): string => String(i).padStart(32, '0');
    const of = (status: 'denied' | 'approved' | 'open', i: number) => ({ ...entry!, id: id(i), status });
    const left = (approvals: ReturnType<typeof of>[]): string[] => {
      const { state } = issue({ state: { ...approved.state, approvals }, now: NOW + 120_000 });
      expect(state.approvals.length).toBe(16);
      return approvals.map((each) => each.id).filter((each) => !state.approvals.some((kept) => kept.id === each));
    };
    const many = Array.from({ length: 16 }, (_, i) => of('approved', i));
    expect(left(many.map((each, i) => (i === 9 ? of('denied', 9) : each)))).toEqual([id(9)]);
    expect(left(many.map((each, i) => (i === 0 ? of('open', 0) : each)))).toEqual([id(1)]);
    expect(left(many.map((_, i) => of('open', i)))).toEqual([id(0)]);
  });

  test('what expired is kept for a minute, for the portal to hear of it, and then leaves', () => {
    expect(issue({ state: fixed.state, now: NOW + 179_999 }).state.approvals.length).toBe(2);
    expect(issue({ state: fixed.state, now: NOW + 180_000 }).state.approvals.length).toBe(1);
  });
});

describe('C6: showing again', () => {
  test('every begin has a number of its own; its own transaction sees it again', () => {
    const first = issue();
    const second = issue({ state: first.state });
    expect(second.id).not.toBe(first.id);
    for (const { id, request, number, expiresAt } of [first, second]) {
      expect(show(second.state, id)).toEqual({ ok: true, id, request, number, expiresAt, state: second.state });
    }
  });

  test('not for others, not when answered, not when late', async () => {
    const refusedFor = (reason: string, state = fixed.state) => ({ ok: false, reason, guess: false, state });
    for (const id of ['', 'x', fixed.id.toUpperCase(), null, undefined, 5, { toString: () => fixed.id }, Symbol('x')]) {
      expect(show(fixed.state, id)).toEqual(refusedFor('not-issued'));
    }
    expect(show(fixed.state, fixed.id, NOW + 119_999).ok).toBe(true);
    expect(show(fixed.state, fixed.id, NOW + 120_000)).toEqual(refusedFor('expired'));
    expect(showApproval(fixed.state, fixed.id, { serverKey: SERVER_KEY }).ok).toBe(Date.now() < fixed.expiresAt);
    const { state: approved } = await verify(fixed.state, await approve(fixed));
    expect(show(approved, fixed.id)).toEqual(refusedFor('not-issued', approved));
    const { state: denied } = await verify(fixed.state, await approve(fixed, { decision: 'deny' }));
    expect(show(denied, fixed.id)).toEqual(refusedFor('denied', denied));
  });

  test('a phone finds what waits for it, and nothing that waits for another', async () => {
    const second = issue({ state: fixed.state, device: 'phone-2' });
    const { state } = second;
    expect(openApprovals(state, { device: 'phone-1', now: NOW })).toEqual([fixed.request]);
    expect(openApprovals(state, { device: 'phone-2', now: NOW + 119_999 })).toEqual([second.request]);
    expect(openApprovals(state, { device: 'phone-2', now: NOW + 120_000 })).toEqual([]);
    expect(openApprovals(state, { device: 'phone-1' })).toHaveLength(Date.now() < fixed.expiresAt ? 1 : 0);
    const { state: answered } = await verify(state, await approve(fixed));
    expect(openApprovals(answered, { device: 'phone-1', now: NOW })).toEqual([]);
  });
});

describe('C5: text that could show as other text', () => {
  const NASTY = ['5.00 EUR\nPayee: Mum', 'a\u0000', 'a\u202eb', 'a\u2066b', 'a\u200fb', 'a\u2028b', '\ud800', '\u061c'];

  test.each(NASTY)('%j is refused in everything that is shown', (text) => {
    for (const more of [
      { account: text },
      { device: text },
      { action: text },
      { audience: text },
      { details: [{ label: text, value: 'x' }] },
      { details: [{ label: 'x', value: text }] },
    ]) {
      expect(() => issue(more)).toThrow(refused('invalid-argument'));
      const request = { ...fixed.request, ...more };
      expect(() => parseApprovalRequest(request)).toThrow(refused('invalid-argument'));
    }
  });

  test('other scripts are welcome', () => {
    expect(issue({ details: [{ label: 'المستفيد', value: '山田太郎 🔑 Ёлка' }] }).ok).toBe(true);
  });
});

describe('bad input', () => {
  const sparse = new Array<{ label: string; value: string }>(2);
  sparse[1] = { label: 'Amount', value: '1' };
  const { proxy, revoke } = Proxy.revocable<{ label: string; value: string }[]>([], {});
  revoke();

  test.each<[Partial<Record<keyof IssueApprovalOptions, unknown>>, string]>([
    [{ account: '' }, 'invalid-argument'],
    [{ account: 'x'.repeat(257) }, 'invalid-argument'],
    [{ action: undefined }, 'invalid-argument'],
    [{ device: undefined }, 'invalid-argument'],
    [{ audience: 5 }, 'invalid-argument'],
    [{ details: undefined }, 'invalid-argument'],
    [{ details: null }, 'invalid-argument'],
    [{ details: [null] }, 'invalid-argument'],
    [{ details: sparse }, 'invalid-argument'],
    [{ details: proxy }, 'invalid-argument'],
    [{ details: [{ label: '', value: 'x' }] }, 'invalid-argument'],
    [{ details: [{ label: 'x', value: 'y'.repeat(1025) }] }, 'invalid-argument'],
    [{ details: [{ label: 'x', value: 'y', more: 1 }] }, 'invalid-argument'],
    [{ details: Array.from({ length: 33 }, () => ({ label: 'x', value: 'y' })) }, 'invalid-argument'],
    [{ now: Number.NaN }, 'invalid-time'],
    [{ now: null }, 'invalid-time'],
    [{ now: 8.64e15 }, 'invalid-time'],
    [{ lifetime: undefined }, 'invalid-argument'],
    [{ lifetime: 0 }, 'invalid-argument'],
    [{ lifetime: 1.5 }, 'invalid-argument'],
    [{ lifetime: 86_401 }, 'invalid-argument'],
    [{ serverKey: new Uint8Array(15) }, 'invalid-secret'],
    [{ serverKey: 'text' }, 'invalid-secret'],
    [{ random: () => new Uint8Array(1) }, 'invalid-random'],
    [{ state: undefined }, 'invalid-state'],
    [{ state: fixed.request }, 'invalid-state'],
    [{ state: fixed.state, account: 'eve' }, 'invalid-state'],
  ])('refuses %#', (more, code) => {
    expect(() => issue(more as Partial<IssueApprovalOptions>)).toThrow(refused(code));
  });

  test.each([null, undefined, 'text'])('C4: options %s', (options) => {
    const none = options as never;
    expect(() => issueApproval(none)).toThrow(refused('invalid-argument'));
    expect(() => showApproval(fixed.state, fixed.id, none)).toThrow(refused('invalid-argument'));
    expect(() => openApprovals(fixed.state, none)).toThrow(refused('invalid-argument'));
  });

  test('of showApproval and openApprovals', () => {
    const bad = { serverKey: SERVER_KEY, now: Number.NaN };
    expect(() => showApproval(fixed.state, fixed.id, bad)).toThrow(refused('invalid-time'));
    expect(() => showApproval(fixed.state, fixed.id, { serverKey: new Uint8Array(3) })).toThrow(
      refused('invalid-secret'),
    );
    expect(() => show(null as never, fixed.id)).toThrow(refused('invalid-state'));
    expect(() => openApprovals(fixed.state, { device: '' })).toThrow(refused('invalid-argument'));
    expect(() => openApprovals(fixed.state, { device: 'x', now: -1 })).toThrow(refused('invalid-time'));
    expect(() => openApprovals({} as never, { device: 'x' })).toThrow(refused('invalid-state'));
  });

  test.each([
    null,
    undefined,
    'text',
    { v: 2 },
    { ...fixed.request, id: 'AA' },
    { ...fixed.request, id: 'A'.repeat(32) },
    { ...fixed.request, issuedAt: '5' },
    { ...fixed.request, expiresAt: -1 },
    { ...fixed.request, details: 'x' },
    { ...fixed.request, number: fixed.number },
    { ...fixed.request, details: sparse },
    { ...fixed.request, details: proxy },
  ])('parseApprovalRequest refuses %#', (value) => {
    expect(() => parseApprovalRequest(value)).toThrow(refused('invalid-argument'));
    expect(() => parseApprovalRequest(proxy)).toThrow(refused('invalid-argument'));
  });
});
