/** An episode in the layout of SWE-agent 0.7 with as many turns as wanted. */
export function generate(turns: number, exitStatus: string | null = 'submitted'): string {
  const step = (i: number): object => ({
    action: `echo ${i}\n`,
    observation: `observation ${i}`,
    response: `thought ${i}\n\`\`\`\necho ${i}\n\`\`\``,
    state: '{"open_file": "n/a", "working_dir": "/repo"}\n',
    thought: `thought ${i}`,
    execution_time: 0.25,
  });
  const messages = Array.from({ length: turns }, (_, i) => [
    { role: 'assistant', content: `thought ${i}\necho ${i}`, thought: `thought ${i}`, action: `echo ${i}`, agent: 'primary' },
    { role: 'user', content: `observation ${i}`, agent: 'primary' },
  ]).flat();
  return JSON.stringify(
    {
      environment: 'swe_main',
      trajectory: Array.from({ length: turns }, (_, i) => step(i)),
      history: [{ role: 'system', content: 'system', agent: 'primary' }, { role: 'user', content: 'task', agent: 'primary' }, ...messages],
      info: { exit_status: exitStatus, submission: exitStatus === null ? null : '', model_stats: { instance_cost: 0 } },
    },
    null,
    2,
  );
}
