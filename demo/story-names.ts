/** The stories by name, in the order in which people are offered them; the first is played where none is named. */
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
