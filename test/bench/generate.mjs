/**
 * Makes large episodes by rule. The texts are made up; the layout, the writing (two spaces, non-ASCII escaped), the sizes of
 * thoughts and observations, and the mix of tools follow what SWE-agent 1.1.0 and 0.7 write.
 *
 *   node test/bench/generate.mjs 1.1 OUT.traj [MEGABYTES]      with `query`: every step repeats all messages before it
 *   node test/bench/generate.mjs 0.7 OUT.traj [TURNS]          without
 */
import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/** mulberry32: the same file on every machine. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS =
  'the test field value returns when serialized a timedelta precision rounds down instead of nearest module import fixture expected result parser config option default handler session request queryset filter migration schema index offset encode decode buffer stream cache'.split(
    ' ',
  );
const NAMES =
  'fields schema utils base validate exceptions decorators orderedset models query compiler response request session adapters parser lexer writer'.split(
    ' ',
  );

function writer(next) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  const words = (count) => Array.from({ length: count }, () => pick(WORDS)).join(' ');
  const path = () => `/testbed/src/${pick(NAMES)}/${pick(NAMES)}.py`;
  const codeLine = () =>
    pick([
      () => `    def ${pick(NAMES)}_${pick(WORDS)}(self, ${pick(WORDS)}, *, ${pick(WORDS)}=None):`,
      () => `        """${words(9)}. “${pick(WORDS)}” – naïve café."""`,
      () => `        if ${pick(WORDS)} is None and self.${pick(WORDS)} != "${pick(WORDS)}":`,
      () => `            raise ValueError(f'${words(4)}: {${pick(WORDS)}!r}\\n')`,
      () => `        return self.${pick(NAMES)}.${pick(WORDS)}(${pick(WORDS)}, ${Math.floor(next() * 1000)})`,
      () => `        # ${words(8)}`,
      () => '',
    ])();
  const code = (size) => {
    let text = '';
    for (let line = 1; text.length < size; line++) text += `${line}\t${codeLine()}\n`;
    return text;
  };
  const testRun = (size) => {
    let text = '============================= test session starts ==============================\ncollected 128 items\n\n';
    while (text.length < size)
      text += `tests/test_${pick(NAMES)}.py::test_${pick(WORDS)}_${pick(WORDS)} \u001b[32mPASSED\u001b[0m [ ${Math.floor(next() * 100)}%]\n`;
    return `${text}============================== 128 passed in 2.31s ==============================\n`;
  };
  return { next, pick, words, path, code, testRun };
}

/** One thought, action and observation, with the tool that the action calls. */
function step(write, size) {
  const { next, pick, words, path, code, testRun } = write;
  const long = size * (0.4 + 1.2 * next());
  const thought = `Let me look at how ${words(6)}. ${words(22)}. I will ${words(12)}.`;
  const dice = next();
  const file = path();
  if (dice < 0.35) {
    const from = Math.floor(next() * 900);
    return {
      thought,
      tool: 'str_replace_editor',
      args: { command: 'view', path: file, view_range: [from, from + 60] },
      action: `str_replace_editor view ${file}  --view_range ${from} ${from + 60}`,
      observation: `Here's the result of running \`cat -n\` on ${file}:\n${code(long)}`,
    };
  }
  if (dice < 0.55) {
    const command = `cd /testbed && grep -rn "${pick(WORDS)}_${pick(WORDS)}" --include=*.py . | head -40`;
    let hits = '';
    while (hits.length < long) hits += `./src/${pick(NAMES)}/${pick(NAMES)}.py:${Math.floor(next() * 2000)}:        ${words(7)}\n`;
    return { thought, tool: 'bash', args: { command }, action: command, observation: hits };
  }
  if (dice < 0.75) {
    const old = `        return ${pick(WORDS)}(${pick(WORDS)})`;
    return {
      thought,
      tool: 'str_replace_editor',
      args: { command: 'str_replace', path: file, old_str: old, new_str: `${old}  # ${words(4)}` },
      action: `str_replace_editor str_replace ${file} --old_str '${old}' --new_str '${old}  # ${words(4)}'`,
      observation:
        dice < 0.73
          ? `The file ${file} has been edited. Here's the result of running \`cat -n\` on a snippet of ${file}:\n${code(long)}Review the changes and make sure they are as expected.`
          : `No replacement was performed, old_str \`${old}\` did not appear verbatim in ${file}.`,
    };
  }
  if (dice < 0.95) {
    const command = `cd /testbed && python -m pytest -q tests/test_${pick(NAMES)}.py`;
    return { thought, tool: 'bash', args: { command }, action: command, observation: testRun(long) };
  }
  const command = `cd /testbed && python reproduce_${pick(NAMES)}.py`;
  return {
    thought,
    tool: 'bash',
    args: { command },
    action: command,
    observation: `Traceback (most recent call last):\n${Array.from({ length: Math.ceil(long / 130) }, () => `  File "${path()}", line ${Math.floor(next() * 900)}, in ${pick(NAMES)}\n    ${words(6)}`).join('\n')}\nValueError: ${words(6)}\n`,
  };
}

const PATCH = `diff --git a/src/fields/base.py b/src/fields/base.py
index 076c9e9..20da7b1 100644
--- a/src/fields/base.py
+++ b/src/fields/base.py
@@ -1474,7 +1474,7 @@ class TimeDelta(Field):
         if value is None:
             return None
         base_unit = timedelta(**{self.precision: 1})
-        return int(value.total_seconds() / base_unit.total_seconds())
+        return round(value.total_seconds() / base_unit.total_seconds())
`;

/** JSON as Python's json.dumps(…, indent=2) writes it, its lines after the first indented by `depth`. */
const dump = (value, depth) =>
  JSON.stringify(value, null, 2)
    .replaceAll('\n', `\n${' '.repeat(depth)}`)
    .replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

class File {
  constructor(path) {
    mkdirSync(dirname(path), { recursive: true });
    this.fd = openSync(path, 'w');
    this.bytes = 0;
    this.held = [];
    this.heldBytes = 0;
  }
  /** All text is ASCII: a character is a byte. */
  write(text) {
    this.held.push(text);
    this.heldBytes += text.length;
    this.bytes += text.length;
    if (this.heldBytes > 4_000_000) this.flush();
  }
  flush() {
    writeSync(this.fd, this.held.join(''), null, 'latin1');
    this.held = [];
    this.heldBytes = 0;
  }
  close() {
    this.flush();
    closeSync(this.fd);
  }
}

const info = (extra) => ({
  exit_status: 'submitted',
  submission: PATCH,
  edited_files30: 'Empty. No edited files found.',
  edited_files50: 'Empty. No edited files found.',
  edited_files70: 'Empty. No edited files found.',
  model_stats: { instance_cost: 2.71, tokens_sent: 4123456, tokens_received: 34567, api_calls: 221 },
  ...extra,
});

/** SWE-agent 1.1.0 until `megabytes` (10⁶ bytes) are full: about 220 turns at 100. */
export function generate11(path, megabytes = 100) {
  const write = writer(random(20251125));
  const file = new File(path);
  const statement = Array.from({ length: 12 }, () => write.words(30)).join('\n\n');
  const messages = [];
  const history = [];
  const say = (message) => {
    history.push(message);
    messages.push(`        ${dump(message, 8)}`);
  };
  say({
    role: 'system',
    content: `You are a helpful assistant that can interact with a computer to solve tasks.\n${write.words(300)}`,
    agent: 'main',
    message_type: 'system_prompt',
  });
  say({
    role: 'user',
    content: [
      {
        type: 'text',
        text: `<uploaded_files>\n/testbed\n</uploaded_files>\n<pr_description>\n${statement}\n</pr_description>\n${write.words(250)}`,
      },
    ],
    agent: 'main',
    message_type: 'observation',
  });
  file.write('{\n  "trajectory": [\n');
  const state = { working_dir: '/testbed', open_file: 'n/a' };
  let turns = 0;
  let historyBytes = 0;
  const add = ({ thought, tool, args, action, observation }, last) => {
    const id = `call_${turns.toString(36).padStart(22, 'x')}`;
    const seconds = Math.round(write.next() * 4e15) / 1e15 + 0.05;
    const head = dump({ action, observation, response: thought, thought, execution_time: seconds, state }, 4);
    file.write(
      `    ${head.slice(0, -'\n    }'.length)},\n      "query": [\n${messages.join(',\n')}\n      ],\n      "extra_info": {}\n    }${last ? '\n' : ',\n'}`,
    );
    say({
      role: 'assistant',
      content: thought,
      thought,
      action,
      agent: 'main',
      tool_calls: [{ function: { arguments: JSON.stringify(args), name: tool }, id, type: 'function' }],
      message_type: 'action',
      thinking_blocks: null,
    });
    say({
      role: 'tool',
      content: [{ type: 'text', text: `OBSERVATION:\n${observation}` }],
      agent: 'main',
      message_type: 'observation',
      tool_call_ids: [id],
    });
    historyBytes = messages.reduce((sum, text) => sum + text.length, 0);
    turns++;
  };
  while (file.bytes + 2 * historyBytes < megabytes * 1e6) add(step(write, 3000), false);
  add(
    { thought: 'The fix is in place and the tests pass. I submit.', tool: 'submit', args: {}, action: 'submit', observation: PATCH },
    true,
  );
  const replay = JSON.stringify({
    env: {
      deployment: { type: 'docker', image: 'made-up:latest' },
      repo: { type: 'preexisting', repo_name: 'testbed', base_commit: 'HEAD' },
    },
    problem_statement: { type: 'text', text: statement, id: 'made__up-1' },
  });
  file.write(
    `  ],\n  "history": ${dump(history, 2)},\n  "info": ${dump(info({ swe_agent_version: '1.1.0', swe_agent_hash: 'unavailable', swe_rex_version: '1.4.0', swe_rex_hash: 'unavailable' }), 2)},\n  "replay_config": ${dump(replay, 2)},\n  "environment": "made__up-1"\n}`,
  );
  file.close();
  return { turns, bytes: file.bytes };
}

/** SWE-agent 0.7 with `turns` turns of about a kilobyte. */
export function generate07(path, turns = 10_000) {
  const write = writer(random(20240924));
  const file = new File(path);
  const history = [
    {
      role: 'system',
      content: `SETTING: You are an autonomous programmer, and you're working directly in the command line.\n${write.words(200)}`,
      agent: 'primary',
    },
    {
      role: 'user',
      content: `We're currently solving the following issue within our repository. Here's the issue text:\nISSUE:\n${write.words(200)}\n\nINSTRUCTIONS:\n${write.words(100)}\n(Open file: n/a)\n(Current directory: /testbed)\nbash-$`,
      agent: 'primary',
    },
  ];
  file.write('{\n  "environment": "swe_main",\n  "trajectory": [\n');
  for (let i = 0; i < turns; i++) {
    const last = i === turns - 1;
    const { thought, action, observation } = last ? { thought: 'I submit.', action: 'submit', observation: PATCH } : step(write, 600);
    const response = `${thought}\n\`\`\`\n${action}\n\`\`\``;
    const recorded = {
      action: `${action}\n`,
      observation,
      response,
      state: '{"open_file": "n/a", "working_dir": "/testbed"}\n',
      thought: `${thought}\n`,
      execution_time: last ? 0 : Math.round(write.next() * 4e12) / 1e12,
    };
    file.write(`    ${dump(recorded, 4)}${last ? '\n' : ',\n'}`);
    history.push(
      { role: 'assistant', content: response, thought: `${thought}\n`, action: `${action}\n`, agent: 'primary' },
      { role: 'user', content: `${observation}\n(Open file: n/a)\n(Current directory: /testbed)\nbash-$`, agent: 'primary' },
    );
  }
  file.write(`  ],\n  "history": [\n`);
  history.forEach((message, i) => file.write(`    ${dump(message, 4)}${i === history.length - 1 ? '\n' : ',\n'}`));
  file.write(`  ],\n  "info": ${dump(info({ summarizer: { n_calls: 0 } }), 2)}\n}`);
  file.close();
  return { turns, bytes: file.bytes };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [layout, path, amount] = process.argv.slice(2);
  if (!path || !['1.1', '0.7'].includes(layout)) {
    console.error('Usage: node test/bench/generate.mjs 1.1|0.7 OUT.traj [MEGABYTES|TURNS]');
    process.exit(64);
  }
  const { turns } =
    layout === '1.1' ? generate11(path, amount ? Number(amount) : undefined) : generate07(path, amount ? Number(amount) : undefined);
  console.log(`${path}: ${turns} turns, ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}
