import { browser } from "./browser";
import { growth } from "./growth";
import { members } from "./members";
import { native } from "./native";
import { organization } from "./organization";
import type { Part } from "./part";
import { review } from "./review";

/** Every part of the benchmark, in the order of the page. */
export const parts: readonly Part[] = [members, organization, growth, native, review, browser];

/** The parts in a comma-separated list of names; all parts without a list. */
export function partsNamed(list: string | undefined): readonly Part[] {
  if (list === undefined) return parts;
  return list.split(",").map((name) => {
    const part = parts.find((one) => one.name === name.trim());
    if (part !== undefined) return part;
    const names = parts.map((one) => one.name).join(", ");
    throw new Error(`unknown part of the benchmark: ${name}. --only takes ${names}.`);
  });
}
