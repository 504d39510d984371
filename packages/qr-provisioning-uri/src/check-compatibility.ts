import { completeAccount, type OtpauthOptions } from './account.ts';
import type { CompatibilityParameter, CompatibilityReason, Facts } from './compatibility-finding.ts';
import { FINDINGS } from './compatibility-table.ts';
import { checkedLabelIssuer } from './label-issuer.ts';

/** One app that will not do with an account what its URI asks. */
export type CompatibilityWarning = {
  /** The app's full name, such as `Microsoft Authenticator`. */
  app: string;
  /** Given when the app differs between platforms, or was looked at on one only. */
  platform?: 'Android' | 'iOS' | undefined;
  parameter: CompatibilityParameter;
  /** A stable code; see {@link CompatibilityReason}. */
  reason: CompatibilityReason;
  /** A sentence for the people who choose the parameters. It holds no secret. */
  message: string;
  /** Where this is known from. */
  evidence: readonly string[];
};

/**
 * Which authenticator apps ignore, refuse or change something that an account asks for: to choose parameters by, or to
 * tell users which app not to take. It knows what reviews, source code and issue threads showed up to November 2026, says
 * so in `evidence`, and is silent where there is none: no warning is no promise. The defaults (SHA1, 6 digits, 30 s,
 * 20 bytes) give no warning.
 *
 * It does not protect anybody: only a valid code, asked for before the account is activated, shows that an app does
 * what the URI says.
 *
 * @param account what {@link buildOtpauthUri} takes or {@link parseOtpauthUri} gives
 * @throws CountersignError as {@link buildOtpauthUri}
 * @example
 * ```ts
 * import { checkCompatibility } from '@countersign/qr-provisioning-uri';
 *
 * const account = { issuer: 'Example', account: 'alice', secret: new TextEncoder().encode('12345678901234567890') };
 * checkCompatibility(account); // => []
 * const warnings = checkCompatibility({ ...account, period: 60 });
 * warnings.find(({ app }) => app === 'Microsoft Authenticator')?.reason; // => 'ignored'
 * ```
 */
export function checkCompatibility(account: OtpauthOptions): CompatibilityWarning[] {
  const facts = factsOf(account);
  return FINDINGS.filter(({ applies }) => applies(facts)).flatMap(({ apps, parameter, reason, what, evidence }) =>
    apps.map((app) => ({ ...app, parameter, reason, message: `${app.app} ${what}`, evidence: [...evidence] })),
  );
}

function factsOf(options: OtpauthOptions): Facts {
  const { type, issuer, account, secret, algorithm, digits, period } = completeAccount(options);
  const labelIssuer = checkedLabelIssuer(options, account);
  return {
    type,
    issuer,
    labelIssuer,
    account,
    names: issuer + labelIssuer + account,
    secretBytes: secret.length,
    secretCharacters: Math.ceil((secret.length * 8) / 5),
    algorithm,
    digits,
    period,
  };
}
