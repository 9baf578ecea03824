/** Decides what is known about this machine, for virtual packages (spec: environment.md E). */
import path from 'node:path'
import {
  findPlatform,
  type MachineFacts,
  type Platform,
  SpecError,
  type VirtualPackage,
  virtualPackages,
} from '../conda/index.js'
import type { StageContext } from './context.js'
import { badVirtualPackage } from './errors.js'
import type { System } from './types.js'

/**
 * The virtual packages of an environment for `platform` on this machine.
 * @throws BuildError `solve/bad-virtual-package` when a `CONDA_OVERRIDE_...` variable is no version
 */
export async function detectVirtualPackages(
  platform: Platform,
  context: Pick<StageContext, 'system'>,
): Promise<readonly VirtualPackage[]> {
  const { system } = context
  try {
    return virtualPackages({ platform, facts: await machineFacts(system), overrides: system.env.get })
  } catch (error) {
    if (error instanceof SpecError) throw badVirtualPackage(error.message)
    throw error
  }
}

const families: Readonly<Record<string, string>> = {
  darwin: 'osx',
  win32: 'win',
  linux: 'linux',
  freebsd: 'freebsd',
}
const suffixes: Readonly<Record<string, string>> = { x64: '64', ia32: '32', ppc64: 'ppc64le', arm: 'armv7l' }

/** The platform of this machine; an unknown one counts as linux-64. */
export function machinePlatform({ host }: Pick<System, 'host'>): Platform {
  const family = families[host.os] ?? host.os
  const arch = host.arch === 'arm64' && family === 'linux' ? 'aarch64' : (suffixes[host.arch] ?? host.arch)
  return findPlatform(`${family}-${arch}`) ?? { subdir: 'linux-64', family: 'linux', arch: 'x86_64' }
}

/** Facts per machine: asking for the C library takes longer than a solve, and calls of a batch share the machine. */
const knownFacts = new WeakMap<System['host'], Promise<MachineFacts>>()

function machineFacts(system: System): Promise<MachineFacts> {
  const facts = knownFacts.get(system.host) ?? readMachineFacts(system)
  knownFacts.set(system.host, facts)
  return facts
}

async function readMachineFacts(system: System): Promise<MachineFacts> {
  const { host } = system
  return {
    platform: machinePlatform(system),
    kernelRelease: host.kernelRelease,
    glibcVersion: host.glibcVersion,
    osxVersion: host.os === 'darwin' ? await osxVersion(system) : undefined,
    cpuFlags: host.cpuFlags,
    ...(await cudaFacts(system)),
  }
}

/** A driver that does not answer must not stop a build. */
const driverTimeoutMs = 5000

/** The newest CUDA that the driver can run, and the lowest compute capability of all GPUs; nothing without a driver. */
async function cudaFacts(system: System): Promise<Pick<MachineFacts, 'cudaVersion' | 'cudaArch'>> {
  const directories = (system.env.get('PATH') ?? '').split(path.delimiter).filter(path.isAbsolute)
  const program = await system.process.find('nvidia-smi', directories)
  if (program === undefined) return {}
  const ask = async (args: readonly string[]) => {
    const command = { program, args, cwd: '/', env: system.env.all() }
    const { code, stdout } = await system.process.capture(command, { timeoutMs: driverTimeoutMs })
    return code === 0 ? stdout : ''
  }
  const version = /CUDA Version:\s*(\d+\.\d+)/.exec(await ask([]))?.[1]
  if (version === undefined) return {}
  const capabilities = (await ask(['--query-gpu=compute_cap', '--format=csv,noheader'])).match(/^\d+\.\d+$/gm)
  const [lowest] = (capabilities ?? []).sort((left, right) => Number(left) - Number(right))
  return { cudaVersion: version, ...(lowest !== undefined && { cudaArch: lowest }) }
}

async function osxVersion(system: System): Promise<string | undefined> {
  const { code, stdout } = await system.process.capture({
    program: '/usr/bin/sw_vers',
    args: ['-productVersion'],
    cwd: '/',
    // Without this, programs built for old systems are told 10.16.
    env: { SYSTEM_VERSION_COMPAT: '0' },
  })
  return code === 0 ? stdout.trim() : undefined
}
