import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The shell session of the README, run by a real shell against the example it speaks of. */
const root = path.resolve(import.meta.dirname, "../..");
const directory = mkdtempSync(path.join(tmpdir(), "muster-readme-"));
const password = "a passphrase for this test";
const example = spawn(
  process.execPath,
  ["--conditions=muster-source", path.join(root, "examples/quickstart/src/main.ts")],
  {
    cwd: directory,
    env: { ...process.env, PORT: "0", MUSTER_ADMIN_PASSWORD: password },
    stdio: ["ignore", "pipe", "inherit"],
  },
);
let address = "";

beforeAll(async () => {
  // Read to the end: the app prints its mails too.
  address = await new Promise((resolve) => {
    example.stdout.on("data", (chunk) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(String(chunk))?.[0];
      if (found !== undefined) resolve(found);
    });
  });
});

afterAll(() => {
  example.kill();
  rmSync(directory, { recursive: true, force: true });
});

const usernameOf = (user: { readonly username: string }): string => user.username;

const summary = ({ username, email, firstName, lastName, tags, metadata, status }: Record<string, unknown>): string =>
  [username, email, `${firstName} ${lastName}`, (tags as string[]).join(" "), JSON.stringify(metadata), status].join(
    " | ",
  );

describe("the shell session of the README", () => {
  it("runs from its first line to its last and shows what it says", async () => {
    const readme = readFileSync(path.join(root, "README.md"), "utf8");
    const session = /## The API from a shell.*?^```sh\n(.*?)^```/ms.exec(readme)?.[1] ?? "";
    const { stdout, stderr } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", session], {
      env: { ...process.env, MUSTER_URL: address, MUSTER_ADMIN_PASSWORD: password },
    });
    const answers = stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    expect(answers.filter((answer) => answer.username !== undefined).map(summary)).toEqual([
      'janedoe | janedoe@example.com | jane doe |  | {"address":"New York"} | enabled',
      'janedoe | janedoe@example.com | jane doe |  | {"address":"New York"} | enabled',
      'janedoe | janedoe@example.com | Jane Doe |  | {"address":"New York"} | enabled',
      'janedoe | janedoe@example.com | Jane Doe |  | {"aoty":"1"} | enabled',
      'janedoe | janedoe@example.com | Jane Doe | lemonade renaissance | {"aoty":"1"} | enabled',
      ...["enabled", "disabled", "enabled", "deleted", "disabled", "deleted"].map(
        (status) => `Jane | janedoe@example.com | Jane Doe | lemonade renaissance | {"aoty":"1"} | ${status}`,
      ),
    ]);
    const lists = answers.filter((answer) => answer.users !== undefined);
    expect(lists.map(({ users, total }) => [users.map(usernameOf).join(" "), total?.count ?? null])).toEqual([
      ["janedoe admin", 2],
      ["janedoe", null],
      ["janedoe", null],
    ]);
    expect(answers.find((answer) => answer.status === 401)?.code).toBe("invalid_token");
    expect(stderr).toContain("401");
  });
});
