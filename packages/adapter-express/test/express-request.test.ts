import { expect, test } from "vitest";
import { musterRouter } from "../src/index.ts";
import { json, password, site } from "./site.ts";

const loginBody = JSON.stringify({ login: "admin", password });

test("the client's address is the socket's, or the proxy's word when the app trusts it", async () => {
  const addressSeen = async (trust: boolean, forwarded: string): Promise<string | undefined> => {
    const { url, muster } = await site((app, instance) => {
      app.set("trust proxy", trust);
      app.use("/api", musterRouter(instance));
    });
    const headers = { ...json(), "X-Forwarded-For": forwarded };
    const answer = await fetch(`${url}/api/sessions`, { method: "POST", headers, body: loginBody });
    expect(answer.status).toBe(201);
    const admin = await muster.users.findByUsername("admin");
    return (await muster.sessions.list(admin.id))[0]?.client.address;
  };
  expect(await addressSeen(false, "10.0.0.1")).toBe("127.0.0.1");
  expect(await addressSeen(true, "10.0.0.1")).toBe("10.0.0.1");
  expect(await addressSeen(true, "2001:db8::1")).toBe("2001:db8::1");
  expect(await addressSeen(true, "<script>alert(1)</script>")).toBeUndefined();
});
