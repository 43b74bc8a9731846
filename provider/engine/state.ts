/** The properties of a resource as the engine keeps them: plain JSON. */
export type Properties = Record<string, unknown>;

/** A copy without `undefined` at any depth, which the engine's encoder rejects. */
export function dropUndefined(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, clean(value)]),
  );
}

function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : clean(item)));
  if (typeof value === "object" && value !== null) return dropUndefined(value as Properties);
  return value;
}

/** Whether two plain JSON values are equal; a missing value equals null, and the order of keys does not matter. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left === undefined || left === null) return right === undefined || right === null;
  if (typeof left !== "object" || typeof right !== "object" || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => sameJson(item, right[index]));
  }
  const one = left as Properties;
  const other = right as Properties;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) =>
    sameJson(one[key], other[key]),
  );
}
