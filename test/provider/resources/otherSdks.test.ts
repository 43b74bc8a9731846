import type * as pulumi from "@pulumi/pulumi";
import type * as posthog from "../../../provider";

/** Output types as the SDKs of Keycloak, Auth0, Okta and Entra declare them. */
interface OtherSdks {
  readonly email: pulumi.Output<string | undefined>;
  readonly emails: pulumi.Output<(string | undefined)[]>;
  readonly nested: pulumi.Output<pulumi.Output<string | undefined>[]>;
}

/** Whether values of one type are accepted where the other is expected. The compiler decides; jest only runs it. */
type Fits<Given, Expected> = Given extends Expected ? true : false;

test("values of identity providers' SDKs fit the arguments, and SCIM's outputs fit theirs", () => {
  type Members = NonNullable<posthog.RoleArgs["members"]>;
  const fits: [
    Fits<OtherSdks["emails"], Members>,
    Fits<OtherSdks["nested"], Members>,
    Fits<OtherSdks["email"][], Members>,
    Fits<OtherSdks["emails"], posthog.RoleMembersArgs["members"]>,
    Fits<OtherSdks["emails"], NonNullable<posthog.AccessMatrixArgs["members"]>[string]>,
    Fits<OtherSdks["email"], posthog.RoleMembershipArgs["user"]>,
    Fits<OtherSdks["email"], posthog.OrganizationMemberArgs["user"]>,
    Fits<OtherSdks["email"], posthog.ProjectMemberArgs["user"]>,
    Fits<OtherSdks["email"], posthog.AccessControlArgs["user"]>,
    Fits<posthog.OrgSsoSettings["scimBaseUrl"], pulumi.Input<string>>,
    Fits<posthog.OrgSsoSettings["scimToken"], pulumi.Input<string>>,
    Fits<posthog.IdentityProvider["scimBaseUrl"], pulumi.Input<string>>,
    Fits<posthog.IdentityProvider["scimToken"], pulumi.Input<string>>,
  ] = [true, true, true, true, true, true, true, true, true, true, true, true, true];
  expect(fits.every(Boolean)).toBe(true);
});
