import { assertOptions } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { toCounter } from '@countersign/primitives/counter';
import { formatDecimalCode } from '@countersign/primitives/decimal-code';
import { invalidPin } from '../pin/hash-pin.ts';
import type { PreparedOcra } from './create-ocra.ts';
import { currentTimeStep, type OcraInput } from './data-input.ts';

/** The response to a challenge (RFC 6287 §5.2): the HMAC of the message, truncated as in RFC 4226 unless digits are 0. */
export function respond({ suite, message, input }: PreparedOcra, given: OcraInput): string {
  assertOptions(given, 'input');
  try {
    if (!input.writeFixed(given)) throw invalidPin();
    if (suite.counter) input.writeCounter(toCounter(given.counter));
    if (suite.timeStep !== null) input.writeTimeStep(currentTimeStep(suite.timeStep, given.now));
    return suite.digits === 0 ? bytesToHex(message.digest()) : formatDecimalCode(message.truncated(), suite.digits);
  } finally {
    input.clear();
    message.wipe();
  }
}
