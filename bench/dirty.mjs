/**
 * Times the loop of `--dirty`: a C project of 300 files of which one changes, against the build from nothing, and a call
 * that changes nothing with 50 host packages, against start and solve alone. Needs `npm run build`, gcc and make.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'

const files = 300
const dependencies = 50
const mostPercent = 15
const mostTimes = 1.5

const main = path.resolve(process.env.KRAIT_COMMAND_DIR ?? 'dist', 'main.js')
const scratch = mkdtempSync(path.join(os.tmpdir(), 'krait-bench-dirty-'))
const env = { ...process.env, KRAIT_CACHE_DIR: path.join(scratch, 'cache'), SOURCE_DATE_EPOCH: '1700000000' }
let failed = false
try {
  measureProject()
  measureNothing()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0

function measureProject() {
  const source = path.join(scratch, 'src')
  mkdirSync(source)
  for (let index = 0; index < files; index += 1) writeFileSync(path.join(source, `f${index}.c`), body(index))
  const calls = Array.from({ length: files }, (_, index) => `s += f${index}(s);`).join('\n  ')
  const declared = Array.from({ length: files }, (_, index) => `int f${index}(int);`).join('\n')
  writeFileSync(
    path.join(source, 'main.c'),
    `${declared}\nint main(void) {\n  int s = 0;\n  ${calls}\n  return s == 1;\n}\n`,
  )
  writeFileSync(
    path.join(source, 'Makefile'),
    'OBJ := $(patsubst %.c,%.o,$(wildcard *.c))\nprog: $(OBJ)\n\t@gcc -o $@ $^\n%.o: %.c\n\t@echo "compiled $<"\n\t@gcc -O1 -c -o $@ $<\n',
  )
  const script = ['make -s -j2', 'mkdir -p $PREFIX/bin', 'cp prog $PREFIX/bin/prog']
  const recipe = write('project', { source: '{path: ../src}', script: JSON.stringify(script) })
  const first = krait(['build', recipe, '--dirty'])
  writeFileSync(path.join(source, 'f7.c'), body(7000))
  const second = krait(['build', recipe, '--dirty'])
  expectCompiled(first, files + 1)
  expectCompiled(second, 1)
  const percent = (100 * second.ms) / first.ms
  report(`${files} files, one changed`, `${percent.toFixed(1)} % of a clean build`, percent <= mostPercent)
}

function body(seed) {
  const lines = Array.from({ length: 60 }, (_, index) => `  x = (x * ${seed + index} + ${index}) % 10007;`)
  return `#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nint f${seed === 7000 ? 7 : seed}(int x) {\n${lines.join('\n')}\n  return x;\n}\n`
}

function expectCompiled({ output }, expected) {
  const count = output.split('\n').filter((line) => /compiled \S+\.c$/.test(line)).length
  report('compiled', `${count} files`, count === expected)
}

function measureNothing() {
  const channel = path.join(scratch, 'channel')
  const names = Array.from({ length: dependencies }, (_, index) => `dep${index}`)
  const outputs = names.map(
    (name) =>
      `  - package: {name: ${name}}\n    build: {noarch: generic, script: ["mkdir -p $PREFIX/share/${name}", "for i in 1 2 3 4 5 6 7 8 9; do echo $i > $PREFIX/share/${name}/$i; done"]}\n`,
  )
  mkdirSync(path.join(scratch, 'deps'))
  const deps = path.join(scratch, 'deps/recipe.yaml')
  writeFileSync(deps, `recipe: {version: "1"}\noutputs:\n${outputs.join('')}`)
  krait(['build', deps, '--output-dir', channel, '--no-test'])
  const recipe = write('nothing', { host: JSON.stringify(names), script: '["echo x > $PREFIX/x"]' })
  const flags = ['-c', channel]
  krait(['build', recipe, '--dirty', ...flags])
  const build = median(() => krait(['build', recipe, '--dirty', ...flags]).ms)
  const solve = median(() => krait(['build', recipe, '--render-only', '--with-solve', ...flags]).ms)
  const times = build / solve
  report(
    `nothing changed, ${dependencies} packages`,
    `${times.toFixed(2)} times start and solve`,
    times <= mostTimes,
  )
}

function write(name, { source, host, script }) {
  const directory = path.join(scratch, name)
  mkdirSync(directory)
  const file = path.join(directory, 'recipe.yaml')
  writeFileSync(
    file,
    `package: {name: ${name}, version: "1"}\n${source ? `source: ${source}\n` : ''}${host ? `requirements: {host: ${host}}\n` : ''}build: {script: ${script}}\n`,
  )
  return file
}

function krait(args) {
  const started = performance.now()
  const output = ['--output-dir', path.join(scratch, 'out')]
  const all = args.includes('--output-dir') ? args : [...args, ...output]
  const { status, stderr } = spawnSync(process.execPath, [main, ...all], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return { ms: performance.now() - started, output: stderr }
}

function median(measure) {
  return Array.from({ length: 5 }, measure).sort((a, b) => a - b)[2]
}

function report(what, value, isGood) {
  if (!isGood) failed = true
  console.log(`${what.padEnd(36)} ${value}  ${isGood ? 'as wanted' : 'NOT as wanted'}`)
}
