import type { AccessReview } from "../../provider/review/model";

/** A review as JSON, a line for each person and key: a whole company at once would not fit into one text. */
export function* reviewJson({ people, keys, findings, ...rest }: AccessReview): Generator<string> {
  yield `${JSON.stringify(rest).slice(0, -1)},\n`;
  yield* list("people", people);
  if (keys !== undefined) {
    yield ",\n";
    yield* list("keys", keys);
  }
  yield ",\n";
  yield* list("findings", findings);
  yield "}\n";
}

function* list(name: string, items: readonly unknown[]): Generator<string> {
  yield `${JSON.stringify(name)}:[`;
  for (const [at, item] of items.entries()) yield `${at === 0 ? "" : ","}\n${JSON.stringify(item)}`;
  yield "]";
}
