import { randomBytes } from "node:crypto";
import { isMusterError, type Muster } from "@muster/core";
import { BadSetting } from "./settings.ts";

/** How the admin came to their password: `random` was made just now and is known to nobody else. */
export type Admin =
  | { readonly password: "random"; readonly text: string }
  | { readonly password: "from environment" }
  | { readonly password: "set before" };

/** Makes the user `admin` when the database has no admin yet. Starts at the same moment make one between them. */
export const bootstrapAdmin = async (muster: Muster, given: string | undefined): Promise<Admin> => {
  if (await hasAdmin(muster)) return { password: "set before" };
  // 18 bytes are 144 bits: beyond guessing, and 24 characters without padding.
  const password = given ?? randomBytes(18).toString("base64url");
  try {
    await muster.users.create({
      username: "admin",
      email: "admin@example.com",
      emailVerified: true,
      role: "admin",
      password,
    });
  } catch (error) {
    if (!isMusterError(error)) throw error;
    if (error._tag === "InvalidInput") throw new BadSetting(`MUSTER_ADMIN_PASSWORD will not do: ${error.message}`);
    if (error._tag !== "UsernameTaken" && error._tag !== "EmailTaken") throw error;
    if (await hasAdmin(muster)) return { password: "set before" };
    throw new BadSetting("There is no admin, and the name admin or the email admin@example.com is somebody else's.");
  }
  return given === undefined ? { password: "random", text: password } : { password: "from environment" };
};

const hasAdmin = async (muster: Muster): Promise<boolean> => (await muster.users.count({ role: "admin" })).count > 0;
