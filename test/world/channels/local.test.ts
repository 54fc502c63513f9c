import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { draftOf } from "../../../lib/steps/words/letter.ts";
import { createConsoleChannel } from "../../../lib/world/channels/console.ts";
import { createAlertFile } from "../../../lib/world/channels/file.ts";
import { alert } from "../../fakes/causes.ts";

describe("the console", () => {
  it("shows the subject, and the text below it", async () => {
    const written: string[] = [];
    const channel = createConsoleChannel((text) => written.push(text));
    expect(await channel.deliver({ ...draftOf(alert(), null), to: "console" })).toEqual({ kind: "sent" });
    const lines = written.join("").split("\n");
    expect(lines[0]).toBe("[CM-7F3A.1] TLS lost: mx1.gateway.example, cleartext, 3 customers");
    expect(lines[1]).toBe("    mx1.gateway.example (192.0.2.1:25) no longer offers TLS.");
    expect(lines.at(-1)).toBe("");
  });
});

describe("the alerts file", () => {
  let dir: string;
  let path: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "chainmail-alerts-"));
    path = join(dir, "alerts.jsonl");
  });
  afterEach(() => rm(dir, { recursive: true }));

  const lines = async () => (await readFile(path, "utf8")).trimEnd().split("\n");

  it("is made when missing, and gets one line each", async () => {
    const file = createAlertFile(path);
    expect(await file.append({ id: "CM-1·1", text: "two\nlines" })).toEqual({ kind: "sent" });
    await file.append({ id: "CM-1·2" });
    expect((await lines()).map((line) => JSON.parse(line))).toEqual([
      { id: "CM-1·1", text: "two\nlines" },
      { id: "CM-1·2" },
    ]);
  });

  it("closes a line that a crash cut short", async () => {
    await appendFile(path, '{"id":"CM-');
    await createAlertFile(path).append({ id: "CM-1·1" });
    expect(await lines()).toEqual(['{"id":"CM-', '{"id":"CM-1·1"}']);
  });

  it("is tried again when it can't be written", async () => {
    const delivery = await createAlertFile(join(dir, "missing", "alerts.jsonl")).append({});
    expect(delivery).toMatchObject({ kind: "later", why: expect.stringContaining("ENOENT") });
  });
});
