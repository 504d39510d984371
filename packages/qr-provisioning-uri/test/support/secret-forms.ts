import { encodeBase32 } from '@countersign/primitives/base32';

/** The ways in which a secret could stand in a message, each by its name. */
export function secretForms(secret: Uint8Array): [name: string, text: string][] {
  const buffer = Buffer.from(secret);
  const base64 = buffer.toString('base64').replace(/=+$/, '');
  const base32 = encodeBase32(secret);
  return [
    ['hex', buffer.toString('hex')],
    ['hex, upper case', buffer.toString('hex').toUpperCase()],
    ['Base64', base64],
    ['Base64url', buffer.toString('base64url')],
    ['Base32', base32],
    ['Base32, lower case', base32.toLowerCase()],
    ['Base32, in fours', base32.replace(/(.{4})(?=.)/g, '$1 ')],
    ['numbers', [...secret].join(',')],
    ['numbers, spaced', [...secret].join(', ')],
    ['JSON of an array', JSON.stringify(secret).slice(1, -1)],
  ];
}

/** The names of the forms that a text holds. The escapes of JSON are undone first. */
export function formsFound(text: string, secret: Uint8Array): string[] {
  const plain = text.replaceAll('\\"', '"');
  return secretForms(secret)
    .filter(([, form]) => plain.includes(form))
    .map(([name]) => name);
}
