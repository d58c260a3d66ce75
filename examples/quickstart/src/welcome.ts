import type { Server } from "node:http";
import type { Admin } from "./bootstrap-admin.ts";
import { mounted } from "./front-page.ts";
import { addressOf } from "./listen.ts";
import type { Settings } from "./settings.ts";
import { nameOf } from "./store.ts";

/** What is printed when the app is up. */
export const welcome = (server: Server, settings: Settings, admin: Admin): string => {
  const address = addressOf(server, settings);
  return `
Muster is up: ${address}
Database:     ${nameOf(settings.database)}
Docs:         ${address}${mounted.docs}
OpenAPI:      ${address}${mounted.openapi}

${adminLine(admin)}
Log in:
  curl -s ${address}/api/sessions -H 'content-type: application/json' -d '{"login":"admin","password":"<password>"}'
and send the accessToken of the answer along:
  curl -s ${address}/api/users/me -H 'authorization: Bearer <accessToken>'
`;
};

const adminLine = (admin: Admin): string => {
  switch (admin.password) {
    case "random":
      return `The user admin was created. Its password, shown only this once: ${admin.text}`;
    case "from environment":
      return "The user admin was created with the password in MUSTER_ADMIN_PASSWORD.";
    case "set before":
      return "The user admin keeps the password it has.";
  }
};
