import * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

/** The people in a tenant's organization, by e-mail address. */
export interface TenantArgs {
  readonly analysts: readonly string[];
  readonly engineers: readonly string[];
}

/** One tenant: its own organization, reached with the key of its entry in `posthog:accounts`. */
export class Tenant extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  /** Secret. Reads only the feature flags of this tenant's project. */
  readonly flagsKey: pulumi.Output<string>;

  /** @param account the tenant's name, which is also the name of its account. */
  constructor(account: string, { analysts, engineers }: TenantArgs, opts?: pulumi.ComponentResourceOptions) {
    super("example:index:Tenant", account, {}, opts);
    const own = { parent: this };

    const product = new posthog.Project(
      `${account}-product`,
      { account, name: "Product", defaultAccess: "none" },
      own,
    );
    const { projectId } = product;
    for (const user of analysts) {
      new posthog.ProjectMember(
        `${account}-${user}`,
        { account, projectId, user, accessLevel: "member" },
        own,
      );
    }
    for (const user of engineers) {
      new posthog.ProjectMember(
        `${account}-${user}`,
        { account, projectId, user, accessLevel: "admin" },
        own,
      );
    }
    const flags = new posthog.ProjectSecretApiKey(
      `${account}-flags`,
      { account, projectId, label: "Backend: feature flags", scopes: ["feature_flag:read"] },
      own,
    );

    this.url = product.url;
    this.flagsKey = flags.value;
    this.registerOutputs({ url: this.url, flagsKey: this.flagsKey });
  }
}
