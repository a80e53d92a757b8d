/** The stories by name, in the order of the help text; the first is the default. */
export const STORY_NAMES = [
  'stranded',
  'indication',
  'repatriation',
  'permission',
  'recall',
  'escalation',
  'drill',
] as const;
export type StoryName = (typeof STORY_NAMES)[number];
