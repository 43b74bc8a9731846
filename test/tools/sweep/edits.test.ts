import { handlers } from "../../../provider/handlers";
import { editedKinds, judgeEdits } from "../../../tools/sweep/edits";

test("every kind of resource is edited", () => {
  expect([...new Set(editedKinds.map(({ type }) => type))].sort()).toEqual([...handlers.keys()].sort());
});

test.each(editedKinds)(
  "after any edits by the program and by hand of a $type, an update ends with what is declared, and has nothing more to do",
  async (kind) => {
    expect(await judgeEdits(kind, 4, 20_261_128)).toEqual([]);
  },
  60_000,
);
