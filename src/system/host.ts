/** Facts about the machine krait runs on. */
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { currentDirectoryMissing } from './errors.js'
import type { Host } from './types.js'

/** Cheap facts at once; those that need a file or a report only when somebody asks. */
export function detectHost(): Host {
  const glibcVersion = once(detectGlibc)
  const cpuCount = once(os.availableParallelism)
  const cpuFlags = once(detectCpuFlags)
  const currentDirectory = once(detectCurrentDirectory)
  return {
    os: process.platform,
    arch: process.arch,
    kernelRelease: os.release(),
    get glibcVersion() {
      return glibcVersion()
    },
    get cpuCount() {
      return cpuCount()
    },
    get cpuFlags() {
      return cpuFlags()
    },
    homeDirectory: os.homedir(),
    tempDirectory: os.tmpdir(),
    get currentDirectory() {
      return currentDirectory()
    },
    pid: process.pid,
    uid: process.getuid?.(),
    get hostName() {
      return os.hostname()
    },
    nodeExecutable: process.execPath,
    script: process.argv[1] ?? '',
  }
}

/** The report behind some of these takes milliseconds, and nothing in it changes while krait runs. */
function once<T>(detect: () => T): () => T {
  let known: { readonly value: T } | undefined
  return () => {
    known ??= { value: detect() }
    return known.value
  }
}

function detectCurrentDirectory(): string {
  try {
    return process.cwd()
  } catch (error) {
    throw currentDirectoryMissing(error)
  }
}

interface ReportHeader {
  readonly header?: { readonly glibcVersionRuntime?: string }
}

function detectGlibc(): string | undefined {
  if (process.platform !== 'linux') return undefined
  return loadedGlibc() ?? reportedGlibc()
}

/** What the library that runs this process says of itself: half the price of a report. */
function loadedGlibc(): string | undefined {
  try {
    const maps = readFileSync('/proc/self/maps', 'latin1')
    const end = maps.indexOf('/libc.so.6\n')
    if (end < 0) return undefined
    const library = readFileSync(maps.slice(maps.lastIndexOf(' ', end) + 1, end + '/libc.so.6'.length))
    const at = library.indexOf('GNU C Library ')
    const text = at < 0 ? '' : library.toString('latin1', at, at + 200)
    return /^GNU C Library .* (?:release|development) version (\d+\.\d+)/.exec(text)?.[1]
  } catch {
    return undefined
  }
}

function reportedGlibc(): string | undefined {
  // Without this the report resolves host names, which can take seconds.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean }
  report.excludeNetwork = true
  return (report.getReport() as ReportHeader).header?.glibcVersionRuntime
}

function detectCpuFlags(): readonly string[] {
  if (process.platform !== 'linux') return []
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))
    return line?.[1]?.split(' ') ?? []
  } catch {
    return []
  }
}
