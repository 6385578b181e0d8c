/** Every command, as package.json contributes it; a unit test keeps the two equal. */
export const COMMAND_IDS = [
  'turnpike.open',
  'turnpike.openSample',
  'turnpike.reopenAsText',
  'turnpike.openReadable',
  'turnpike.openInspector',
  'turnpike.goToTurn',
  'turnpike.nextTurn',
  'turnpike.previousTurn',
  'turnpike.firstFinding',
  'turnpike.nextError',
  'turnpike.nextEdit',
  'turnpike.goToSubmission',
  'turnpike.find',
  'turnpike.explainTurn',
  'turnpike.showSeen',
  'turnpike.copyTurnLink',
  'turnpike.compareFolder',
  'turnpike.setReport',
  'turnpike.editRewards',
  'turnpike.applyThreshold',
  'turnpike.checkRewards',
  'turnpike.allowModules',
  'turnpike.muteRule',
  'turnpike.unmuteRule',
  'turnpike.installTerminalCommand',
  'turnpike.doctor',
  'turnpike.restartServer',
  'turnpike.showLog',
  'turnpike.refreshEpisodes',
  'turnpike.showMoreEpisodes',
  'turnpike.openEvidence',
  'turnpike.openRaw',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];
/** Arguments come from menus, links and other extensions: a handler looks before it believes. */
export type Handler = (...args: readonly unknown[]) => unknown;
export type Handlers = Readonly<Record<CommandId, Handler>>;
