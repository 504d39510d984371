/**
 * The token with a keypad ("PIN>", "CHALLNG>"): a challenge of 6 digits, a response of 8, and a PIN inside the
 * computation, so that a stolen token says nothing about its PIN. The counter makes up for a challenge shorter than the
 * response (RFC 6287 §5.1, IC4 and IC9). The server keeps the PIN's hash ({@link hashPin}), sealed like the key.
 */
export const PIN_TOKEN_SUITE = 'OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256';

/**
 * The phone without a network: a challenge of 6 digits, a response of 8, and the minute, which makes up for the short
 * challenge. PIN or biometrics unlock the key on the phone ({@link sealWithPin}); the server holds no PIN hash.
 */
export const PHONE_SUITE = 'OCRA-1:HOTP-SHA256-8:QN06-T1M';
