import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { BuildEvent } from '../../src/events/index.js'
import { createEventLog } from '../../src/report/index.js'
import { tempDirectory, testSystem } from '../support/system.js'

const output = 'demo-1-0'
const facts = { name: 'demo', version: '1', build: '0', variant: {}, index: 0, count: 1 }
const started: BuildEvent = { type: 'output-started', output, ...facts }
const script: BuildEvent = { type: 'stage-started', stage: 'script', output }
const note = (text: string): BuildEvent => ({ type: 'note', output, text })

function textsIn(directory: string, name: string): readonly (string | undefined)[] {
  const lines = readFileSync(path.join(directory, name), 'utf8').trimEnd().split('\n')
  return lines
    .map((line) => JSON.parse(line) as BuildEvent)
    .filter(({ type }) => type !== 'output-started')
    .map((event) => ('text' in event ? event.text : undefined))
}

test('builds of one output at the same time write a log each, and the name is that of the one that began last', async () => {
  const directory = tempDirectory()
  const [first, second] = [createEventLog(directory, testSystem()), createEventLog(directory, testSystem())]
  const log = `${output}.events.jsonl`
  first.emit(started)
  first.emit(note('a1'))
  await expect.poll(() => readdirSync(directory).includes(log) && textsIn(directory, log)).toEqual(['a1'])
  second.emit(started)
  second.emit(note('b1'))
  await expect.poll(() => textsIn(directory, log)).toEqual(['b1'])
  second.emit(note('b2'))
  await second.close()
  first.emit(note('a2, behind the end of the other one'))
  await first.close()
  expect(textsIn(directory, log)).toEqual(['b1', 'b2'])
  expect(readdirSync(directory)).toEqual([log])
})

test('the log of the last build that ran its script stays', async () => {
  const directory = tempDirectory()
  const run = async (...events: BuildEvent[]) => {
    const log = createEventLog(directory, testSystem())
    for (const event of [started, ...events]) log.emit(event)
    await log.close()
  }
  const earlier = () => textsIn(directory, `${output}.events.earlier.jsonl`)
  await run(script, note('one'))
  await run(note(`"type":"stage-started","stage":"script"`))
  expect(earlier()).toEqual([undefined, 'one'])
  await run(note('nothing'))
  expect(earlier()).toEqual([undefined, 'one'])
  await run(note('x'.repeat((1 << 20) + 100)), script, note('two'))
  await run(note('last'))
  expect(earlier().slice(-2)).toEqual([undefined, 'two'])
  expect(textsIn(directory, `${output}.events.jsonl`)).toEqual(['last'])
})

test('outputs that are built again in one run have a log for each time', async () => {
  const directory = tempDirectory()
  const log = createEventLog(directory, testSystem())
  for (const text of ['one', 'two', 'three']) {
    for (const event of [started, script, note(text)]) log.emit(event)
    log.emit({ type: 'output-finished', output, path: '/p', ms: 1 })
  }
  await log.close()
  expect(textsIn(directory, `${output}.events.jsonl`)).toContain('three')
  expect(textsIn(directory, `${output}.events.jsonl`)).not.toContain('two')
  expect(textsIn(directory, `${output}.events.earlier.jsonl`)).toContain('two')
})

test('a log that cannot be written ends nothing', async () => {
  const log = createEventLog(path.join(tempDirectory(), 'missing'), testSystem())
  log.emit(started)
  log.emit(note('lost'))
  await log.close()
})
