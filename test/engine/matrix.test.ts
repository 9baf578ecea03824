import { expect, test } from 'vitest'
import { findPlatform } from '../../src/conda/index.js'
import { formatGithubMatrix, formatMatrixTable, matrixJobs } from '../../src/engine/matrix.js'
import { planRecipes } from '../../src/engine/plan-recipes.js'
import { explainSubjects } from '../support/explain-subjects.js'

const linux = findPlatform('linux-64')

function jobs(recipe: string, variants?: string) {
  if (linux === undefined) throw new Error('no platform')
  const subjects = explainSubjects({ recipe, ...(variants !== undefined && { variants }) })
  const files = subjects.map(({ output, recipe: loaded, options }) => ({
    file: { path: '/r/recipe.yaml', directory: '/r', shown: 'recipe.yaml', text: recipe },
    outputs: [output],
    loaded,
    options,
  }))
  const packaging = { format: 'tar.bz2', level: 9, threads: 1 } as const
  const plan = {
    outputDirectory: '/o',
    buildPlatform: linux,
    hostPlatform: linux,
    timestampSeconds: 0,
    packaging,
    withBuildId: false,
  }
  const channels = { given: [], defaults: [], baseDirectory: '/', homeDirectory: '/' }
  return matrixJobs(planRecipes(files, { plan, channels }, 0))
}

const recipe = 'package: {name: Demo, version: "1.0"}\nabout: {summary: "${{ tone }} ${{ python }}"}\n'
const variants = 'python: [3.11.*, 3.12.*]\ntone: [calm]\n'

test('a job has everything that names the package', () => {
  const [job] = jobs(recipe, variants)
  expect(job).toEqual({
    id: `demo-1.0-py311h${job?.hash}_0`,
    name: 'demo',
    version: '1.0',
    build_string: `py311h${job?.hash}_0`,
    build_number: 0,
    variant: { python: '3.11.*', target_platform: 'linux-64', tone: 'calm' },
    hash: expect.stringMatching(/^[0-9a-f]{7}$/),
    platform: 'linux-64',
    file_name: `demo-1.0-py311h${job?.hash}_0.tar.bz2`,
  })
})

test('the table shows the keys that differ as columns and the others once', () => {
  const all = jobs(recipe, variants)
  const [first, second] = all.map(({ hash }) => hash)
  expect(formatMatrixTable(all)).toBe(
    [
      'id                        hash     platform  python',
      `demo-1.0-py311h${first}_0  ${first}  linux-64  3.11.*`,
      `demo-1.0-py312h${second}_0  ${second}  linux-64  3.12.*`,
      '2 jobs',
      'in all of them: target_platform=linux-64, tone=calm',
      '',
    ].join('\n'),
  )
  expect(formatMatrixTable(all.slice(0, 1))).toContain('python  target_platform  tone\n')
})

test('GitHub Actions gets one line', () => {
  const all = jobs(recipe, variants)
  const text = formatGithubMatrix(all)
  expect(text.trimEnd()).not.toContain('\n')
  expect(JSON.parse(text)).toEqual({ include: all })
})

test('without jobs the table says so, and the JSON is an empty list', () => {
  expect(formatMatrixTable([])).toBe('no jobs: every output is skipped\n')
  expect(JSON.parse(formatGithubMatrix([]))).toEqual({ include: [] })
})
