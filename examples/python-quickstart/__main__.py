"""Two projects, the people and teams who work in them, a key for a machine and single sign-on."""

import pulumi
import pulumi_posthog as posthog

# People and domain. The defaults fit the emulator; for your own organization:
#   pulumi config set analyst ana@your-company.com
config = pulumi.Config()
analyst = config.get("analyst") or "analyst@acme.test"
developer = config.get("developer") or "developer@acme.test"
domain = config.get("domain") or "acme.example"

# Everyone works in staging; only people who are granted access can open production.
staging = posthog.Project("staging", name="Staging", default_access=posthog.ProjectAccessLevel.MEMBER)
production = posthog.Project(
    "production",
    name="Production",
    timezone="Europe/Berlin",
    default_access="none",
    settings={"session_recording_opt_in": True},
)

# Who has access: one person, and roles by project.
posthog.ProjectMember(
    "analyst-in-production",
    project_id=production.project_id,
    user=analyst,
    access_level="member",
)
access = posthog.AccessMatrix(
    "access",
    matrix={"access_matrix": {"Engineering": {"staging": {"role": "admin"}, "production": {"role": "member"}}}},
    projects={"staging": staging.project_id, "production": production.project_id},
    members={"Engineering": [developer]},
)

# An API key for automation, with only the scopes that its job needs.
deploy = posthog.PersonalApiKey(
    "deploy",
    label="Deploy: feature flags",
    scopes=["feature_flag:write"],
    projects=[staging.project_id, production.project_id],
)

# People of this domain become members when they sign in, once its DNS record is published.
sign_on = posthog.OrgSsoSettings("sign-on", domain=domain, jit_provisioning=True)

# A function reads what no program manages.
members = posthog.get_organization_members_output()

pulumi.export("projects", {"staging": staging.url, "production": production.url})
pulumi.export("roles", access.roles)
pulumi.export("deployKey", deploy.value)
pulumi.export("dnsRecord", pulumi.Output.concat(sign_on.challenge_record_name, " TXT ", sign_on.challenge_record_value))
pulumi.export("people", members.members.apply(lambda people: sorted(person.email for person in people)))
