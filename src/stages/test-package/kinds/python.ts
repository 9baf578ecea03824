/** Tests that import Python modules and ask pip whether everything fits. */
import type { RenderedTest } from '../../../recipe/index.js'
import { findInterpreter, type Interpreter, nativeShell, type ScriptSection } from '../../run-script/index.js'
import type { TestKindContext, TestRun } from '../kind.js'

/** One run for each Python version that is named. */
export function pythonTest(test: RenderedTest, context: TestKindContext): readonly TestRun[] | undefined {
  if (!('python' in test)) return undefined
  const python = findInterpreter(context.interpreters, 'python')
  const shell = findInterpreter(context.interpreters, nativeShell(context.platform))
  if (python === undefined || shell === undefined) return undefined
  const { imports = [], pip_check, python_version } = test.python
  const versions = python_version === undefined ? [undefined] : [python_version].flat()
  const checksPip = pip_check !== false
  const sections = [importSection(imports, python), ...(checksPip ? [pipSection(shell)] : [])]
  return versions.map((version) => ({
    kind: 'python',
    title: `Running python test(s)${version === undefined ? '' : ` with python ${version}`}`,
    runSpecs: [...(version === undefined ? [] : [`python=${version}`]), ...(checksPip ? ['pip'] : [])],
    buildSpecs: [],
    script: { sections, env: {}, secrets: [], startsIn: 'empty' },
  }))
}

function importSection(imports: readonly string[], python: Interpreter): ScriptSection {
  return {
    interpreter: python,
    body: { kind: 'inline', commands: imports.map((name) => ({ text: `import ${name}` })) },
    env: {},
  }
}

function pipSection(shell: Interpreter): ScriptSection {
  return { interpreter: shell, body: { kind: 'inline', commands: [{ text: 'pip check' }] }, env: {} }
}
