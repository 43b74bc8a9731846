const { availableParallelism } = require("node:os");

const shared = {
  transform: { "^.+\\.ts$": ["ts-jest", { tsconfig: "tsconfig.check.json" }] },
  setupFiles: ["<rootDir>/test/environment.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
};

/** @type {import("jest").Config} */
module.exports = {
  testSequencer: "<rootDir>/test/sequencer.js",
  testTimeout: 20_000,
  // Engine tests mostly keep the CLI's processes busy: one worker a core, few enough for their memory.
  maxWorkers: Math.min(Math.max(availableParallelism(), 2), 6),
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/engine/"],
    },
    {
      ...shared,
      displayName: "engine",
      testMatch: ["<rootDir>/test/engine/**/*.test.ts"],
      setupFilesAfterEnv: ["<rootDir>/test/engine/timeouts.ts"],
    },
  ],
};
