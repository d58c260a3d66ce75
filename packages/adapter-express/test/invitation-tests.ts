import { tokenIn } from "@muster/core/testing";
import { expect, test } from "vitest";
import type { Surroundings } from "./recovery-tests.ts";
import { password } from "./site.ts";

const nobody = "00000000-0000-7000-8000-000000000000";

/** Drives the routes of invitations. */
export const invitationTests = ({ call, login, box, jane, admin }: Surroundings): void => {
  test("somebody is invited, sees by whom, accepts and is in", async () => {
    const body = { email: "guest@example.com", invite: true };
    const guest = (await call("createUser", 201, { token: admin(), body })).body;
    expect(guest.status).toBe("pending");
    await call("createUser", 409, { token: admin(), body });
    const token = tokenIn(await box.take({ kind: "invitation", to: "guest@example.com" }));
    const preview = await call("previewInvitation", 200, { body: { token } });
    expect(preview.body).toMatchObject({ inviterName: null, email: "guest@example.com" });
    await call("acceptInvitation", 400, { body: { token, password: "12345678" } });
    const accepted = await call("acceptInvitation", 200, { body: { token, password, firstName: "Gwen", login: true } });
    expect(accepted.body.userId).toBe(guest.id);
    const mine = await call("getProfile", 200, { token: accepted.body.session.accessToken });
    expect(mine.body).toMatchObject({ firstName: "Gwen", status: "enabled" });
    const spent = await call("acceptInvitation", 400, { body: { token, password } });
    const unknown = await call("previewInvitation", 400, { body: { token: "mst_inv_none" } });
    expect([spent.body.code, unknown.body.code]).toEqual(["invalid_one_time_token", "invalid_one_time_token"]);
    await call("createInvitation", 409, { token: admin(), body: { userId: guest.id } });
  });

  test("invitations are listed, counted, sent again and taken back by admins", async () => {
    const made = await call("createUser", 201, {
      token: admin(),
      body: { email: "late@example.com", status: "pending" },
    });
    const user = { userId: made.body.id };
    const invitation = await call("createInvitation", 201, { token: admin(), body: user });
    const path = { id: invitation.body.id };
    const first = tokenIn(await box.take({ kind: "invitation", to: "late@example.com" }));
    await call("resendInvitation", 200, { token: admin(), path });
    await call("previewInvitation", 400, { body: { token: first } });
    const second = tokenIn(await box.take({ kind: "invitation", to: "late@example.com" }));
    const page = await call("listInvitations", 200, { token: admin(), query: `?state=pending&limit=1` });
    expect(page.body.invitations.map(({ id }: { id: string }) => id)).toEqual([path.id]);
    expect((await call("revokeInvitation", 200, { token: admin(), path })).body.state).toBe("revoked");
    const closed = await call("resendInvitation", 409, { token: admin(), path });
    expect(closed.body).toMatchObject({ code: "invitation_closed", detail: "This invitation was revoked." });
    await call("revokeInvitation", 409, { token: admin(), path });
    await call("acceptInvitation", 400, { body: { token: second, password } });
    expect((await call("getInvitation", 200, { token: admin(), path })).body.revokedAt).not.toBeNull();
    const counts = await call("countInvitations", 200, { token: admin() });
    expect(counts.body).toEqual({ pending: 0, accepted: 1, revoked: 1, expired: 0 });
    await call("listInvitations", 400, { token: admin(), query: "?state=lost" });
    for (const operation of ["getInvitation", "resendInvitation", "revokeInvitation"]) {
      await call(operation, 404, { token: admin(), path: { id: nobody } });
    }
    await call("createInvitation", 404, { token: admin(), body: { userId: nobody } });
  });

  test("invitations are nobody else's business", async () => {
    const { accessToken: token } = await login("jane");
    const path = { id: nobody };
    await call("createInvitation", 403, { token, body: { userId: jane() } });
    await call("createUser", 403, { token, body: { email: "x@example.com", invite: true } });
    for (const operation of ["listInvitations", "countInvitations"]) {
      await call(operation, 403, { token });
      await call(operation, 401);
    }
    for (const operation of ["getInvitation", "resendInvitation", "revokeInvitation"]) {
      await call(operation, 403, { token, path });
      await call(operation, 401, { path });
    }
    await call("createInvitation", 401, { body: { userId: jane() } });
  });
};
