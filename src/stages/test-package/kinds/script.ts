/** Tests that are a script of the user's. */
import type { RenderedRequirement, RenderedScriptTest, RenderedTest } from '../../../recipe/index.js'
import { nativeShell, requireInterpreter, type ScriptSection } from '../../run-script/index.js'
import type { TestKindContext, TestRun } from '../kind.js'

/** One run, in the directory that holds the test's files. */
export function scriptTest(test: RenderedTest, context: TestKindContext): readonly TestRun[] | undefined {
  if (!('script' in test)) return undefined
  const form = normalize(test)
  const commands = form.content.filter((command) => command.trim() !== '')
  const name = form.interpreter ?? nativeShell(context.platform)
  const interpreter = requireInterpreter(name, context.interpreters, 'tests[].script.interpreter')
  const section: ScriptSection = {
    interpreter,
    ...(form.interpreter !== undefined && { calledAs: form.interpreter }),
    body: { kind: 'inline', commands: commands.map((text) => ({ text })) },
    env: {},
    ...(form.cwd !== undefined && { cwd: form.cwd }),
  }
  return [
    {
      kind: 'script',
      title: `Running script test for recipe: ${context.packageFileName}`,
      runSpecs: texts(test.requirements?.run),
      buildSpecs: texts(test.requirements?.build),
      script: {
        sections: commands.length === 0 ? [] : [section],
        env: form.env ?? {},
        secrets: form.secrets ?? [],
        startsIn: 'package',
      },
    },
  ]
}

interface ScriptForm {
  readonly content: readonly string[]
  readonly interpreter?: string
  readonly env?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly cwd?: string
}

function normalize({ script }: RenderedScriptTest): ScriptForm {
  if (typeof script === 'string') return { content: [script] }
  if (isList(script)) return { content: script }
  const { content = [], ...rest } = script as Exclude<typeof script, Record<string, never>>
  return { ...rest, content: typeof content === 'string' ? [content] : content }
}

function isList(script: object): script is readonly string[] {
  return Array.isArray(script)
}

/** Pins were applied when the package was written. */
function texts(requirements: readonly RenderedRequirement[] | undefined): readonly string[] {
  return (requirements ?? []).filter((requirement) => typeof requirement === 'string')
}
