import type { KeyObject } from "node:crypto";
import { InvalidConfiguration } from "../errors.ts";
import type { ScopedStorage } from "../hooks/commits.ts";
import {
  type AcceptInvitationPorts,
  type InvitationAnswers,
  makeAcceptInvitation,
} from "../invitation/accept-invitation.ts";
import { type InvitationCare, makeInvitations } from "../invitation/invitations.ts";
import { makeOpenInvitation, type OpenInvitation } from "../invitation/open-invitation.ts";
import { type MailSettings, mailSettings } from "../mail/mail-options.ts";
import type { MusterOptions } from "../options.ts";
import type { Delivery } from "../outbox/relay.ts";
import { sealedPayloads } from "../outbox/sealed-payloads.ts";
import type { RandomSource } from "../ports/environment.ts";
import type { Mailer } from "../ports/mailer.ts";
import { type EmailProof, type EmailProofPorts, makeEmailProof } from "../recovery/email-proof.ts";
import { type EmailRequests, makeEmailRequests } from "../recovery/email-requests.ts";
import { makeMailDelivery } from "../recovery/mail-delivery.ts";
import { type MailRequests, makeMailRequests } from "../recovery/mail-requests.ts";
import { oneTimeTokens } from "../recovery/one-time-token.ts";
import { makePasswordReset, type PasswordReset, type PasswordResetPorts } from "../recovery/password-reset.ts";
import { type RecoverySettings, recoverySettings } from "../recovery/recovery-options.ts";

/** The use cases of `muster.recovery`. */
export type Recovery = PasswordReset & EmailRequests & EmailProof;

/** What the options say of mails and recovery, decided. */
export interface MailingSettings extends RecoverySettings {
  /** Absent where no mail can be sent. */
  readonly mail?: MailSettings;
}

/** Checks what belongs together: a mailer needs to know where links lead. Throws InvalidConfiguration. */
export const mailingSettings = (options: MusterOptions<never>, hasMailer: boolean): MailingSettings => {
  const { mail, recovery = {} } = options;
  if (hasMailer !== (mail !== undefined)) {
    const reason = hasMailer
      ? "A mailer needs the option 'mail', which says where the links of mails lead."
      : "The option 'mail' needs a mailer: give one as 'ports.mailer'.";
    throw new InvalidConfiguration({ reason });
  }
  return { ...recoverySettings(recovery, hasMailer), ...(mail !== undefined && { mail: mailSettings(mail) }) };
};

type Sources = Omit<PasswordResetPorts & EmailProofPorts, "mails" | "tokens"> & {
  readonly storage: ScopedStorage;
  readonly randomSource: RandomSource;
  readonly outboxKey: KeyObject;
  readonly mailer: Mailer | undefined;
  readonly settings: MailingSettings;
  readonly wake: () => void;
  readonly login: AcceptInvitationPorts["login"];
  readonly cursorKey: KeyObject;
};

/** Mails and all that needs them. */
export interface Mailing {
  readonly recovery: Recovery;
  readonly invitations: InvitationCare & InvitationAnswers;
  readonly invitation: OpenInvitation;
  readonly mails: MailRequests;
  readonly deliveries: readonly Delivery[];
}

/** Wires what sends mails, or waits for one to come back. */
export const makeMailing = (sources: Sources): Mailing => {
  const { storage, randomSource, outboxKey, mailer, settings, wake, ids, clock } = sources;
  const { mail } = settings;
  const sealed = sealedPayloads(outboxKey, randomSource);
  const mails = makeMailRequests({ ids, sealed, canSend: mailer !== undefined && mail !== undefined, wake });
  const tokens = oneTimeTokens(randomSource);
  const invitationSeconds = settings.lifetimes.invitation;
  const invitation = makeOpenInvitation({ ids, mails, invitationSeconds });
  const ports = { ...sources, mails, tokens, invitation, invitationSeconds };
  return {
    recovery: { ...makePasswordReset(ports), ...makeEmailRequests(ports), ...makeEmailProof(ports) },
    invitations: { ...makeInvitations(ports), ...makeAcceptInvitation(ports) },
    invitation,
    mails,
    deliveries:
      mailer === undefined || mail === undefined
        ? []
        : [makeMailDelivery({ storage, clock, ids, tokens, mails, mailer, mail, settings })],
  };
};
