import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbstractLevel } from "abstract-level";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UnavailableError } from "../../lib/model/input-error.ts";
import { openAws } from "../../lib/store/aws.ts";
import { openEmbedded, openShared } from "../../lib/store/embedded.ts";
import { customerOf } from "../fakes/customers.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "chainmail-store-"));
});
afterEach(() => rm(dir, { recursive: true }));

describe("the embedded store", () => {
  it("keeps what was written over a restart", async () => {
    const first = await openEmbedded(dir);
    await first.store.config.bumpRevision();
    await first.close();
    const second = await openEmbedded(dir);
    expect(await second.store.config.revision()).toBe(1);
    await second.close();
  });

  it("is used by one process at a time, and says by which", async () => {
    const first = await openEmbedded(dir);
    await expect(openEmbedded(dir)).rejects.toThrow(`data directory ${dir} is in use by process ${process.pid}`);
    await first.close();
  });

  it("is shared over loopback by commands beside the process that owns it, and outlives them", async () => {
    const owner = await openEmbedded(dir);
    const guest = await openShared(dir);
    await guest.store.config.bumpRevision();
    await guest.close();
    expect(await owner.store.config.revision()).toBe(1);
    expect((await stat(join(dir, "owner.json"))).mode & 0o077).toBe(0);
    await owner.close();
    const alone = await openShared(dir);
    expect(await alone.store.config.revision()).toBe(1);
    await alone.close();
  });

  it("says what its disk refuses, and goes on when it doesn't any more", async () => {
    const attached = vi.spyOn(AbstractLevel.prototype, "attachResource");
    const { store, close } = await openEmbedded(dir);
    try {
      for await (const _ of store.config.customers());
      const [level] = attached.mock.contexts;
      const full = Object.assign(new Error("IO error: No space left on device"), { code: "LEVEL_IO_ERROR" });
      const refuses = vi.spyOn(level as unknown as { _batch: () => Promise<void> }, "_batch").mockRejectedValue(full);
      const put = vi.spyOn(level as unknown as { _put: () => Promise<void> }, "_put").mockRejectedValue(full);
      await expect(store.config.putCustomers([customerOf("acme")])).rejects.toThrow("No space left on device");
      refuses.mockRestore();
      put.mockRestore();
      await store.config.putCustomers([customerOf("acme")]);
      expect(await store.config.customer("acme")).toMatchObject({ id: "acme" });
    } finally {
      await close();
      vi.restoreAllMocks();
    }
  });

  it.each([
    ["in a folder", true],
    ["in memory", false],
  ])("%s keeps no iterator open behind a query", async (_where, inFolder) => {
    const attached = vi.spyOn(AbstractLevel.prototype, "attachResource");
    const detached = vi.spyOn(AbstractLevel.prototype, "detachResource");
    const { store, close } = await openEmbedded(inFolder ? dir : null);
    const left = () => attached.mock.calls.length - detached.mock.calls.length;
    try {
      await store.config.putCustomers([customerOf("acme"), customerOf("other")]);
      const atFirst = left();
      for (let query = 0; query < 20; query++) {
        for await (const { id } of store.config.customers()) if (id === "acme") break;
        await store.state.slices();
      }
      expect(attached.mock.calls.length).toBeGreaterThan(20);
      await vi.waitFor(() => expect(left()).toBeLessThanOrEqual(atFirst), { timeout: 20_000 });
    } finally {
      await close();
      vi.restoreAllMocks();
    }
  });

  it("keeps what was written when its process is killed, and isn't blocked by its lock", async () => {
    const program = `
      import { openEmbedded, openShared } from ${JSON.stringify(join(import.meta.dirname, "../../lib/store/embedded.ts"))};
      const { store } = await openEmbedded(${JSON.stringify(dir)});
      await store.config.bumpRevision();
      console.log("written");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
    await once(child.stdout, "data");
    await expect(openEmbedded(dir)).rejects.toThrow(`is in use by process ${child.pid}`);
    child.kill("SIGKILL");
    await once(child, "exit");
    const after = await openEmbedded(dir);
    expect(await after.store.config.revision()).toBe(1);
    await after.close();
  });

  it("says why a directory can't be used", async () => {
    const file = join(dir, "file");
    await writeFile(file, "");
    await expect(openEmbedded(file)).rejects.toThrow(`data directory ${file} can't be made: `);
  });

  it("answers nobody who hasn't its key: other users and pages in a browser reach the port too", async () => {
    const embedded = await openEmbedded(null);
    const endpoint = await embedded.client.config.endpoint?.();
    expect(endpoint?.hostname).toBe("127.0.0.1");
    const answer = await fetch(`http://127.0.0.1:${endpoint?.port}/`, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "DynamoDB_20120810.ListTables",
        "x-amz-date": "20261120T120000Z",
        authorization:
          "AWS4-HMAC-SHA256 Credential=guess/20261120/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
      },
      body: "{}",
    });
    expect(answer.status).toBe(403);
    await embedded.close();
  });
});

describe("a deployed stack's store", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("says in a sentence that a region is missing", async () => {
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    await expect(openAws("chainmail")).rejects.toThrow(
      "stack 'chainmail' can't be looked up without a region: set AWS_REGION",
    );
  });

  it("says in a sentence that AWS can't be reached", async () => {
    const account = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "secret" };
    const nowhere = { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" };
    for (const [name, value] of Object.entries({ ...account, ...nowhere })) vi.stubEnv(name, value);
    await expect(openAws("chainmail")).rejects.toThrow(
      new UnavailableError("stack 'chainmail' can't be reached: connect ECONNREFUSED 127.0.0.1:1"),
    );
  });
});
