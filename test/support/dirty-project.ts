/** A project that is built again and again with `--dirty`. */
import fs from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { krait } from './krait.js'
import { tempDirectory } from './system.js'
import { unpack } from './unpack.js'

/** Writes a file with its directories. */
export function write(file: string, text: string): string {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
  return file
}

/** Replaces a text that must be there. */
export function edit(file: string, from: string, to: string): void {
  const text = fs.readFileSync(file, 'utf8')
  expect(text).toContain(from)
  fs.writeFileSync(file, text.replace(from, to))
}

/** Compiles text files into `made/`, as make would, and installs them. */
export const recipe = `package: {name: demo, version: "1"}
source:
  - path: ../src
    patches: [first.patch]
requirements:
  host: [dep]
build:
  script:
    env: {MODE: plain}
    secrets: [MY_TOKEN]
    content:
      - 'for f in *.txt; do [ made/$f -nt $f ] || { mkdir -p made; tr a-z A-Z < $f > made/$f; echo "made $f"; }; done'
      - mkdir -p $PREFIX/share
      - 'for f in *.txt; do cp made/$f $PREFIX/share/$f; done'
      - echo "$MODE \${#MY_TOKEN} \${flavour}" > $PREFIX/share/mode
      - cp $PREFIX/etc/dep $PREFIX/share/dep
      - test ! -e ../../../fail
about: {summary: A demo}
tests:
  - script: [test -f $PREFIX/share/mode]
`

const firstPatch = `--- a/a.txt
+++ b/a.txt
@@ -1,3 +1,3 @@
 one
-two
+zwei
 three
`

/** Directories and environment of a test. */
export interface Project {
  readonly root: string
  readonly recipe: string
  readonly env: Record<string, string>
}

/** Two sources with a patch, and a channel with one dependency. */
export async function makeProject(text = recipe): Promise<Project> {
  const root = tempDirectory()
  write(path.join(root, 'src/a.txt'), 'one\ntwo\nthree\n')
  write(path.join(root, 'src/b.txt'), 'bee\n')
  write(path.join(root, 'src/c.txt'), 'sea\n')
  write(path.join(root, 'recipe/first.patch'), firstPatch)
  write(path.join(root, 'recipe/variants.yaml'), 'flavour: [plain]\n')
  const file = write(path.join(root, 'recipe/recipe.yaml'), text)
  await makeDependency(root, '1')
  const env = {
    KRAIT_CACHE_DIR: path.join(root, 'cache'),
    SOURCE_DATE_EPOCH: '1700000000',
    MY_TOKEN: 'tok-en-one',
  }
  return { root, recipe: file, env }
}

/** Adds a version of the dependency to the channel. */
export async function makeDependency(
  root: string,
  version: string,
  more: readonly string[] = [],
): Promise<void> {
  const script = ['mkdir -p $PREFIX/etc', `echo dep ${version} > $PREFIX/etc/dep`, ...more]
  const text = `package: {name: dep, version: "${version}"}\nbuild: {script: ${JSON.stringify(script)}}\n`
  const file = write(path.join(root, 'dep/recipe.yaml'), text)
  const { code } = await krait(['build', file, '--output-dir', path.join(root, 'channel')], {
    env: { KRAIT_CACHE_DIR: path.join(root, 'cache') },
  })
  expect(code).toBe(0)
}

/** The call that builds into a directory of the project. */
export function flagsOf({ root, recipe: file }: Project, output: string): string[] {
  const channel = path.join(root, 'channel')
  return ['build', file, '--output-dir', path.join(root, output), '-c', channel, '--experimental']
}

/** What a build did. */
export interface Outcome {
  readonly code: number | null
  /** Stages that ran, in order. */
  readonly ran: readonly string[]
  readonly judged: Readonly<Record<string, string>>
  /** What the script made of the sources. */
  readonly made: readonly string[]
  readonly stderr: string
}

/** Builds, and reads from the event log what ran. */
export async function build(project: Project, extra: readonly string[] = ['--dirty']): Promise<Outcome> {
  const { env } = project
  const { code, stderr } = await krait([...flagsOf(project, 'out'), ...extra, '--log-style', 'json'], { env })
  const events = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { event: Record<string, unknown> }).event)
  const logged = readEventLog(path.join(project.root, 'out/logs'))
  if (code === 0) expect(logged.map(({ type }) => type)).toContain('output-finished')
  const source = logged.length > 0 ? logged : events
  const ran = source.filter(({ type }) => type === 'stage-started').map(({ stage }) => String(stage))
  const judgements = source.filter(({ type }) => type === 'layer-judged')
  const lines = source.filter(({ type }) => type === 'script-line').map(({ text }) => String(text))
  return {
    code,
    ran,
    judged: Object.fromEntries(
      judgements.map(({ layer, action, reason }) => [layer, `${action}: ${reason}`]),
    ),
    made: lines.filter((line) => line.startsWith('made ')).map((line) => line.slice(5)),
    stderr,
  }
}

/** The events of the newest build. */
function readEventLog(directory: string): readonly Record<string, unknown>[] {
  const files = fs
    .readdirSync(directory)
    .filter((name) => name.startsWith('demo-') && name.endsWith('.events.jsonl'))
  const newest = files
    .map((name) => path.join(directory, name))
    .sort((left, right) => fs.statSync(right).mtimeMs - fs.statSync(left).mtimeMs)[0]
  if (newest === undefined) return []
  const lines = fs.readFileSync(newest, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Everything in a package but the mark of dirty builds and what names the command line. */
function contentOf(directory: string): Record<string, string> {
  const [file = ''] = fs.readdirSync(directory).filter((name) => name.endsWith('.conda'))
  const root = unpack(path.join(directory, file))
  const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(
    files.sort().map((name) => {
      const text = fs.readFileSync(name, 'latin1')
      const isAbout = name.endsWith('info/about.json')
      if (isAbout)
        expect((JSON.parse(text) as { extra?: { dirty?: unknown } }).extra?.dirty ?? 'clean').toBe(
          mark(directory),
        )
      const rest = isAbout ? JSON.stringify({ ...(JSON.parse(text) as object), extra: undefined }) : text
      return [path.relative(root, name), rest.replaceAll(/\/out(?:-clean)?\/bld\/[^"\s/]+/g, '/BLD')]
    }),
  )
}

function mark(directory: string): unknown {
  return directory.includes('/dirty/') ? true : 'clean'
}

/** Whether a build from nothing gives the same package. */
export async function expectLikeClean(project: Project): Promise<void> {
  fs.rmSync(path.join(project.root, 'out-clean'), { recursive: true, force: true })
  const { code } = await krait(flagsOf(project, 'out-clean'), { env: project.env })
  expect(code).toBe(0)
  const clean = contentOf(path.join(project.root, 'out-clean/linux-64'))
  const dirtyDirectory = path.join(project.root, 'out/dirty/linux-64')
  const dirty = contentOf(dirtyDirectory)
  expect(Object.keys(dirty)).toEqual(Object.keys(clean))
  expect(dirty).toEqual(clean)
  expect(fs.existsSync(path.join(project.root, 'out/linux-64'))).toBe(false)
}

/** Where the one build of the project has its host prefix. */
export function hostPrefixOf({ root }: Project): string {
  const bld = path.join(root, 'out/bld')
  const [name = ''] = fs
    .readdirSync(bld)
    .filter((entry) => entry.startsWith('demo-') && !entry.endsWith('.lock'))
  const host = fs.readdirSync(path.join(bld, name)).find((entry) => entry.startsWith('host_env')) ?? ''
  return path.join(bld, name, host)
}
