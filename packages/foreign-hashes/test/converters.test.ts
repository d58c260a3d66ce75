import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  fromAspnetIdentity,
  fromBetterAuth,
  fromDjango,
  fromFirebase,
  fromKeycloak,
  fromLdap,
  UnreadableRecord,
} from "../src/index.ts";

const keycloak = (credential: object, secret: object) =>
  fromKeycloak({ credentialData: JSON.stringify(credential), secretData: JSON.stringify(secret) });
const config = { signerKey: "c2lnbmVy", saltSeparator: "Bw==", rounds: 8, memoryCost: 14 };

describe("native records and the text that is stored for them", () => {
  test.each([
    [
      "Keycloak's PBKDF2",
      keycloak({ hashIterations: 27_500, algorithm: "pbkdf2-sha256" }, { value: "aGFzaA==", salt: "c2FsdA==" }),
      "$pbkdf2-sha256$i=27500$c2FsdA$aGFzaA",
    ],
    [
      "Keycloak's PBKDF2 by SHA-1",
      keycloak({ hashIterations: 1, algorithm: "pbkdf2" }, { value: "aGFzaA==", salt: "c2FsdA==" }),
      "$pbkdf2-sha1$i=1$c2FsdA$aGFzaA",
    ],
    [
      "Keycloak's argon2 of version 1.0",
      keycloak(
        {
          hashIterations: 5,
          algorithm: "argon2",
          additionalParameters: { type: ["i"], version: ["1.0"], memory: ["7168"], parallelism: ["2"] },
        },
        { value: "aGFzaA==", salt: "c2FsdA==" },
      ),
      "$argon2i$v=16$m=7168,t=5,p=2$c2FsdA$aGFzaA",
    ],
    ["Django's scrypt", fromDjango("scrypt$salt$16384$8$1$aGFzaA=="), "$scrypt$ln=14,r=8,p=1$c2FsdA$aGFzaA"],
    [
      "Django's argon2",
      fromDjango("argon2$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA"),
      "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
    ],
    ["Django's bcrypt", fromDjango("bcrypt$$2b$12$saltandhash"), "$2b$12$saltandhash"],
    ["a directory's crypt", fromLdap("{CRYPT}$6$salt$hash"), "$6$salt$hash"],
    ["a directory's bcrypt", fromLdap("{crypt}$2y$05$saltandhash"), "$2y$05$saltandhash"],
    ["a directory's argon2", fromLdap("{ARGON2}$argon2id$v=19$rest"), "$argon2id$v=19$rest"],
    [
      "Firebase in the alphabet of URLs",
      fromFirebase(config, { passwordHash: "_-8=", salt: "c2FsdA==" }),
      "$firebase-scrypt$ln=14,r=8,sep=Bw,key=c2lnbmVy$c2FsdA$/+8",
    ],
  ])("%s", (_, stored, expected) => expect(stored).toBe(expected));
});

describe("records that cannot be brought along say whose they are and why, and repeat nothing", () => {
  test.each<[string, () => string, RegExp]>([
    ["Keycloak, JSON cut off", () => fromKeycloak({ credentialData: "{", secretData: "{}" }), /Keycloak.*JSON/],
    [
      "Keycloak, JSON of something else",
      () => fromKeycloak({ credentialData: "7", secretData: "{}" }),
      /Keycloak.*JSON/,
    ],
    ["Keycloak, another algorithm", () => keycloak({ algorithm: "md5" }, { value: "aGFzaA==", salt: "" }), /algorithm/],
    ["Keycloak, no salt", () => keycloak({ algorithm: "pbkdf2" }, { value: "aGFzaA==" }), /'salt' is missing/],
    [
      "Keycloak, a salt that is no base64",
      () => keycloak({ algorithm: "pbkdf2" }, { value: "", salt: "s3cret!" }),
      /base64/,
    ],
    ["Django, unusable", () => fromDjango("!s3cret"), /Django/],
    ["Django, bcrypt_sha256", () => fromDjango("bcrypt_sha256$$2b$12$s3cret"), /does not begin/],
    ["Django, a field missing", () => fromDjango("pbkdf2_sha256$1$s3cret"), /3 fields/],
    ["Django, scrypt cut off", () => fromDjango("scrypt$salt$16384$8$1"), /5 fields/],
    ["Django, no salt", () => fromDjango("pbkdf2_sha256$1$$aGFzaA=="), /salt is empty/],
    ["ASP.NET, no base64", () => fromAspnetIdentity("s3cret!"), /base64/],
    ["ASP.NET, another version", () => fromAspnetIdentity("Ag=="), /version 2 nor 3/],
    [
      "ASP.NET, another digest",
      () => fromAspnetIdentity(Buffer.from([1, 0, 0, 0, 9, ...Array(50).fill(0)]).toString("base64")),
      /digest/,
    ],
    ["Better Auth, another function", () => fromBetterAuth("$2b$10$s3cret"), /hexadecimal/],
    ["Firebase, no base64", () => fromFirebase(config, { passwordHash: "s3cret!", salt: "" }), /'passwordHash'/],
    ["LDAP, no salt", () => fromLdap("{SHA}s3cret"), /SSHA/],
    ["LDAP, clear text", () => fromLdap("s3cret"), /SSHA/],
    ["LDAP, no base64", () => fromLdap("{SSHA}s3cret!"), /base64/],
  ])("%s", (_, convert, reason) => {
    expect(convert).toThrow(UnreadableRecord);
    expect(convert).toThrow(reason);
    expect(convert).not.toThrow(/s3cret/);
  });
});

test("whatever a record holds, the answer is a text or UnreadableRecord", () => {
  const text = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom("scrypt$a$b$c$d$AAAA", "{PBKDF2}1$..$AA"));
  const calls: readonly ((input: string) => string)[] = [
    fromAspnetIdentity,
    fromBetterAuth,
    fromDjango,
    fromLdap,
    (input) => fromFirebase(config, { passwordHash: input, salt: input }),
    (input) => fromKeycloak({ credentialData: input, secretData: input }),
    (input) => keycloak({ algorithm: "argon2", additionalParameters: { type: input } }, { value: input, salt: input }),
  ];
  fc.assert(
    fc.property(text, fc.constantFrom(...calls), (input, call) => {
      try {
        expect(typeof call(input)).toBe("string");
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableRecord);
      }
    }),
    { numRuns: 1_000 },
  );
});
