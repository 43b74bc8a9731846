/** Reads a flag that takes several values: separated by commas, and the flag may be given more than once. */
export function gather(text: string, before: readonly string[] = []): string[] {
  const values = text.split(",").map((part) => part.trim());
  return [...before, ...values.filter((part) => part !== "")];
}
