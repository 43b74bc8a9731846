// Two projects, the people and roles in them, an API key for automation, and single sign-on.
package main

import (
	"sort"

	"example.com/pulumi-posthog/sdk/go/posthog"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(declare)
}

func declare(ctx *pulumi.Context) error {
	// People and domain. The defaults fit the emulator; for your own organization:
	//   pulumi config set analyst ana@your-company.com
	analyst := setting(ctx, "analyst", "analyst@acme.test")
	developer := setting(ctx, "developer", "developer@acme.test")
	domain := setting(ctx, "domain", "acme.example")

	// Everyone works in staging; only people who are granted access can open production.
	staging, err := posthog.NewProject(ctx, "staging", &posthog.ProjectArgs{
		Name:          pulumi.String("Staging"),
		DefaultAccess: posthog.ProjectAccessLevelMember,
	})
	if err != nil {
		return err
	}
	production, err := posthog.NewProject(ctx, "production", &posthog.ProjectArgs{
		Name:          pulumi.String("Production"),
		Timezone:      pulumi.String("Europe/Berlin"),
		DefaultAccess: posthog.ProjectAccessLevelNone,
		Settings:      &posthog.ProjectSettingsArgs{SessionRecordingOptIn: pulumi.Bool(true)},
	})
	if err != nil {
		return err
	}

	// Who has access: one person, and roles by project.
	if _, err := posthog.NewProjectMember(ctx, "analyst-in-production", &posthog.ProjectMemberArgs{
		ProjectId:   production.ProjectId,
		User:        pulumi.String(analyst),
		AccessLevel: posthog.ProjectAccessLevelMember,
	}); err != nil {
		return err
	}
	access, err := posthog.NewAccessMatrix(ctx, "access", &posthog.AccessMatrixArgs{
		Matrix: map[string]any{
			"access_matrix": map[string]any{
				"Engineering": map[string]any{
					"staging":    map[string]any{"role": "admin"},
					"production": map[string]any{"role": "member"},
				},
			},
		},
		Projects: pulumi.IntMap{"staging": staging.ProjectId, "production": production.ProjectId},
		Members:  pulumi.StringArrayMap{"Engineering": pulumi.StringArray{pulumi.String(developer)}},
	})
	if err != nil {
		return err
	}

	// An API key for automation, with only the scopes that its job needs.
	deploy, err := posthog.NewPersonalApiKey(ctx, "deploy", &posthog.PersonalApiKeyArgs{
		Label:    pulumi.String("Deploy: feature flags"),
		Scopes:   pulumi.StringArray{pulumi.String("feature_flag:write")},
		Projects: pulumi.IntArray{staging.ProjectId, production.ProjectId},
	})
	if err != nil {
		return err
	}

	// People of this domain become members when they sign in, once its DNS record is published.
	signOn, err := posthog.NewOrgSsoSettings(ctx, "sign-on", &posthog.OrgSsoSettingsArgs{
		Domain:          pulumi.String(domain),
		JitProvisioning: pulumi.Bool(true),
	})
	if err != nil {
		return err
	}

	// A function reads what no program manages.
	organization, err := posthog.GetOrganizationMembers(ctx, &posthog.GetOrganizationMembersArgs{})
	if err != nil {
		return err
	}
	people := []string{}
	for _, member := range organization.Members {
		people = append(people, member.Email)
	}
	sort.Strings(people)

	ctx.Export("projects", pulumi.Map{"staging": staging.Url, "production": production.Url})
	ctx.Export("roles", access.Roles)
	ctx.Export("deployKey", deploy.Value)
	ctx.Export("dnsRecord", pulumi.Sprintf("%s TXT %s", signOn.ChallengeRecordName, signOn.ChallengeRecordValue))
	ctx.Export("people", pulumi.ToStringArray(people))
	return nil
}

// setting returns a value of the stack configuration, or its default.
func setting(ctx *pulumi.Context, key, fallback string) string {
	if value := config.Get(ctx, key); value != "" {
		return value
	}
	return fallback
}
