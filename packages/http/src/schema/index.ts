import type { JsonSchema } from "../json-schema.ts";
import { accessSchemas } from "./access.ts";
import { auditSchemas } from "./audit.ts";
import { filterSchemas } from "./filter.ts";
import { invitationSchemas } from "./invitation.ts";
import { keySchemas } from "./key.ts";
import { problemSchemas } from "./problem.ts";
import { recoverySchemas } from "./recovery.ts";
import { secondFactorSchemas } from "./second-factor.ts";
import { sessionSchemas } from "./session.ts";
import { userSchemas } from "./user.ts";

/** Every named schema of the wire forms, as it stands under `components` in the document. */
export const wireSchemas: { readonly [name: string]: JsonSchema } = {
  ...userSchemas,
  ...filterSchemas,
  ...sessionSchemas,
  ...secondFactorSchemas,
  ...recoverySchemas,
  ...invitationSchemas,
  ...accessSchemas,
  ...auditSchemas,
  ...keySchemas,
  ...problemSchemas,
};
