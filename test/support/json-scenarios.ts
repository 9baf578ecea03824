/** Calls of every command that prints JSON, on real recipes, builds and channels. */
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { write } from './dirty-project.js'
import { commitAll, publish, serveGit } from './git-server.js'
import type { PrintedJson } from './json-output.js'
import { krait } from './krait.js'
import { serveDirectory } from './serve-directory.js'

interface Scenario {
  /** What its calls print, by name of the file in docs/schemas. */
  readonly documents: readonly string[]
  /** @param root a directory of its own; the caches of all calls are in `cache` */
  readonly run: (json: PrintedJson, root: string) => Promise<void>
}

export const jsonScenarios: Readonly<Record<string, Scenario>> = {
  'of recipes': {
    documents: ['matrix', 'dag', 'explain', 'env-show', 'env-diff', 'diff-variants', 'bump-recipe'],
    run: printOfRecipes,
  },
  'of builds': {
    documents: ['event-log', 'builds', 'why', 'explain', 'env-show', 'diff', 'rebuild'],
    run: printOfBuilds,
  },
  'of packages': {
    documents: [
      ...['package-inspect', 'package-extract', 'package-check', 'package-diff'],
      ...['env-create', 'env-list', 'cache-list', 'cache-clean', 'cache-verify'],
    ],
    run: printOfPackages,
  },
  'of channels': {
    documents: ['publish', 'promote', 'channel-index', 'channel-check', 'channel-remove'],
    run: printOfChannels,
  },
  'of sources': { documents: ['fetch', 'source-cache-list', 'source-cache-clean'], run: printOfSources },
  'of directories that are kept': {
    documents: ['dirty-explain', 'debug-setup', 'debug-workdir', 'debug-add', 'debug-create-patch'],
    run: printOfDirectories,
  },
}

async function printOfRecipes({ print }: PrintedJson): Promise<void> {
  const report = 'recipes/report'
  await print('matrix', ['matrix', report])
  await print('dag', ['dag', 'recipes/greeter', report])
  await print('explain', ['explain', 'hash', report])
  await print('explain', ['explain', 'tone', report])
  await print('explain', ['explain', 'build.script', report, '--output', 'report-0.3-calm'])
  await print('explain', ['explain', 'requirements.run[0]', report])
  await print('env-show', ['env', 'show', report])
  await print('env-show', ['env', 'show', report, '--stage', 'test', '--output', 'report-0.3-calm'])
  await print('env-diff', ['env', 'diff', 'build', 'shell', report])
  await print('env-diff', ['env', 'diff', 'build', 'test', report, '--output', 'report-0.3-calm'])
  await print('diff-variants', ['diff', 'report-0.3-calm', 'report-0.3-loud', report])
  await print('bump-recipe', ['bump-recipe', 'recipes/greeter', '--version', '2.0', '--dry-run'])
}

async function printOfBuilds({ print, judge }: PrintedJson, root: string): Promise<void> {
  const output = path.join(root, 'output')
  const flags = ['--output-dir', output]
  const broken = recipeIn(root, 'broken', 'build: {script: exit 3}\n')
  await krait(['build', 'recipes/greeter', 'recipes/report', broken, '--keep-going', ...flags])
  const builds = await print('builds', ['builds', ...flags])
  expect(builds).toEqual(expect.arrayContaining([expect.objectContaining({ status: 'failed' })]))
  const logs = path.join(output, 'logs')
  const lines = readdirSync(logs)
    .filter((name) => name.endsWith('.events.jsonl'))
    .flatMap((name) => readFileSync(path.join(logs, name), 'utf8').trimEnd().split('\n'))
  expect(lines.length).toBeGreaterThan(50)
  for (const line of lines) judge('event-log', JSON.parse(line))
  const { stdout } = await krait(['log', 'libgreet', '--json', ...flags])
  for (const line of stdout.trimEnd().split('\n')) judge('event-log', JSON.parse(line))
  await print('why', ['why', 'libgreet', 'recipes/greeter', ...flags])
  const greeter = ['recipes/greeter', '--output', 'greeter', ...flags]
  await print('explain', ['explain', 'env.PREFIX', 'recipes/greeter', ...flags])
  expect(await print('explain', ['explain', 'run.libgreet', ...greeter])).not.toBeInstanceOf(Array)
  // Only one of the outputs has it; what is printed is a list all the same.
  expect(await print('explain', ['explain', 'run.libgreet', 'recipes/greeter', ...flags])).toHaveLength(1)
  await print('env-show', ['env', 'show', ...greeter, '--with-solve'])
  await print('diff', ['diff', 'report-0.3-calm', 'report-0.3-loud', ...flags])
  await print('rebuild', ['rebuild', packageIn(output, 'libgreet'), ...flags])
  const other = recipeIn(root, 'other', 'build: {script: "cp /proc/sys/kernel/random/uuid $PREFIX/now"}\n')
  await krait(['build', other, ...flags])
  const rebuilt = await print('rebuild', ['rebuild', packageIn(output, 'other'), ...flags])
  expect(rebuilt).toMatchObject({ isIdentical: false })
}

async function printOfPackages({ print }: PrintedJson, root: string): Promise<void> {
  const output = path.join(root, 'output')
  await krait(['build', 'recipes/greeter', '--output-dir', output])
  const [library, program] = [packageIn(output, 'libgreet'), packageIn(output, 'greeter')]
  await print('package-inspect', ['package', 'inspect', program])
  await print('package-inspect', ['package', 'inspect', library, '--all', '--binaries'])
  await print('package-extract', ['package', 'extract', library, '-d', path.join(root, 'unpacked')])
  await print('package-check', ['package', 'check', library])
  await print('package-diff', ['package', 'diff', library, program])
  const prefix = ['-p', path.join(root, 'env')]
  const create = ['env', 'create', ...prefix, '-c', output]
  await print('env-create', [...create, 'greeter', '--dry-run'])
  await print('env-create', [...create, 'greeter'])
  await print('env-list', ['env', 'list', ...prefix])
  await print('env-create', [...create, 'libgreet'])
  const cached = path.join(root, 'cache/pkgs/v1')
  await print('cache-list', ['cache', 'list'])
  await print('cache-verify', ['cache', 'verify'])
  const entry = readdirSync(cached).find((name) => name.startsWith('greeter-')) ?? ''
  appendFileSync(path.join(cached, entry, 'bin/greeter'), 'damage')
  const verified = await print('cache-verify', ['cache', 'verify'])
  expect(verified).toMatchObject({ damaged: [entry] })
  await print('cache-clean', ['cache', 'clean', '--all', '--dry-run'])
  const cleaned = await print('cache-clean', ['cache', 'clean', '--all'])
  expect(cleaned).toMatchObject({ removed: expect.arrayContaining([expect.anything()]) })
}

async function printOfChannels({ print }: PrintedJson, root: string): Promise<void> {
  const channel = path.join(root, 'channel')
  const recipe = recipeIn(root, 'demo', 'build: {script: "echo 1 > $PREFIX/demo"}\n')
  const output = path.join(root, 'output')
  await print('publish', ['publish', recipe, '--to', channel, '--label', 'dev', '--output-dir', output])
  await print('publish', ['publish', packageIn(output, 'demo'), '--to', channel])
  await print('promote', ['promote', 'demo', 'dev->next', '--to', channel])
  await print('channel-check', ['channel', 'check', channel])
  write(path.join(channel, 'linux-64/broken-1-0.conda'), 'no package')
  await print('channel-check', ['channel', 'check', channel])
  const indexed = await print('channel-index', ['channel', 'index', channel])
  expect(indexed).toMatchObject({
    subdirs: expect.arrayContaining([expect.objectContaining({ records: 1 })]),
  })
  rmSync(path.join(channel, 'linux-64/broken-1-0.conda'))
  await print('channel-remove', ['channel', 'remove', channel, 'demo'])
}

async function printOfSources({ print }: PrintedJson, root: string): Promise<void> {
  write(path.join(root, 'repos/main/file.txt'), 'first\n')
  commitAll(path.join(root, 'repos/main'), 'first')
  publish(path.join(root, 'repos/main'))
  write(path.join(root, 'files/data.txt'), 'data\n')
  const [server, files] = [
    await serveGit(path.join(root, 'repos')),
    await serveDirectory(path.join(root, 'files')),
  ]
  write(path.join(root, 'own/own.txt'), 'own\n')
  const sources = [`git: ${server.url}/main.git`, `url: ${files.url}/data.txt`, 'path: ../own']
  const recipe = recipeIn(root, 'demo', `source:\n${sources.map((source) => `  - ${source}\n`).join('')}`)
  const flags = ['--output-dir', path.join(root, 'output')]
  const fetched = await print('fetch', ['fetch', recipe, ...flags])
  expect(fetched).toHaveLength(3)
  await print('source-cache-list', ['source', 'cache', 'list', ...flags])
  await print('source-cache-clean', ['source', 'cache', 'clean', '--dry-run', ...flags])
  const cleaned = await print('source-cache-clean', ['source', 'cache', 'clean', ...flags])
  expect(cleaned).toMatchObject({ dryRun: false, removed: [{ kind: 'url' }, { kind: 'git' }] })
}

async function printOfDirectories({ print }: PrintedJson, root: string): Promise<void> {
  const output = path.join(root, 'output')
  const tool = recipeIn(root, 'tool', 'build: {script: "echo 1 > $PREFIX/tool"}\n')
  await krait(['build', tool, '--output-dir', output])
  write(path.join(root, 'src/text.txt'), 'one\n')
  const more = 'source: {path: ../src}\nbuild: {script: "cp text.txt $PREFIX/"}\n'
  const flags = ['--output-dir', output]
  const recipe = recipeIn(root, 'demo', more)
  await print('dirty-explain', ['build', recipe, '--dirty-explain', ...flags])
  await krait(['build', recipe, '--dirty', ...flags])
  write(path.join(root, 'src/text.txt'), 'two\n')
  await print('dirty-explain', ['build', recipe, '--dirty-explain', ...flags])
  const setup = await print('debug-setup', ['debug', 'setup', recipe, ...flags])
  await print('debug-workdir', ['debug', 'workdir', ...flags])
  await print('debug-add', ['debug', 'host-add', 'tool', ...flags])
  await print('debug-add', ['debug', 'build-add', 'tool', ...flags])
  await print('debug-create-patch', ['debug', 'create-patch', '--dry-run', ...flags])
  write(path.join((setup as { work: string }).work, 'text.txt'), 'drei – ü\n')
  const patches = await print('debug-create-patch', ['debug', 'create-patch', ...flags])
  expect(patches).toMatchObject([{ text: expect.stringContaining('+drei – ü\n') }])
}

/** @returns its directory */
function recipeIn(root: string, name: string, more: string): string {
  write(path.join(root, name, 'recipe.yaml'), `package: {name: ${name}, version: "1"}\n${more}`)
  return path.join(root, name)
}

function packageIn(output: string, name: string): string {
  const subdir = path.join(output, 'linux-64')
  const file = readdirSync(subdir).find((entry) => entry.startsWith(`${name}-`) && entry.endsWith('.conda'))
  return path.join(subdir, file ?? `no package of ${name}`)
}
