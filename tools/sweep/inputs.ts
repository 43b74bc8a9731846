import fc from "fast-check";
import type { ResourceHandler } from "../../provider/engine/handler";
import { createHost, type Host } from "../../provider/engine/host";
import type { Properties } from "../../provider/engine/state";
import { handlers } from "../../provider/handlers";
import { changesIn, scenarios } from "./scenarios";

/** Arguments with one value that is wrong, or may be. */
interface Mutation {
  readonly args: Properties;
  /** The changed argument. */
  readonly name: string;
  /** Whether every schema must reject it: a value of another type, or an unknown argument. */
  readonly isCertain: boolean;
}

/** The result of invalid inputs of one kind of resource. */
export interface InputVerdict {
  readonly refused: number;
  /** Wrong inputs that were accepted, or were rejected without the argument's name or only after a connection. */
  readonly complaints: readonly string[];
}

type Path = readonly (string | number)[];

/** Every place in a value, the value itself first. */
function placesIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return [at, ...entries.flatMap(([key, inner]) => placesIn(inner, [...at, key]))];
}

const valueAt = (value: unknown, [step, ...rest]: Path): unknown =>
  step === undefined ? value : valueAt(Object(value)[step], rest);

function withValueAt(value: unknown, [step, ...rest]: Path, put: unknown): unknown {
  if (step === undefined) return put;
  const inner = withValueAt(Object(value)[step], rest, put);
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? inner : item));
  return { ...Object(value), [step]: inner };
}

const scalar = fc.oneof(fc.string(), fc.double(), fc.boolean());
const list = fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 });
const mapping = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });

/** Values of a different type than this one. */
function ofOtherType(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) return fc.oneof(scalar, mapping);
  if (typeof value === "object" && value !== null) return fc.oneof(scalar, list);
  return fc.oneof(list, mapping);
}

const hostile = fc.oneof(
  fc.constantFrom("", " ", "\u0000", "\u202e", "@current", "a@", "*", "-1", "null", "x".repeat(5_000)),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 2 ** 53),
);
const unknownName = fc.stringMatching(/^zz[a-zA-Z]{1,12}$/);

/** Valid arguments of a kind of resource with one value changed. */
function mutationsOf(type: string, { definition }: ResourceHandler): fc.Arbitrary<Mutation> {
  const valid = scenarios.flatMap(changesIn).filter((change) => change.type === type);
  const bases = valid.flatMap(({ before, after }) => [before, after]);
  const declared = fc.constantFrom(...bases).chain((args) => {
    const places = placesIn(args).filter((path) => path.length > 0);
    return fc.constantFrom(...places).chain((path) => {
      const [name, value] = [String(path[0]), valueAt(args, path)];
      const put =
        (isCertain: boolean) =>
        (wrong: unknown): Mutation => ({
          args: withValueAt(args, path, wrong) as Properties,
          name,
          isCertain,
        });
      const isOpen = name === "keepers" && path.length > 1;
      return fc.oneof(ofOtherType(value).map(put(!isOpen)), hostile.map(put(false)));
    });
  });
  const base = fc.constantFrom(...bases);
  const added = fc
    .tuple(base, fc.oneof(unknownName, fc.constantFrom(...Object.keys(definition.args.shape))))
    .chain(([args, name]) =>
      // No argument takes lists in lists.
      list.map((value): Mutation => ({ args: { ...args, [name]: [[value]] }, name, isCertain: true })),
    );
  const missing = base.chain((args) =>
    fc.constantFrom(...Object.keys(args)).map((name): Mutation => {
      const { [name]: _gone, ...rest } = args;
      return { args: rest, name, isCertain: false };
    }),
  );
  return fc.oneof({ weight: 6, arbitrary: declared }, { weight: 2, arbitrary: added }, missing);
}

/** Checks invalid inputs of a kind of resource until it has rejected `count` of them. */
export async function judgeInputs(type: string, count: number, seed: number): Promise<InputVerdict> {
  const handler = handlers.get(type);
  if (handler === undefined) throw new Error(`There is no resource ${type}.`);
  const complaints: string[] = [];
  let refused = 0;
  for (let round = 0; refused < count && round < 20; round += 1) {
    for (const mutation of fc.sample(mutationsOf(type, handler), { numRuns: count, seed: seed + round })) {
      const { isRefused, complaint } = await judgeInput(handler, mutation);
      if (complaint !== undefined) complaints.push(`${type} ${complaint}: ${JSON.stringify(mutation.args)}`);
      if (isRefused) refused += 1;
      if (refused >= count) break;
    }
  }
  return { refused, complaints };
}

async function judgeInput(
  handler: ResourceHandler,
  { args, name, isCertain }: Mutation,
): Promise<{ isRefused: boolean; complaint?: string }> {
  let isConnected = false;
  const host: Host = {
    ...createHost(
      () => undefined,
      () => {},
    ),
    connection() {
      isConnected = true;
      throw new Error("The arguments were taken.");
    },
  };
  const { errors } = await handler.check(host, "it", {}, args);
  const complain = (complaint: string) => ({ isRefused: true, complaint: `${name} ${complaint}` });
  if (isConnected) return isCertain ? complain("was taken") : { isRefused: false };
  if (errors.length === 0) return complain("was neither taken nor refused");
  const names = errors.some(({ property = "", message }) => `${property} ${message}`.includes(name));
  return names ? { isRefused: true } : complain(`is not named in "${errors[0]?.message}"`);
}
