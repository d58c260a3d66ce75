import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 6238 §5.2 recommends 30 s; what authenticator apps assume, as they do six digits and SHA-1. */
const stepSeconds = 30;
const digits = 6;

/** 160 bits (RFC 4226 §4, R6). */
export const totpSecretBytes = 20;

/** How many steps a device's clock may be off, either way (RFC 6238 §5.2 recommends at most one for delays). */
const driftSteps = 1;

/** The time step of an instant. */
export const stepAt = (milliseconds: number): number => Math.floor(milliseconds / 1_000 / stepSeconds);

/** The code of a time step (RFC 4226 §5.3): six digits unless others are asked for. */
export const totpCode = (secret: Uint8Array, step: number, length: number = digits): string => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** length).padStart(length, "0");
};

/** The steps around an instant whose code this is, later than `lastStep`, oldest first: hardly ever more than one. */
export const matchingSteps = (secret: Uint8Array, code: string, now: number, lastStep: number): readonly number[] => {
  const current = stepAt(now);
  const steps = Array.from({ length: 2 * driftSteps + 1 }, (_, index) => current - driftSteps + index);
  return steps.filter((step) => step >= 0 && isSameCode(totpCode(secret, step), code) && step > lastStep);
};

const isSameCode = (expected: string, given: string): boolean =>
  given.length === expected.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given, "latin1"));

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Bytes in base32 without padding (RFC 4648 §6): what people type and QR codes hold. */
export const base32 = (bytes: Uint8Array): string => {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((held >> bits) & 31);
    }
  }
  return bits === 0 ? text : text + alphabet.charAt((held << (5 - bits)) & 31);
};

/** What a QR code for an authenticator app holds. `product` and `account` are how the app shows it. */
export const otpauthUri = (secret: Uint8Array, product: string, account: string): string => {
  const label = `${encodeURIComponent(product)}:${encodeURIComponent(account)}`;
  const issuer = encodeURIComponent(product);
  const form = `algorithm=SHA1&digits=${digits}&period=${stepSeconds}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${issuer}&${form}`;
};
