import { type ResourceTraces, type Seen, type Trace, type Tracer, textOf, texts } from "./trace";

/** Fields that change when a key gets a new value, whichever of them the server records. */
const rolled = ["mask_value", "last_rolled_at", "secure_value", "value"];

/** A key whose projects change is logged in the new ones and in the earlier ones. */
const moves = ["created", "revoked"];

function keyTraces(scope: string): {
  readonly gone: Tracer;
  readonly field: (name: string) => Tracer;
  /** The restrictions of the key. */
  readonly reach: (name: string) => Tracer;
  readonly value: Tracer;
} {
  const about = ({ id, state }: Seen): Pick<Trace, "scope" | "itemIds"> => ({
    scope,
    itemIds: texts(textOf(state, "keyId") ?? id.split("/").at(-1)),
  });
  return {
    gone: (seen) => [{ ...about(seen), activities: ["deleted", "revoked"] }],
    field: (name) => (seen) => [
      // Changes that accompany new restrictions of a key are in the same entries.
      { ...about(seen), activities: ["updated", ...moves], fields: [name], after: [seen.actual] },
    ],
    reach: (name) => (seen) => [
      { ...about(seen), activities: ["updated"], fields: [name], after: [seen.actual] },
      { ...about(seen), activities: moves, isIndirect: true },
    ],
    value: (seen) => [
      // If the log shows the value at all, it shows the new mask.
      { ...about(seen), activities: ["updated", "rolled"], fields: ["mask_value"], after: [seen.actual] },
      { ...about(seen), activities: ["updated", "rolled"], fields: rolled },
    ],
  };
}

const personal = keyTraces("PersonalAPIKey");
const ofProject = keyTraces("ProjectSecretAPIKey");

export const personalApiKey: ResourceTraces = {
  gone: personal.gone,
  properties: {
    label: personal.field("label"),
    scopes: personal.field("scopes"),
    projects: personal.reach("scoped_teams"),
    organizations: personal.reach("scoped_organizations"),
    value: personal.value,
    allowWildcard: "local",
    keepers: "local",
    rotateAfterDays: "local",
  },
};

export const projectSecretApiKey: ResourceTraces = {
  gone: ofProject.gone,
  properties: {
    projectId: ofProject.gone,
    label: ofProject.field("label"),
    scopes: ofProject.field("scopes"),
    value: ofProject.value,
    keepers: "local",
    rotateAfterDays: "local",
  },
};
