/**
 * A foreign client: Debian's Neovim, headless, on the `.traj` text. No settings, no virtual documents, no pull
 * diagnostics, nothing of ours on its side.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const NVIM = process.env['NVIM_PATH'] ?? 'nvim';
let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'turnpike-nvim-')));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a user's init.lua would hold, then what the test asks. */
const script = (out: string): string => `
local function ask(bufnr, method, params)
  local answers, err = vim.lsp.buf_request_sync(bufnr, method, params, 10000)
  if answers == nil then error(method .. ': ' .. tostring(err)) end
  for _, answer in pairs(answers) do
    if answer.err then error(method .. ': ' .. vim.inspect(answer.err)) end
    return answer.result
  end
end
local ok, problem = pcall(function()
  local bufnr = vim.api.nvim_get_current_buf()
  local shown
  local id = vim.lsp.start_client({
    name = 'turnpike',
    cmd = { ${JSON.stringify(process.execPath)}, ${JSON.stringify(join(ROOT, 'dist/turnpike.cjs'))}, 'lsp', '--stdio' },
    root_dir = vim.fn.getcwd(),
    handlers = { ['window/showMessage'] = function(_, message) shown = message.message end },
  })
  assert(id, 'the client did not start')
  vim.lsp.buf_attach_client(bufnr, id)
  assert(vim.wait(10000, function() return #vim.diagnostic.get(bufnr) > 0 end, 20), 'no diagnostics within 10 s')
  local document = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
  local result = { diagnostics = vim.diagnostic.get(bufnr), lines = {} }
  for _, d in ipairs(result.diagnostics) do
    result.lines[#result.lines + 1] = vim.api.nvim_buf_get_text(bufnr, d.lnum, d.col, d.end_lnum, d.end_col, {})[1]
  end
  result.lenses = ask(bufnr, 'textDocument/codeLens', document)
  result.lensLines = {}
  for _, l in ipairs(result.lenses) do
    result.lensLines[#result.lensLines + 1] = vim.api.nvim_buf_get_lines(bufnr, l.range.start.line, l.range.start.line + 1, true)[1]
  end
  result.symbols = ask(bufnr, 'textDocument/documentSymbol', document)
  result.folds = ask(bufnr, 'textDocument/foldingRange', document)
  result.hover = ask(bufnr, 'textDocument/hover', { textDocument = document.textDocument, position = result.lenses[3].range.start })
  vim.lsp.buf_request_sync(bufnr, 'workspace/executeCommand', { command = result.lenses[3].command.command, arguments = result.lenses[3].command.arguments }, 10000)
  vim.wait(5000, function() return shown ~= nil end, 20)
  result.shown = shown
  for _, d in ipairs(result.diagnostics) do d.user_data = nil end
  local file = io.open(${JSON.stringify(out)}, 'w')
  file:write(vim.json.encode(result))
  file:close()
  vim.lsp.stop_client(id)
end)
if not ok then
  io.stderr:write(tostring(problem) .. '\\n')
  vim.cmd('cquit')
end
vim.cmd('qall!')
`;

interface Result {
  readonly diagnostics: readonly { readonly code: string; readonly source: string; readonly message: string; readonly severity: number }[];
  readonly lines: readonly string[];
  readonly lenses: readonly { readonly command: { readonly title: string } }[];
  readonly lensLines: readonly string[];
  readonly symbols: readonly { readonly name: string }[];
  readonly folds: readonly object[];
  readonly hover: { readonly contents: { readonly value: string } };
  readonly shown: string;
}

test('Neovim gets code lenses and diagnostics on the trajectory text', () => {
  const episode = join(folder, 'a.traj');
  copyFileSync(join(ROOT, 'test/fixtures/lsp/empty-patch.DERIVED.traj'), episode);
  const out = join(folder, 'out.json');
  const lua = join(folder, 'client.lua');
  writeFileSync(lua, script(out));
  const { status, stderr, error } = spawnSync(NVIM, ['--headless', '-n', '-u', 'NONE', '-i', 'NONE', episode, '-c', `luafile ${lua}`], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder },
  });
  expect(error, `Neovim can't be started (${NVIM}). Install it, or name it in NVIM_PATH.`).toBeUndefined();
  expect([status, stderr]).toEqual([0, '']);
  expect(existsSync(out)).toBe(true);
  const result = JSON.parse(readFileSync(out, 'utf8')) as Result;

  expect(result.diagnostics).toHaveLength(1);
  expect(result.diagnostics[0]).toMatchObject({
    code: 'H22',
    source: 'turnpike',
    severity: 3,
    message: expect.stringMatching(/^▲ Submitted without a modification/) as string,
  });
  expect(result.lines[0]).toMatch(/^edit 1475:1475\\n.*end_of_edit$/);

  expect(result.lenses.map((l) => l.command.title)).toEqual([
    'G-RA −0.50 · D-RA +0.30 · outcome −0.50 · masked 6 of 6 · 6 scores left out',
    ...[0.15, 0.15, 0.15, 0.15].map((r) => `+${r} → masked by outcome (−0.50 < 0.00) · 1 score left out`),
    '+0.05 → masked by outcome (−0.50 < 0.00) · 1 score left out · ▲ H22',
    '+0.15 → masked by outcome (−0.50 < 0.00) · 1 score left out · ▲ H22',
  ]);
  for (const line of result.lensLines) expect(line).toBe('    {');
  expect(result.symbols.map((s) => s.name)[2]).toBe('Turn 3 · python reproduce.py');
  expect(result.folds.length).toBeGreaterThanOrEqual(6);
  expect(result.hover.contents.value).toContain('Turn 2');
  expect(result.shown).toContain('Turn 2 · +0.15 → masked by outcome');
});
