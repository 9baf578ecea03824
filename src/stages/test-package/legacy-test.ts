/** The tests of packages that conda-build made: programs in `info/test/` (spec: package.md 8.1). */
import { nativeShell, requireInterpreter, type ScriptSection } from '../run-script/index.js'
import { malformedTests } from './errors.js'
import type { TestKindContext, TestRun } from './kind.js'

/** Where they lie in a package. */
export const legacyDirectory = 'info/test/'

/**
 * One run in a copy of `info/test/`: the shell script first, then the Python and the Perl one; undefined without any.
 * @param files content by path in the package
 */
export function legacyTest(
  files: ReadonlyMap<string, Uint8Array>,
  context: TestKindContext,
): TestRun | undefined {
  const text = (name: string) => {
    const bytes = files.get(`${legacyDirectory}${name}`)
    return bytes && Buffer.from(bytes).toString('utf8')
  }
  const section = (name: string, script: string): ScriptSection[] => {
    const content = text(script)
    if (content === undefined || content.trim() === '') return []
    const interpreter = requireInterpreter(name, context.interpreters, `${legacyDirectory}${script}`)
    return [{ interpreter, body: { kind: 'inline', commands: [{ text: content }] }, env: {} }]
  }
  const shell = nativeShell(context.platform)
  const sections = [
    ...section(shell, shell === 'cmd' ? 'run_test.bat' : 'run_test.sh'),
    ...section('python', 'run_test.py'),
    ...section('perl', 'run_test.pl'),
  ]
  if (sections.length === 0) return undefined
  return {
    kind: 'legacy',
    title: 'Running legacy tests for package',
    runSpecs: readDependencies(text('test_time_dependencies.json')),
    buildSpecs: [],
    script: { sections, env: {}, secrets: [], startsIn: 'legacy' },
  }
}

function readDependencies(text: string | undefined): readonly string[] {
  if (text === undefined) return []
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  } catch {
    // Said below, in the same words as for JSON of another shape.
  }
  throw malformedTests('test_time_dependencies.json is not a list of texts')
}
