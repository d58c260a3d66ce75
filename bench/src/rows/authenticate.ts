import { createPublicKey } from "node:crypto";
import { importJWK, jwtVerify } from "jose";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { password, personAt } from "../dataset/person.ts";
import { amount, duration, judged, type Row } from "../figure.ts";
import { fixedHasher } from "../fixed-hasher.ts";
import { runRounds, sequential } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

/** Checking access tokens: ones that were seen before, and ones that never were. */
export const authenticate: Row = {
  name: "authenticate",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const statements: string[] = [];
    const muster = await openMuster(copyOf(await dataSet(size), folder, "users"), {
      sqlite: { onStatement: (sql) => statements.push(sql), synchronous: "normal" },
      ports: { passwordHasher: fixedHasher("hash") },
    });
    const [rounds, perRound] = quick ? [2, 20] : [30, 100];
    const tokens: string[] = [];
    for (let index = 0; index < (rounds + 2) * perRound; index++) {
      const login = personAt((index * 20) % size, size).username;
      tokens.push((await muster.sessions.login({ login, password })).accessToken);
    }
    const tokenAt = (index: number): string => tokens[index % tokens.length] ?? "";

    const [jwk] = (await muster.publicKeys()).keys;
    if (jwk === undefined) throw new Error("There is no public key.");
    const key = await importJWK(jwk, "EdDSA");
    const keyObject = createPublicKey({ key: { ...jwk }, format: "jwk" });
    const expected = { issuer: "https://bench.example", audience: "https://bench.example" };
    let fresh = 0;
    let josed = 0;
    let josedObject = 0;
    const first = await runRounds(
      {
        ours: sequential(perRound, () => muster.sessions.authenticate(tokenAt(fresh++))),
        jose: sequential(perRound, () => jwtVerify(tokenAt(josed++), key, expected)),
        joseKeyObject: sequential(perRound, () => jwtVerify(tokenAt(josedObject++), keyObject, expected)),
      },
      rounds,
    );

    // A token comes as a new text with every request: each is a string of its own here, hashed anew by the map.
    const texts = Array.from({ length: quick ? 1_000 : 40_000 }, (_, index) => Buffer.from(tokenAt(index)).toString());
    let sent = 0;
    let counted = 0;
    const seen = await runRounds(
      {
        ours: async () => {
          const copies = texts.map((text) => Buffer.from(text, "latin1").toString("latin1"));
          await new Promise((resolve) => setTimeout(resolve, 300));
          await muster.sessions.authenticate(tokenAt(0));
          const before = statements.length;
          const microseconds = await sequential(copies.length, (index) =>
            muster.sessions.authenticate(copies[index] ?? ""),
          )();
          counted += statements.length - before;
          sent += copies.length;
          return microseconds;
        },
      },
      quick ? 1 : 9,
    );
    await muster.close();
    return [
      judged({
        what: "authenticate a token seen before, revocation strict",
        against: "checks a second",
        value: 1_000_000 / median(seen.ours),
        least: 200_000,
        unit: "/s",
        detail: `${duration(median(seen.ours))} a check`,
      }),
      judged({
        what: "database reads while tokens seen before are checked",
        against: `${amount(sent)} checks`,
        value: counted,
        most: 0,
        unit: "",
      }),
      judged({
        what: "authenticate a token first seen, session looked up",
        against: "jose.jwtVerify with a local key (CryptoKey)",
        value: pairedRatio(first.ours, first.jose),
        most: 1.15,
        unit: " ×",
        detail: `${duration(median(first.ours))}; jose ${duration(median(first.jose))}, with a KeyObject ${duration(median(first.joseKeyObject))}`,
      }),
    ];
  },
};
