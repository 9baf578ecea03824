/** `krait builds`: what was built below an output directory, and how it ended. */
import path from 'node:path'
import { listBuilds, type PastBuild, toListedBuild } from '../../engine/index.js'
import type { ExitCode } from '../../errors/index.js'
import { formatDuration, formatPlural, stripControls } from '../../report/index.js'
import type { Invocation } from '../command.js'
import { withReporter } from '../with-reporter.js'

/** Newest first; an empty list is no mistake. */
export function run(invocation: Invocation): Promise<ExitCode> {
  const { settings, stdout } = invocation
  const { json, failedOnly, outputDir } = settings.values
  return withReporter(invocation, async ({ system, masker }) => {
    const directory = path.resolve(system.host.currentDirectory, outputDir)
    const all = await listBuilds(directory, system)
    const builds = failedOnly ? all.filter(({ status }) => status === 'failed') : all
    const text = json
      ? `${JSON.stringify(builds.map(toListedBuild), null, 2)}\n`
      : formatBuilds(builds, all.length, outputDir)
    stdout.write(masker.maskText(text))
    return 0
  })
}

/** @param count of all builds, also those that are not listed */
function formatBuilds(builds: readonly PastBuild[], count: number, directory: string): string {
  if (count === 0) return `no builds in ${directory}\n`
  if (builds.length === 0) return `none of ${formatPlural(count, 'build')} in ${directory} failed\n`
  const width = Math.max(...builds.map(({ id }) => id.length))
  const lines = builds.map(({ id, status, startedMs, endedMs, ...build }) => {
    const started = new Date(startedMs).toISOString().slice(0, 19).replace('T', ' ')
    const took = endedMs === undefined ? '' : formatDuration(endedMs - startedMs)
    const [said] = (build.message ?? '').split('\n')
    const stage = build.stage === undefined ? '' : `in ${build.stage}`
    const end = status === 'failed' ? `${build.code}: ${said}` : status === 'unfinished' ? stage : ''
    return `${started}  ${status.padEnd(10)}  ${took.padStart(12)}  ${id.padEnd(width)}  ${end}`.trimEnd()
  })
  return `${lines.map((line) => stripControls(line)).join('\n')}\n${formatPlural(builds.length, 'build')}\n`
}
