/** Which outputs of one kind of resource are secret. */
export interface OutputSecrecy {
  /** Outputs that are always secret. */
  readonly secrets?: readonly string[];
  /** Outputs that derive from arguments, with those arguments: they are secret if one of the arguments is. */
  readonly derived?: Readonly<Record<string, readonly string[]>>;
}

const key = { secrets: ["value"] } as const;
const people = { userUuids: ["members"], waiting: ["members"] } as const;
const person = { userUuid: ["user"], membershipId: ["user"], email: ["user"] } as const;
const grantees = ["members", "roles", "resources"] as const;

/**
 * Which outputs are secret, by kind of resource. The definitions and the classes share it: a class marks its outputs on
 * behalf of the dynamic provider, which cannot; a native provider marks them itself.
 */
export const outputSecrecy = {
  AccessControl: {
    derived: {
      objectId: ["resourceId"],
      ...person,
      roleUuid: ["role"],
      effectiveReason: ["user", "role", "resourceId"],
    },
  },
  IdentityProvider: { secrets: ["scimToken"], derived: { certificateExpiresAt: ["saml"] } },
  OrgSsoSettings: {
    secrets: ["scimToken"],
    derived: { challengeRecordName: ["domain"], certificateExpiresAt: ["saml"] },
  },
  OrganizationDomain: { derived: { challengeRecordName: ["domain"] } },
  OrganizationMember: { secrets: ["inviteId"], derived: person },
  PersonalApiKey: key,
  ProjectAccess: { derived: { grants: grantees, subjectIds: grantees } },
  ProjectMember: { derived: { ...person, roleUuid: ["role"] } },
  ProjectSecretApiKey: key,
  Role: { derived: people },
  RoleMembers: { derived: { roleUuid: ["roleId"], ...people } },
  RoleMembership: { derived: { roleUuid: ["roleId"], userUuid: ["user"], email: ["user"] } },
} as const satisfies Readonly<Record<string, OutputSecrecy>>;
