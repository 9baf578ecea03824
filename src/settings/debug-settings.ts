/** The settings of `krait debug` and of commands that change recipes. */
import type { Setting } from './setting.js'

const off = { kind: 'flag', fallback: false, group: 'Debugging' } as const
const text = { kind: 'text', fallback: undefined, group: 'Debugging' } as const
const list = { kind: 'list', fallback: [], group: 'Debugging' } as const

/** Spelled as rattler-build spells them (spec: package.md 9.11). */
export const debug = {
  debugOutput: {
    ...text,
    flags: '--output-name <name>',
    doc: 'The output to set up, when there are several',
  },
  workDir: {
    ...text,
    flags: '--work-dir <dir>',
    doc: 'Work directory of the build; the newest one below --output-dir unless given',
  },
  trace: { ...off, flags: '--trace', doc: 'Show every line of the script before it runs' },
  directory: {
    ...text,
    flags: '-d, --directory <dir>',
    doc: 'Work directory that was changed; the current one, or else the newest',
  },
  patchName: {
    kind: 'text',
    fallback: 'changes',
    group: 'Debugging',
    flags: '--name <name>',
    doc: 'Name of the patch file, without `.patch`',
  },
  patchDir: {
    ...text,
    flags: '--patch-dir <dir>',
    doc: 'Where patches lie; the directory of the recipe unless given',
  },
  overwrite: { ...off, flags: '--overwrite', doc: 'Replace the patch file that is there' },
  exclude: { ...list, flags: '--exclude <globs>', doc: 'Leave these files out of the patch: `a,b`' },
  include: { ...list, flags: '--include <globs>', doc: 'Only these files: `a,b`' },
  add: { ...list, flags: '--add <globs>', doc: 'Also these files that the sources do not have: `a,b`' },
  newVersion: {
    ...text,
    group: 'Recipe',
    flags: '--version <version>',
    doc: 'The version that the recipe gets; unless given the newest one that is listed where its sources come from',
  },
  keepBuildNumber: {
    ...off,
    group: 'Recipe',
    flags: '--keep-build-number',
    doc: 'Leave the build number as it is, instead of 0',
  },
  checkOnly: {
    ...off,
    group: 'Recipe',
    flags: '--check-only',
    doc: 'Only say whether there is a newer version',
  },
  includePrerelease: {
    ...off,
    group: 'Recipe',
    flags: '--include-prerelease',
    doc: 'Alphas, betas and release candidates count as newer versions too',
  },
  addToRecipe: {
    ...off,
    flags: '--add-to-recipe',
    doc: 'Add the patch to its source in the recipe, comments kept',
  },
} as const satisfies Record<string, Setting>
