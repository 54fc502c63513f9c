import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // One less by default: on two processors that would be one after the other.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/lambdas/**", "test/peers/**", "test/aws/**"],
          // No module keeps state, so that the files of a worker may share what they import: it halves the time.
          isolate: false,
          // Bounds what hangs; nothing is measured by it, and machines may be slow.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          // Handlers keep their clients for the life of a process: each file has one of its own.
          name: "lambdas",
          include: ["test/lambdas/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "peers",
          include: ["test/peers/**/*.test.ts"],
          testTimeout: 400_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "aws",
          include: ["test/aws/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
