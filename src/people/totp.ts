import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** A code by the clock holds for one step (RFC 6238); the one before and the one after count too, for clocks that differ and slow typing. */
const period = 30;
const digits = 6;
const window = 1;
/** 160 bits, as RFC 4226 asks. */
const secretBytes = 20;

export const newTotpSecret = (): Buffer => randomBytes(secretBytes);

const totpOf = (secret: Buffer): TOTP =>
  new TOTP({ secret: new Secret({ buffer: Uint8Array.from(secret).buffer }), algorithm: 'SHA1', digits, period });

/** The secret as people type it in. */
export const secretText = (secret: Buffer): string => totpOf(secret).secret.base32;

/** The address that authenticator apps read from a QR code. */
export function totpUri(secret: Buffer, issuer: string, label: string): string {
  const totp = totpOf(secret);
  totp.issuer = issuer;
  totp.label = label;
  return totp.toString();
}

/** Whether the text has the form of a code by the clock, rather than of a recovery code. */
export const isTotpCode = (code: string): boolean => /^\d{6}$/.test(code);

/**
 * Which time step a code belongs to, or null where it is wrong.
 * @param lastStep the step of the last code that was taken: codes up to it are used up
 */
export function stepOfCode(secret: Buffer, code: string, now: Date, lastStep: number): number | null {
  const timestamp = now.getTime();
  const delta = totpOf(secret).validate({ token: code, timestamp, window });
  if (delta === null) return null;
  const step = Math.floor(timestamp / 1000 / period) + delta;
  return step > lastStep ? step : null;
}

/** How many recovery codes are given at once. */
export const recoveryCodes = 10;
// no 0, 1, l or o: codes are copied from paper
const alphabet = '23456789abcdefghijkmnpqrstuvwxyz';

/** A recovery code of 80 random bits: `k3fp-9xmw-…` */
export function newRecoveryCode(): string {
  const letters = [...randomBytes(16)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

/** What is kept of a recovery code, however it was typed. */
export const hashOfRecoveryCode = (code: string): Buffer =>
  createHash('sha256').update(code.toLowerCase().replace(/[\s-]/g, ''), 'utf8').digest();
