/**
 * The bytes of a Uint8Array or Uint8ClampedArray, also of another realm (a canvas in a frame, a test runner's sandbox),
 * seen through an array of this realm; `undefined` for anything else. Text and plain arrays are never taken for bytes.
 */
export function viewBytes(value: unknown): Uint8Array | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  if (!/^.object Uint8(Clamped)?Array/.test(Object.prototype.toString.call(value))) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
