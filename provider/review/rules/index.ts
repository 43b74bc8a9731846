import { grantEnding, projectOpenToEverybody, ruleWithoutEffect } from "./access";
import { directGrantBesideRole } from "./directGrants";
import { keyOfLeaver, keyOverScoped, keyStale } from "./keys";
import {
  inviteExpired,
  memberOutsideDomains,
  memberWithoutSecondFactor,
  ownersTooFew,
  ownersTooMany,
  roleWithoutMembers,
} from "./people";
import type { ReviewRule } from "./rule";
import {
  certificateExpiring,
  domainUnverified,
  identityProviderLeftover,
  ssoBypass,
  ssoNotEnforced,
} from "./signOn";

/** Everything that a review looks for; findings of one severity come in this order. */
export const reviewRules: readonly ReviewRule[] = [
  ssoNotEnforced,
  ssoBypass,
  domainUnverified,
  certificateExpiring,
  identityProviderLeftover,
  keyOfLeaver,
  keyOverScoped,
  keyStale,
  projectOpenToEverybody,
  memberOutsideDomains,
  memberWithoutSecondFactor,
  ownersTooFew,
  ownersTooMany,
  ruleWithoutEffect,
  directGrantBesideRole,
  roleWithoutMembers,
  inviteExpired,
  grantEnding,
];
