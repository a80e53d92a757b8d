/** All stories. A new one is a file in `stories/`, a name in `story-names.ts`, and a line here. */
import { DRILL } from './stories/drill.ts';
import { ESCALATION } from './stories/escalation.ts';
import { INDICATION_AT_BADAU } from './stories/indication.ts';
import { PERMISSION } from './stories/permission.ts';
import { RECALL } from './stories/recall.ts';
import { REPATRIATION } from './stories/repatriation.ts';
import { STRANDED } from './stories/stranded.ts';
import type { Story } from './story.ts';
import type { StoryName } from './story-names.ts';

export const STORIES: Readonly<Record<StoryName, Story>> = {
  stranded: STRANDED,
  indication: INDICATION_AT_BADAU,
  repatriation: REPATRIATION,
  permission: PERMISSION,
  recall: RECALL,
  escalation: ESCALATION,
  drill: DRILL,
};
