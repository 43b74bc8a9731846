import { handlers } from "../../../provider/handlers";
import { editedKinds, judgeEdits } from "../../../tools/sweep/edits";

test("every kind of resource is edited", () => {
  expect([...new Set(editedKinds.map(({ type }) => type))].sort()).toEqual([...handlers.keys()].sort());
});

test.each(editedKinds)(
  "after any edits of a $type by the program and by hand, an update reaches what is declared, and a second one has nothing to do",
  async (kind) => {
    expect(await judgeEdits(kind, 4, 20_261_128)).toEqual([]);
  },
  60_000,
);
