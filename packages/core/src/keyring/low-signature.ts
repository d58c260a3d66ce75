/** The order of P-256 (NIST SP 800-186 §3.2.1.3). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const half = Buffer.from((order >> 1n).toString(16).padStart(64, "0"), "hex");

/**
 * Whether an ES256 signature (r and s, 32 bytes each) is the lower of the two that say the same: with `s` also the order
 * less `s` is right. Only one of them is accepted, so that a token has one text.
 */
export const isLowSignature = (signature: Uint8Array): boolean => Buffer.compare(signature.subarray(32), half) <= 0;

/** The lower of the two. */
export const lowSignature = (signature: Buffer): Buffer => {
  if (isLowSignature(signature)) return signature;
  const s = order - BigInt(`0x${signature.subarray(32).toString("hex")}`);
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, "0"), "hex")]);
};
