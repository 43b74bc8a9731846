import { handlers } from "../../../provider/handlers";
import { judgeInputs } from "../../../tools/sweep/inputs";

/** The total number of invalid inputs. */
const inputs = 10_000;
const kinds = [...handlers.keys()];
const each = Math.ceil(inputs / kinds.length);

test.each(kinds)(
  "invalid arguments of %s are rejected by name, before any request to PostHog",
  async (type) => {
    expect(await judgeInputs(type, each, 20_261_128)).toEqual({ refused: each, complaints: [] });
  },
);
