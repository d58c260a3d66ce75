import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { Database } from "better-sqlite3";
import { uuidV7 } from "./uuid.ts";

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A login by hand with the hash left out: find the user, open a session, note it in the audit log, sign a token. */
export const makeLoginByHand = (
  database: Database,
): ((login: string) => { accessToken: string; refreshToken: string }) => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const header = encoded({ alg: "EdDSA", typ: "at+jwt", kid: "bench" });
  const candidate = database.prepare<[string], { id: string; seq: number; password_hash: string }>(
    `select u.id, u.seq, c.password_hash from muster_user_identifiers i join muster_users u on u.seq = i.user_seq
      join muster_user_credentials c on c.tenant = u.tenant and c.user_id = u.id
      where i.tenant = 'default' and i.canonical = +? and u.status = 'enabled'`,
  );
  const session = database.prepare(
    "insert into muster_sessions (tenant, id, user_id, created_at, authenticated_at, methods, expires_at, refresh_hash) values ('default', ?, ?, ?, ?, 'pwd', ?, ?)",
  );
  const signIns = database.prepare(
    "update muster_user_sign_ins set first_login_at = coalesce(first_login_at, ?), last_login_at = ?, login_count = login_count + 1 where user_seq = ?",
  );
  const audit = database.prepare(
    "insert into muster_audit_events values ('default', ?, ?, 'session.started', 'user', ?, ?, ?, ?, '[]')",
  );
  const begin = database.prepare("begin immediate");
  const commit = database.prepare("commit");

  return (login) => {
    const user = candidate.get(login.toLowerCase());
    if (user === undefined) throw new Error("There is no such user.");
    const [id, now, refreshToken] = [uuidV7(), Date.now(), randomBytes(32).toString("base64url")];
    begin.run();
    session.run(id, user.id, now, now, now + 2_592_000_000, createHash("sha256").update(refreshToken).digest());
    signIns.run(now, now, user.seq);
    audit.run(uuidV7(), now, user.id, id, user.id, id);
    commit.run();
    const iat = Math.floor(now / 1_000);
    const claims = { iss: "bench", aud: "bench", sub: user.id, sid: id, iat, exp: iat + 900 };
    const signed = `${header}.${encoded(claims)}`;
    return {
      accessToken: `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`,
      refreshToken,
    };
  };
};
