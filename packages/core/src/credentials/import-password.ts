import * as Effect from "effect/Effect";
import type { NewPasswords } from "../authentication/new-password.ts";
import { require } from "../authorization/policy.ts";
import { type ChangePorts, changeUser } from "../user/change-user.ts";
import { decodePasswordHash, decodeUserId } from "../user/user-input.ts";
import type { CredentialCare } from "./credentials.ts";

export interface ImportPasswordPorts extends ChangePorts {
  readonly passwords: NewPasswords;
}

export const makeImportPassword = (ports: ImportPasswordPorts): CredentialCare["import"] =>
  Effect.fn("Credentials.import")(function* (scope, id, input, ifVersion = {}) {
    yield* require(scope.actor, "credentials.import");
    yield* decodeUserId(id, "userId");
    const hash = yield* ports.passwords.imported("passwordHash", yield* decodePasswordHash(input, "passwordHash"));
    yield* changeUser(ports, scope, id, ifVersion, {
      operation: "credentials.import",
      event: "user.password_imported",
      always: true,
      endsSessions: true,
      apply: (before, stores, at) => Effect.as(stores.credentials.put(scope.tenant, before.id, hash, at), {}),
    });
  });
