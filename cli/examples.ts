/** The most common invocations by command, shown at the end of the help. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  adopt: ["adopt --dry-run", "adopt --stack dev --id Project:production=42"],
  audit: ["audit --preset access --since 7d", "audit --follow", "audit --cursor audit.json --format jsonl"],
  completion: ["completion bash"],
  doctor: ["doctor", "doctor --stack dev --resources Project,ProjectMember"],
  drift: ["drift --stack dev", "drift --matrix access.yaml --unmanaged fail --kinds grants"],
  emulate: ["emulate --port 8010", "emulate --seed acme.yaml --generation 2026-07"],
  export: ["export --project", "export --format matrix --output access.yaml"],
  review: [
    "review",
    "review --output review.html --output review.csv",
    "review --changes --matrix access.yaml --base applied.yaml",
  ],
};
