import type * as pulumi from "@pulumi/pulumi";

/** How the people of a role are managed. */
export interface RolePeopleArgs {
  /**
   * What happens to people in the role whom nobody lists: `additive` leaves them in it and tells them as `unmanaged`,
   * `exclusive` takes them out. Default `additive`. Updated in place.
   */
  mode?: pulumi.Input<"additive" | "exclusive">;
  /**
   * The largest share of the people in the role that one update may take out, 0 to 1; ignored people do not count. A
   * single person may always go, unless it is 0. Destroying is not limited. Default 0.25. Updated in place.
   */
  removalLimit?: pulumi.Input<number>;
  /**
   * People who are left alone, in the role or not: those whom an identity provider puts there by SCIM, for example. As
   * e-mail address (any case), user UUID, or `*@` with an e-mail domain for everybody of it. Default none. Updated in
   * place.
   */
  ignore?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether to wait for listed people who are not in the organization, and put them into the role in the first run
   * after they have joined; otherwise they are refused. For the groups of an identity provider. People who have an
   * invite, or get one from this program, are always waited for. Default false. Updated in place.
   */
  waitForMembers?: pulumi.Input<boolean>;
}
