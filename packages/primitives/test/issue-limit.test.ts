import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitIssue } from '../src/issue-limit.ts';

const limit = { count: 3, period: 60 };

describe('how often something is issued', () => {
  it('at most as many as allowed in any period, and says when the next may come', () => {
    let issued: number[] = [];
    for (const now of [0, 10_000, 20_000]) {
      const admission = admitIssue(issued, now, limit);
      expect(admission.ok).toBe(true);
      issued = admission.issued;
    }
    expect(admitIssue(issued, 59_999, limit)).toEqual({ ok: false, retryAt: 60_000, issued });
    expect(admitIssue(issued, 60_000, limit)).toEqual({ ok: true, issued: [10_000, 20_000, 60_000] });
  });

  it('the oldest instant decides, in whatever order they were kept', () => {
    expect(admitIssue([30_000, 10_000, 20_000], 40_000, limit)).toMatchObject({ ok: false, retryAt: 70_000 });
    expect(admitIssue([10_000, 30_000, 20_000], 40_000, limit)).toMatchObject({ ok: false, retryAt: 70_000 });
    // Two that lie ahead count as now; one more than allowed are kept from before a limit was lowered.
    expect(admitIssue([90_000, 10_000, 99_000], 40_000, limit)).toMatchObject({ ok: false, retryAt: 70_000 });
    expect(admitIssue([35_000, 10_000, 20_000, 100_000], 40_000, limit)).toMatchObject({ ok: false, retryAt: 80_000 });
    expect(admitIssue([100, 2_000, 30_000], 60_100, { count: 2, period: 60 })).toMatchObject({ retryAt: 62_000 });
  });

  it('never blocks longer than a period, whatever clock wrote the instants', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1e9), { maxLength: 20 }), fc.nat(1e6), (issued, now) => {
        const admission = admitIssue(issued, now, limit);
        if (admission.ok) return;
        expect(admission.retryAt).toBeGreaterThan(now);
        expect(admission.retryAt).toBeLessThanOrEqual(now + 60_000);
        expect(admitIssue(admission.issued, admission.retryAt, limit).ok).toBe(true);
      }),
    );
  });
});
