/** What a finger that walks over a keyboard or a keypad types, in one direction; the other is looked for as well. */
const WALKS = /* @__PURE__ */ [
  // Rows; the digits also past the end, as in 8901.
  '12345678901234567890 !@#$%^&*() !"#$%&/()=',
  'qwertyuiop qwertzuiop azertyuiop asdfghjkl qsdfghjklm zxcvbnm yxcvbnm wxcvbn',
  // Columns down to the right, without and with shift, and down to the left.
  '1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 9ol. 0p;/',
  '!qaz @wsx #edc $rfv %tgb ^yhn &ujm *ik< (ol> )p:?',
  '3wa 4esz 5rdx 6tfc 7ygv 8uhb 9ijn 0okm',
  // The same where Y and Z, or A and Q, Z and W, have changed places.
  '1qay 6zhn 4esy 7zgv !qay &zhn 1aqw 2zsx',
  // Two rows in turn.
  '1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 qawsedrftgyhujikolp',
  // Columns of keypads with 1 at the top, and at the bottom.
  '1470 2580 3690 7410 8520 9630',
].join(' ');

/** Whether a text without spaces is such a walk. */
export function isKeyboard(text: string): boolean {
  return WALKS.includes(text) || WALKS.includes([...text].reverse().join(''));
}
