const { default: Sequencer } = require("@jest/test-sequencer");

/** Runs the quick tests first, so that their failures show before the real engine's tests end. */
module.exports = class QuickTestsFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isEngine = (test) => test.context.config.displayName?.name === "engine";
    return [...sorted.filter((test) => !isEngine(test)), ...sorted.filter(isEngine)];
  }
};
