import { expect, it } from "vitest";
import { outcome } from "../instance.ts";
import { aScene, asJane, jane, login, otherPassword, tokenFrom } from "../recovery/scene.ts";
import { appOf } from "./scene.ts";

/** Sets up an app for jane, as whoever holds the account. */
const enrol = async ({ muster, clock }: Awaited<ReturnType<typeof aScene>>) => {
  const acting = await asJane(muster);
  const { id, secret } = await acting.secondFactors.startTotp();
  await acting.secondFactors.confirmTotp({ id, code: appOf(secret).at(clock.now()) });
  clock.wait(30_000);
};

it("a reset of the password leaves the second factor in place", async () => {
  const scene = await aScene();
  await jane(scene.muster);
  await enrol(scene);
  await scene.muster.recovery.requestPasswordReset({ login: "jane" });
  const token = await tokenFrom(scene, "password_reset");
  await scene.muster.recovery.resetPassword({ token, password: otherPassword });
  expect(await outcome(login(scene.muster, otherPassword))).toBe("SecondFactorRequired");
});

it("who registered somebody else's address keeps no second factor in the account once it is proven", async () => {
  const scene = await aScene();
  const { id } = await jane(scene.muster, { emailVerified: false });
  await enrol(scene);
  await scene.muster.recovery.requestEmailVerification(id);
  const token = await tokenFrom(scene, "email_verification");
  expect(await scene.muster.as("anonymous").recovery.confirmEmail({ token })).toMatchObject({ passwordCleared: true });
  expect(await scene.muster.secondFactors.list(id)).toEqual({ factors: [], recoveryCodesLeft: 0 });
});

it("who changed somebody's email keeps no second factor that came after it, once that is undone", async () => {
  const scene = await aScene();
  const { id } = await jane(scene.muster);
  const acting = await asJane(scene.muster);
  await acting.recovery.requestEmailChange({ email: "thief@x.example", password: "correct horse battery" });
  await acting.recovery.confirmEmail({ token: await tokenFrom(scene, "email_change") });
  const token = await tokenFrom(scene, "email_changed");
  await enrol(scene);
  await scene.muster.recovery.undoEmailChange({ token });
  expect(await scene.muster.secondFactors.list(id)).toEqual({ factors: [], recoveryCodesLeft: 0 });
});
