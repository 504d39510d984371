import { describe, expect, test } from 'vitest';
import { createApprovalRequest, parseApprovalRequest } from '../../src/index.ts';
import { ABOUT, approve, create, DETAILS, fixed, NOW, verify } from './fixtures.ts';

describe('a request', () => {
  test('holds what the phone shows and nothing else', () => {
    expect(fixed.request).toEqual({
      v: 1,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      ...ABOUT,
      action: 'withdrawal',
      details: DETAILS,
      issuedAt: NOW,
      expiresAt: NOW + 120_000,
    });
    expect(fixed.number).toMatch(/^[0-9]{2}$/);
    expect(fixed.pending).toMatchObject({ v: 1, request: fixed.request, status: 'open', triesLeft: 3 });
    expect(JSON.parse(JSON.stringify(fixed.pending))).toEqual(fixed.pending);
    expect(parseApprovalRequest(JSON.parse(JSON.stringify(fixed.request)))).toEqual(fixed.request);
  });

  test('all hundred numbers occur, and ids differ', () => {
    const made = Array.from({ length: 2000 }, () => createApprovalRequest({ ...ABOUT, action: 'login', details: [] }));
    expect(new Set(made.map(({ number }) => number)).size).toBe(100);
    expect(new Set(made.map(({ request }) => request.id)).size).toBe(2000);
  });

  test('later changes to what the caller gave or got change nothing', async () => {
    const details = [{ label: 'Amount', value: '1' }];
    const made = create({ details });
    details[0]!.value = '1000';
    expect(made.request.details).toEqual([{ label: 'Amount', value: '1' }]);
    (made.request.details as { label: string; value: string }[])[0]!.value = '1000';
    expect(await verify(made.pending, await approve(made))).toMatchObject({ ok: false, reason: 'changed' });
  });

  test('a hole among the details is refused, and not signed as nothing', () => {
    const details = new Array<{ label: string; value: string }>(2);
    details[1] = { label: 'Amount', value: '1' };
    expect(() => create({ details })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  test.each([
    [{ account: '' }, 'invalid-argument'],
    [{ account: 'x'.repeat(257) }, 'invalid-argument'],
    [{ action: '\ud800' }, 'invalid-argument'],
    [{ audience: 5 as unknown as string }, 'invalid-argument'],
    [{ details: undefined as never }, 'invalid-argument'],
    [{ details: [null as never] }, 'invalid-argument'],
    [{ details: [{ label: '', value: '' }] }, 'invalid-argument'],
    [{ details: [{ label: 'x', value: 'y'.repeat(1025) }] }, 'invalid-argument'],
    [{ details: Array.from({ length: 33 }, () => ({ label: 'x', value: 'y' })) }, 'invalid-argument'],
    [{ now: Number.NaN }, 'invalid-time'],
    [{ lifetime: 0 }, 'invalid-time'],
    [{ lifetime: 1.5 }, 'invalid-time'],
    [{ lifetime: 86_401 }, 'invalid-time'],
    [{ tries: 0 }, 'invalid-argument'],
    [{ tries: 4 }, 'invalid-argument'],
    [{ serverKey: new Uint8Array(15) }, 'invalid-secret'],
    [{ random: () => new Uint8Array(1) }, 'invalid-random'],
  ])('refuses %o', (more, code) => {
    expect(() => create(more)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    null,
    undefined,
    'text',
    { v: 2 },
    { v: 1, id: 'AA' },
    { v: 1, id: 'A'.repeat(32) },
    { ...create().request, issuedAt: '5' },
    { ...create().request, expiresAt: NOW - 1 },
    { ...create().request, details: 'x' },
  ])('parseApprovalRequest refuses %o', (value) => {
    expect(() => parseApprovalRequest(value)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
