import type { Backend } from "../server/backend";
import type { ActivityRow, Organization, Project, User } from "../store/entities";

const DAY_MS = 86_400_000;
const UNIT_DAYS: Readonly<Record<string, number>> = { day: 1, month: 30, year: 365 };
const FALLBACK_DAYS = 60;

/**
 * The rows of an organization's log, or of one of its projects', that a person may see, oldest first. Rows
 * that belong to no project show in a project's log only where the project, or on old servers the request, asks for them.
 */
export function visibleActivity(
  { store }: Backend,
  viewer: User,
  organization: Organization,
  project?: Project,
  isAsked = false,
): ActivityRow[] {
  const since = retentionStart(store.now(), organization);
  const wantsAll = isAsked || project?.settings.receive_org_level_activity_logs === true;
  return store.activity
    .all()
    .filter(({ team_id, organization_id }) =>
      project === undefined || (wantsAll && team_id === null)
        ? organization_id === organization.id
        : team_id === project.id,
    )
    .filter((row) => Date.parse(row.created_at) >= since && (viewer.is_staff || !isSupportSession(row)))
    .sort((left, right) => compareTexts(left.created_at, right.created_at));
}

/** Which of two texts comes first; moments as PostHog writes them sort as text. */
export function compareTexts(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

/** From when on rows are shown: as long as the plan keeps them, else for two months (PostHog: activity log). */
function retentionStart(now: Date, { available_product_features }: Organization): number {
  const feature = available_product_features.find(({ key }) => key === "audit_logs");
  if (feature === undefined) {
    return 0;
  }
  const unit = UNIT_DAYS[feature.unit?.toLowerCase().replace(/s$/, "") ?? ""];
  const days = feature.limit === null || unit === undefined ? FALLBACK_DAYS : feature.limit * unit;
  return now.getTime() - days * DAY_MS;
}

function isSupportSession({ scope, activity, was_impersonated }: ActivityRow): boolean {
  return scope === "User" && was_impersonated && ["logged_in", "logged_out"].includes(activity);
}
