/** The outcome of {@link admitIssue}: the instants to keep, one more for what is now issued, or when to try again. */
export type IssueAdmission = { ok: true; issued: number[] } | { ok: false; retryAt: number; issued: number[] };

/**
 * Bounds how often something is issued: at most `limit.count` within any `limit.period` seconds. Instants that lie
 * ahead (a server's clock was wrong) count as now, so that none blocks longer than the period.
 *
 * @param issued when the latest were issued, milliseconds since the Unix epoch, as kept in the state
 * @param now milliseconds since the Unix epoch
 */
export function admitIssue(
  issued: readonly number[],
  now: number,
  limit: { readonly count: number; readonly period: number },
): IssueAdmission {
  const length = limit.period * 1000;
  const recent = issued.map((at) => Math.min(at, now)).filter((at) => now < at + length);
  if (recent.length < limit.count) return { ok: true, issued: [...recent, now] };
  const oldest = [...recent].sort((a, b) => a - b)[recent.length - limit.count]!;
  return { ok: false, retryAt: oldest + length, issued: recent };
}
