// The model must be able to find what it looks for: with one of the rules taken out, it finds the finding.
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import type { Policy, Strength } from '../src/index.ts';

afterEach(() => {
  vi.doUnmock('../src/session.ts');
  vi.doUnmock('../src/attempts.ts');
  vi.doUnmock('../src/bind-device.ts');
  vi.doUnmock('../src/share-device.ts');
  vi.doUnmock('../src/strength.ts');
  vi.resetModules();
});

type Preset = 'brokerPolicy' | 'nistAal2Policy' | 'psd2Policy';

/** Loads the sources anew, with some exports of one file replaced, and lets the model look for a way in. */
async function finds(
  file: string,
  replace: (original: Record<string, never>) => Record<string, unknown>,
  scene: readonly [Preset, readonly string[], readonly string[]],
): Promise<string> {
  vi.resetModules();
  vi.doMock(file, async (original) => {
    const exports = await original<Record<string, never>>();
    return { ...exports, ...replace(exports) };
  });
  const { attack, commands } = await import('./authority-model.ts');
  const presets = (await import('../src/presets.ts')) as unknown as Record<Preset, Policy>;
  const [preset, theirs, held] = scene;
  const property = fc.property(commands, (history) => attack(presets[preset], theirs, held, history));
  const details = await fc.check(property, { numRuns: 3000, seed: 1 });
  return details.failed ? `${(details.errorInstance as Error).message}` : 'nothing';
}

it('P1: finds a lost device that guards no longer', async () => {
  const found = await finds('../src/session.ts', () => ({ guardLevel: () => 0 }), [
    'brokerPolicy',
    ['pin-token'],
    ['security-card'],
  ]);
  const grown = await finds('../src/strength.ts', () => ({ isGrowing: () => false }), [
    'brokerPolicy',
    ['pin-token'],
    ['security-card'],
  ]);
  expect([found, grown]).not.toContain('nothing');
});

it('P1: finds a device retired by a weaker session', async () => {
  const found = await finds('../src/session.ts', () => ({ lookAtSession: () => true }), [
    'brokerPolicy',
    ['pin-token'],
    ['security-card'],
  ]);
  expect(found).toMatch(/ended "pin-token"|was allowed|unlocked the account/);
});

it('P2: finds a session whose device may change no settings', async () => {
  type Request = { by: { device: string | null }; devices: { list: { id: string; kind: string }[] } };
  const found = await finds(
    '../src/session.ts',
    () => ({
      sessionOf: (policy: Policy, { by, devices }: Request) => {
        const device = devices.list.find(({ id }) => id === by.device) ?? null;
        const level = device === null ? 0 : policy.kinds[device.kind]!.level;
        const strength: Strength = { level, possession: true, restricted: false, kinds: [], actions: null };
        return { strength, device };
      },
    }),
    ['brokerPolicy', ['gold', 'phone-app'], ['key-file']],
  );
  expect(found).toMatch(/was allowed|ended/);
});

it('P3: finds actions without a device while the account is locked', async () => {
  const found = await finds(
    '../src/attempts.ts',
    ({ findBlock }) => ({
      findBlock: (...given: [unknown, unknown, string | null]) =>
        given[2] === null ? null : (findBlock as unknown as (...all: unknown[]) => unknown)(...given),
    }),
    ['brokerPolicy', ['pin-token', 'totp'], ['security-card']],
  );
  expect(found).toMatch(/was allowed without a device while locked/);
});

it('P4: finds a sharing to which its owner did not agree', async () => {
  const found = await finds('../src/session.ts', () => ({ lookAtSession: () => true, guardLevel: () => 0 }), [
    'brokerPolicy',
    ['pin-token'],
    ['security-card'],
  ]);
  expect(found).not.toBe('nothing');
});
