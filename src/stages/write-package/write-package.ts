/** Turns the new files of a prefix into a package archive (spec: package.md 0). */
import { join } from 'node:path'
import { type WrittenArchive, writePackageArchive } from '../../archive/index.js'
import { toIndexedRecord } from '../../conda/index.js'
import type { StageContext } from '../../system/index.js'
import type { ScriptResult } from '../run-script/index.js'
import { stagePackage } from './stage-package.js'
import type { Artifact, PackagedPlan, StagedPackage, WritePackageOptions } from './types.js'

/** Stages the package and writes its archive; see `stagePackage` and `writeStagedPackage` for doing it in two steps. */
export async function writePackage(
  plan: ScriptResult,
  options: WritePackageOptions,
  context: StageContext,
): Promise<PackagedPlan> {
  return writeStagedPackage(plan, await stagePackage(plan, options, context), context)
}

/** Where archives are that no test has seen yet, below the output directory; each in a directory of its own. */
export const untestedDirectory = '.untested'

/**
 * Writes the archive of a staged package, `<id>.conda` or `.tar.bz2`: complete, or not at all. It is not in the channel
 * yet: until it is tested, other processes must neither see it nor put another file of its name in its place.
 * The staging directory is gone afterwards.
 */
export async function writeStagedPackage(
  plan: ScriptResult,
  staged: StagedPackage,
  context: StageContext,
): Promise<PackagedPlan> {
  const { fs, host } = context.system
  const { format, level, threads } = plan.packaging
  const fileName = `${plan.id}.${format}`
  const untested = join(plan.directories.output, untestedDirectory)
  const directory = await fs.makeTempDirectory(untested, `${host.pid}-`, { makesParent: true })
  try {
    const written = await writePackageArchive(
      {
        destination: join(directory, fileName),
        id: plan.id,
        format,
        level,
        threads,
        timestampSeconds: plan.timestampSeconds,
        content: staged.content,
        info: staged.info,
      },
      context,
    )
    const artifact = toArtifact(written, staged, fileName)
    emitFiles(plan, artifact, context)
    return { ...plan, artifact }
  } catch (error) {
    await fs.remove(directory)
    throw error
  } finally {
    await fs.remove(staged.stagingDirectory)
  }
}

function toArtifact(written: WrittenArchive, staged: StagedPackage, fileName: string): Artifact {
  const { path, sizeBytes, contentBytes, sha256, md5, codec } = written
  const { index, runExports } = staged
  return {
    path,
    fileName,
    sizeBytes,
    contentBytes,
    sha256,
    md5,
    paths: staged.paths,
    listed: toIndexedRecord({ index, runExports, archive: { sha256, md5, size: sizeBytes } }),
    codec: `${codec.format}-${codec.implementation}`,
  }
}

function emitFiles(plan: ScriptResult, artifact: Artifact, { emit }: StageContext): void {
  for (const entry of artifact.paths) {
    const placeholder = entry.file_mode && { placeholder: entry.file_mode }
    const sizeBytes = entry.size_in_bytes ?? 0
    emit({ type: 'file-packaged', output: plan.id, path: entry._path, sizeBytes, ...placeholder })
  }
}
