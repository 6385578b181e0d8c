/**
 * Who may import whom. The data takes one road (episode → reward, hack → engine → language, command line): nothing
 * downstream is known upstream, a stage is entered through its index, and each heavy package has one home.
 */

/** Packages that belong to one folder. */
const HOMES = [
  ['vscode', 'extension/'],
  ['vscode-languageclient', 'extension/'],
  ['vscode-languageserver', 'server/language/ and server/main.ts'],
  ['@vscode/debugadapter', 'server/debug/'],
  ['dockerode', 'server/replay/'],
  ['onnxruntime-node', 'server/model/'],
];

/** What each stage may know, by its index. */
const STAGES = {
  episode: [],
  replay: ['episode'],
  model: ['episode'],
  reward: ['episode', 'replay'],
  hack: ['episode', 'replay', 'reward'],
  label: ['episode', 'replay', 'reward', 'hack'],
  evaluate: ['episode', 'replay', 'reward', 'hack', 'label'],
  protocol: ['episode', 'replay', 'reward', 'hack', 'label', 'evaluate'],
  engine: ['episode', 'replay', 'model', 'reward', 'hack', 'label', 'evaluate', 'protocol'],
  debug: ['episode', 'replay', 'model', 'reward', 'hack', 'label', 'evaluate', 'protocol', 'engine'],
  language: ['episode', 'replay', 'model', 'reward', 'hack', 'label', 'evaluate', 'protocol', 'engine'],
  cli: ['episode', 'replay', 'model', 'reward', 'hack', 'label', 'evaluate', 'protocol', 'engine'],
};
const PURE = ['episode', 'reward', 'hack', 'label', 'evaluate', 'protocol'];
const NAMES = Object.keys(STAGES);

const escape = (name) => name.replaceAll('/', '\\/');
const packagePatterns = (own) =>
  HOMES.filter(([name]) => !own.includes(name)).map(([name, home]) => ({
    regex: `^${escape(name)}($|/)`,
    message: `Only ${home} imports ${name}.`,
  }));

const downstream = {
  regex: '(^|/)(extension|webview|test|tools)/',
  message: 'The server knows neither the extension nor the page nor the tests.',
};
/** Pure stages know the plain data of a replay, not what makes it. */
const factsOnly = {
  regex: '^(\\.\\./)+(server/)?replay(?!/types$)(/|$)',
  message: 'Of the replay a pure stage knows its facts only: replay/types.',
};
const throughIndex = (stages) => ({
  regex: `^(\\.\\./)+(server/)?(${stages.join('|')})/(?!index$).`,
  message: 'Import another stage through its index.',
});
const noBuiltins = {
  regex: '^(node:(?!crypto$)|(fs|path|os|child_process|worker_threads|http|https|net|url|stream|process)($|/))',
  message: 'This stage is pure: bytes and texts are handed to it. All I/O is in server/engine/.',
};

const rule = (patterns) => ({
  'no-restricted-imports': ['error', { patterns }],
  'no-restricted-syntax': [
    'error',
    ...patterns.map(({ regex, message }) => ({
      selector: `ImportExpression[source.value=/${regex.replaceAll(/(?<!\\)\//g, '\\/')}/]`,
      message,
    })),
  ],
});

/** No reserved package at all, for files without walls of their own. */
export const packageWalls = (files) => ({ files: [files], rules: rule(packagePatterns([])) });

export const walls = [
  {
    files: ['extension/**/*.ts'],
    rules: rule([
      ...packagePatterns(['vscode', 'vscode-languageclient']),
      { regex: '^(\\.\\./)+server/(?!protocol(/|$))', message: 'The extension knows the server by its protocol only.' },
      { regex: '^(\\.\\./)+webview/', message: 'The extension loads the page as a bundle.' },
    ]),
  },
  {
    files: ['webview/**/*.{ts,tsx}'],
    rules: rule([
      ...packagePatterns([]),
      {
        regex: '^(\\.\\./)+server/(?!(protocol(/index)?|reward/(arithmetic(/[^/]+)*|types))$)',
        message: 'The page knows the protocol and the pure arithmetic of the rewards, nothing else of the server.',
      },
      { regex: '^(\\.\\./)+extension/', message: 'The page does not know the extension.' },
      { regex: '^node:', message: 'The page runs in a browser.' },
    ]),
  },
  // The extension's own small pages run in a browser too.
  {
    files: ['extension/pages/**/*.{ts,tsx}'],
    rules: rule([
      ...packagePatterns([]),
      { regex: '^(\\.\\./)+server/(?!protocol(/|$))', message: 'The page knows the protocol only.' },
      { regex: '^node:', message: 'The page runs in a browser.' },
    ]),
  },
  { files: ['server/main.ts'], rules: rule([...packagePatterns(['vscode-languageserver']), downstream]) },
  // Tests may look inside; the editor's own modules don't exist where they run.
  { files: ['test/**/*.{ts,tsx}'], rules: rule(packagePatterns(['vscode-languageserver', 'vscode-languageclient'])) },
];

export const stageWalls = NAMES.map((name) => {
  const unknown = NAMES.filter((other) => other !== name && !STAGES[name].includes(other));
  const own =
    { debug: ['@vscode/debugadapter'], replay: ['dockerode'], model: ['onnxruntime-node'], language: ['vscode-languageserver'] }[name] ??
    [];
  const patterns = [...packagePatterns(own), downstream];
  const faced = STAGES[name].filter((stage) => !(stage === 'replay' && PURE.includes(name)));
  if (faced.length > 0) patterns.push(throughIndex(faced));
  if (faced.length < STAGES[name].length) patterns.push(factsOnly);
  if (unknown.length > 0) {
    patterns.push({
      regex: `^(\\.\\./)+(server/)?(${unknown.join('|')})(/|$)`,
      message: `server/${name}/ may know ${STAGES[name].length > 0 ? STAGES[name].join(', ') : 'no other stage'}: nothing downstream is known upstream.`,
    });
  }
  if (PURE.includes(name)) patterns.push(noBuiltins);
  return { files: [`server/${name}/**/*.ts`], rules: rule(patterns) };
});
