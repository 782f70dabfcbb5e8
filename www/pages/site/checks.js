/**
 * Check digits, so that a slip of the keyboard is seen before it is sent. They warn and do not block: some early codes are
 * legal and fail (reference portal.md 4.5). The portal judges for itself.
 */

const CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CODE_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
const PERSON_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

const sum = (values, weights) => weights.reduce((total, weight, index) => total + weight * values[index], 0);

/** GB 32100, 18 characters. */
function creditCode(text) {
  const values = [...text].map((letter) => CODE_LETTERS.indexOf(letter));
  return values[17] === (31 - (sum(values, CODE_WEIGHTS) % 31)) % 31;
}

/** GB 11714, 8 characters and their own; with or without a hyphen. */
function organisationCode(text) {
  const values = [...text].map((letter) => parseInt(letter, 36));
  return text[8] === "0123456789X0"[11 - (sum(values, ORGANISATION_WEIGHTS) % 11)];
}

/** GB 11643, 18 digits; the last may be X. */
function personNumber(text) {
  const [, year, month, day] = /^.{6}(\d{4})(\d\d)(\d\d)/.exec(text);
  const born = new Date(Date.UTC(year, month - 1, day));
  const real = born.getUTCMonth() === month - 1 && born.getUTCDate() === Number(day);
  return real && text[17] === "10X98765432"[sum([...text].map(Number), PERSON_WEIGHTS) % 11];
}

/**
 * What is to be said of a value; nothing when it is as it should be.
 * @type {Record<string, (value: string) => {bad?: string, warn?: string}>} keys of texts.js
 */
export const CHECKS = {
  line: (value) => (value.length > 200 ? { bad: "tooLong" } : {}),
  code(value) {
    const text = value.toUpperCase().replaceAll(/[-\s]/g, "");
    if (/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(text)) return creditCode(text) ? {} : { warn: "codeDigits" };
    if (/^[0-9A-Z]{8}[0-9X]$/.test(text)) return organisationCode(text) ? {} : { warn: "codeDigits" };
    return { bad: "codeShape" };
  },
  "person-id"(value) {
    const text = value.toUpperCase();
    if (!/^\d{17}[\dX]$/.test(text)) return { bad: "personShape" };
    return personNumber(text) ? {} : { warn: "personDigits" };
  },
  phone: (value) => (/^[+\d][\d\s-]{6,19}$/.test(value) ? {} : { bad: "phoneWrong" }),
  mail: (value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? {} : { bad: "mailWrong" }),
};
