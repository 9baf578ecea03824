/**
 * Compares renderings with those of rattler-build 0.74, when the reference corpus lies beside the checkout, and computes
 * every build hash again from what `krait explain hash` says. Recipes read the environment (`env.exists("CI")`), so krait
 * gets the bare one that the reference was rendered in.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const tool = '../shared/tools/conformance.py'
const corpus = path.join(os.tmpdir(), 'krait-open-corpus')
const { PATH, HOME, TMPDIR } = process.env
const env = { PATH, HOME, TMPDIR }

if (existsSync(tool)) {
  const args = [tool, '--batch', 'node dist/main.js render-batch', '--work', corpus, ...process.argv.slice(2)]
  const status = spawnSync('python3', args, { stdio: 'inherit', env }).status ?? 1
  process.exitCode = status === 0 ? await hashAgain() : status
} else {
  console.log('conformance: the reference corpus is not here, nothing compared')
}

/** 0 when each build string of each case that renders ends as its explanation says. */
async function hashAgain() {
  const cases = readFileSync(path.join(corpus, 'cases.tsv'), 'utf8').trim().split('\n').map(toCall)
  const answers = await renderBatch(cases.filter((call) => call !== undefined))
  const explained = answers.flatMap(({ stdout }) => [JSON.parse(stdout)].flat())
  const wrong = explained.filter((explanation) => !follows(explanation))
  for (const { id } of wrong.slice(0, 10)) console.log(`WRONG HASH ${id}`)
  console.log(
    `${explained.length - wrong.length} of ${explained.length} build strings follow from explain hash`,
  )
  return wrong.length === 0 && explained.length > 0 ? 0 : 1
}

/** One line of cases.tsv as a call; nothing for the cases that must fail. */
function toCall(line, index) {
  const [feedstock, , variant, platform, cuda, expected] = line.split('\t')
  if (expected !== 'ok') return undefined
  const directory = path.join(corpus, feedstock)
  const variants = variant === '-' ? [] : ['-m', path.join(directory, 'variants', variant)]
  const target = platform === '-' ? [] : ['--target-platform', platform]
  const args = [
    'explain',
    'hash',
    path.join(directory, 'recipe/recipe.yaml'),
    '--json',
    ...variants,
    ...target,
  ]
  return { id: index, args, env: cuda === '-' ? {} : { CONDA_OVERRIDE_CUDA: cuda } }
}

function follows({ hash, prefix, number, build_string, canonical_json, template }) {
  const digest = createHash('sha1').update(canonical_json).digest('hex').slice(0, 7)
  const isSkipped = build_string === ''
  return digest === hash && (template || isSkipped || build_string === `${prefix}h${digest}_${number}`)
}

async function renderBatch(calls) {
  const child = spawn(process.execPath, ['dist/main.js', 'render-batch'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  })
  const parts = []
  child.stdout.setEncoding('utf8').on('data', (text) => parts.push(text))
  child.stdin.end(calls.map((call) => `${JSON.stringify(call)}\n`).join(''))
  await new Promise((resolve) => child.on('close', resolve))
  const answers = parts
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const failed = answers.filter(({ code }) => code !== 0)
  if (answers.length !== calls.length || failed.length > 0) {
    throw new Error(
      `${answers.length} of ${calls.length} answers, ${failed.length} failed: ${failed[0]?.stderr}`,
    )
  }
  return answers
}
