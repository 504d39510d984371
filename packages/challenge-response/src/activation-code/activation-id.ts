/** Characters of five bits: 130 bits name the record in a link, so that nobody finds other people's by trying. */
export const ID_CHARACTERS = 26;
/** The first 40 bits of them are typed: enough to name one record among those that are open. */
export const SHORT_ID_CHARACTERS = 8;
