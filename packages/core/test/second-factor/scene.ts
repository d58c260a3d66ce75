import type { MusterOptions, SecondFactorRequired, SessionClient } from "../../src/index.ts";
import { stepAt, totpCode } from "../../src/second-factor/totp.ts";
import { quickHasher } from "../doubles/hashers.ts";
import { aClock, anInstance, refusal } from "../instance.ts";

export const password = "correct horse battery";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An authenticator app: the secret as its user would type it. */
export const appOf = (secret: string) => {
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
  return {
    bytes,
    /** What it shows at an instant. */
    at: (milliseconds: number): string => totpCode(bytes, stepAt(milliseconds)),
  };
};

/** An instance under a clock that stands, with jane in it. */
export const aScene = async (options: Partial<MusterOptions> = {}) => {
  const clock = aClock();
  const muster = await anInstance({
    ...options,
    ports: { clock, passwordHasher: quickHasher(), ...options.ports },
  });
  const jane = await muster.users.create({ username: "jane", email: "jane@x.example", password });

  const login = (client?: SessionClient) =>
    muster.sessions.login({ login: "jane", password, ...(client !== undefined && { client }) });
  /** What the first half of a login answers somebody who has a second factor. */
  const asked = async (): Promise<SecondFactorRequired> => {
    const error = await refusal(login());
    if (error._tag !== "SecondFactorRequired") throw error;
    return error;
  };
  const as = async (token: string) => muster.as(await muster.sessions.authenticate(token));
  /** Sets up an app for jane, who logs in for it; half a minute has passed then. */
  const enrol = async (name = "Phone") => {
    const acting = await as((await login()).accessToken);
    const { id, secret, uri } = await acting.secondFactors.startTotp({ name });
    const app = appOf(secret);
    const confirmed = await acting.secondFactors.confirmTotp({ id, code: app.at(clock.now()) });
    clock.wait(30_000);
    return { id, app, uri, acting, recoveryCodes: confirmed.recoveryCodes ?? [], confirmed };
  };
  const complete = async (code: string) =>
    muster.sessions.completeLogin({ challenge: (await asked()).challenge, code });
  return { muster, clock, jane, login, asked, as, enrol, complete };
};
