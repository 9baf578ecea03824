/**
 * Renders recipes that it writes itself through one `krait render-batch` and prints renderings per second, processor
 * time per rendering, and the largest memory of all its processes together. The count is the first argument.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'

const count = Number(process.argv[2] ?? 3000)
/** Real feedstocks are rendered for about this many variant files each. */
const filesPerRecipe = 5
const scratch = mkdtempSync(path.join(os.tmpdir(), 'krait-bench-'))
const directory = process.env.KRAIT_COMMAND_DIR ?? 'dist'

try {
  const calls = Array.from({ length: count }, (_, index) => writeCall(index))
  report(await render(calls))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function writeCall(index) {
  const number = Math.floor(index / filesPerRecipe)
  const recipe = path.join(scratch, `recipe-${number}`)
  mkdirSync(recipe, { recursive: true })
  if (index % filesPerRecipe === 0) writeFileSync(path.join(recipe, 'recipe.yaml'), recipeText(number))
  const variants = path.join(recipe, `variants-${index % filesPerRecipe}.yaml`)
  writeFileSync(variants, variantsText(index % filesPerRecipe))
  const args = ['build', '--render-only', '--no-build-id', '--recipe', recipe, '-m', variants]
  return JSON.stringify({ id: index, args: [...args, '--output-dir', path.join(scratch, 'out')] })
}

function recipeText(number) {
  const specs = Array.from(
    { length: 12 },
    (_, at) => `    - package-${(number * 7 + at * 13) % 400} >=${at}.1,<${at + 1}`,
  )
  return `context:
  name: bench-${number}
  version: "1.${number % 40}.0"
package:
  name: \${{ name }}
  version: \${{ version }}
source:
  url: https://example.com/\${{ name }}/\${{ name }}-\${{ version }}.tar.gz
  sha256: ${number.toString(16).padStart(64, '0')}
build:
  number: 0
  skip:
    - match(python, "<3.8")
  script:
    - if: unix
      then: make install PREFIX=$PREFIX
      else: nmake install
requirements:
  build:
    - \${{ compiler('c') }}
  host:
    - python
    - zlib
${specs.join('\n')}
  run:
    - python
${specs.join('\n')}
    - \${{ pin_compatible('zlib', upper_bound='x.x') }}
tests:
  - script:
      - \${{ name }} --version
about:
  homepage: https://example.com/\${{ name }}
  license: MIT
  summary: |
    A package that exists only to be rendered,
    with a summary on two lines.
`
}

function variantsText(index) {
  return `c_compiler:
- gcc
c_compiler_version:
- '13'
channel_sources:
- conda-forge
channel_targets:
- conda-forge main
python:
- 3.${9 + index}.* *_cpython
zlib:
- '1'
target_platform:
- linux-64
zip_keys:
- - c_compiler
  - c_compiler_version
`
}

async function render(calls) {
  const started = performance.now()
  const child = spawn(process.execPath, [path.join(directory, 'main.js'), 'render-batch'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let peakKb = 0
  const watch = setInterval(() => {
    peakKb = Math.max(peakKb, residentKb(child.pid))
  }, 100)
  const parts = []
  child.stdout.setEncoding('utf8').on('data', (text) => parts.push(text))
  child.stdin.end(`${calls.join('\n')}\n`)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(watch)
  const answers = parts
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const failed = answers.filter((answer) => answer.code !== 0)
  if (code !== 0 || answers.length !== count || failed.length > 0) {
    throw new Error(`${answers.length} of ${count} answers, ${failed.length} failed: ${failed[0]?.stderr}`)
  }
  return { wallMs: performance.now() - started, cpuMs: childCpuMs(), peakKb }
}

/** Node does not tell the time of its children; the kernel does, in hundredths of a second. */
function childCpuMs() {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}

/** A process and its children. */
function residentKb(pid) {
  try {
    const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    return own + childrenOf(pid).reduce((sum, child) => sum + residentKb(child), 0)
  } catch {
    return 0
  }
}

function childrenOf(pid) {
  const isChild = (id) =>
    readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[1] === String(pid)
  return readdirSync('/proc').filter((id) => {
    try {
      return /^\d+$/.test(id) && isChild(id)
    } catch {
      return false
    }
  })
}

function report({ wallMs, cpuMs, peakKb }) {
  const rate = (count / wallMs) * 1000
  console.log(
    `render-batch  ${rate.toFixed(0)} renderings/s  ${(cpuMs / count).toFixed(2)} ms of processor time each  peak ${(peakKb / 1024).toFixed(0)} MB`,
  )
}
