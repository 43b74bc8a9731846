import * as z from "zod";
import { boolean, choice, type Field, integer, pythonText, text } from "../../../emulator/server/fields";

/** A field's result for a value: the value that it reads, or its error. */
function read(field: Field<unknown>, value: unknown): unknown {
  const result = z.safeParse(field, value);
  return result.success ? result.data : result.error.issues[0]?.message;
}

test.each([
  [["true", "True", "t", "YES", "y", "on", "1", 1, true], true],
  [["false", "F", "no", "n", "Off", "0", 0, false], false],
  [["", "zz", 2, [], {}], "Must be a valid boolean."],
  [[null], "This field may not be null."],
])("the values %j are read as the booleans %j, as in Django REST framework", (values, expected) => {
  expect(values.map((value) => read(boolean(), value))).toEqual(values.map(() => expected));
});

test.each([
  [7, 7],
  ["7", 7],
  [" -7 ", -7],
  ["7.00", 7],
  ["1e1", "A valid integer is required."],
  ["0x1f", "A valid integer is required."],
  ["", "A valid integer is required."],
  [7.5, "A valid integer is required."],
  [true, "A valid integer is required."],
])("the integer %j is read as %j", (value, expected) => {
  expect(read(integer(), value)).toBe(expected);
});

test.each([
  [8, 8],
  ["8", 8],
  [[8], '"[8]" is not a valid choice.'],
  [true, '"True" is not a valid choice.'],
  [{ a: null }, "\"{'a': None}\" is not a valid choice."],
])("the choice %j is read as %j", (value, expected) => {
  expect(read(choice([1, 8, 15]), value)).toBe(expected);
});

test("the maximum length counts characters, not UTF-16 units", () => {
  expect(read(text({ max: 3 }), "🦔🦔🦔")).toBe("🦔🦔🦔");
  expect(read(text({ max: 3 }), "abcd")).toBe("Ensure this field has no more than 3 characters.");
  expect(read(text(), "a\0b")).toBe("Null characters are not allowed.");
});

test("values are shown as Python shows them", () => {
  expect(pythonText(["a", "it's", 1.5, false, null, {}])).toBe(`['a', "it's", 1.5, False, None, {}]`);
});
