import { expect, it } from "vitest";
import { changeCause } from "../../../lib/steps/change-cause.ts";
import { owed } from "../../fakes/causes.ts";
import { fakeChannel } from "../../fakes/channels.ts";
import { createOutboxes, minute } from "./outboxes.ts";

const outboxes = createOutboxes();

it.each([
  ["a message", null],
  ["a digest of first looks", "first-look"],
])("%s leaves for nobody else once its server is seen well, however long a channel took before", async (_, digest) => {
  const subject = await outboxes.owing([owed({}, { digest })]);
  const slow = {
    name: "mail:slow@ops.example",
    async deliver() {
      outboxes.now += minute / 2;
      await changeCause(outboxes.store, "cleartext", subject, (cause) => cause && { ...cause, state: "recovering" });
      return { kind: "sent" } as const;
    },
  };
  const last = fakeChannel("mail:last@ops.example");
  await outboxes.pass({ operators: [slow, last] });
  expect(last.letters).toEqual([]);
  outboxes.now += minute;
  await outboxes.pass({ operators: [slow, last] });
  expect(last.letters).toEqual([]);
});
