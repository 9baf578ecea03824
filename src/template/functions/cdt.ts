/** `cdt('mesa 1.*')`: a core dependency tree package of an old Linux distribution (spec: render.md 3.1). */
import { readText } from './compiler.js'
import type { TemplateFunction } from './function-context.js'
import { readOnlyText } from './read-arguments.js'

const cos7Architectures: ReadonlySet<string> = new Set(['s390x', 'aarch64', 'ppc64le', 'ppc64'])
const architectureNames: ReadonlyMap<string, string> = new Map([
  ['64', 'x86_64'],
  ['32', 'i686'],
])

export const cdt: TemplateFunction = {
  name: 'cdt',
  signature: "cdt('mesa-libgl-devel')",
  doc: 'The repackaged system library for the host platform; `cdt_name` and `cdt_arch` of the variant override the distribution and the processor.',
  create: (context) => ({
    kind: 'function',
    name: 'cdt',
    call: (args) => {
      const [name = '', ...rest] = readOnlyText(args).split(' ')
      const suffix = context.hostPlatform.slice(context.hostPlatform.indexOf('-') + 1)
      const architecture = readText(context, 'cdt_arch') ?? architectureNames.get(suffix) ?? suffix
      const distribution = readText(context, 'cdt_name') ?? (cos7Architectures.has(suffix) ? 'cos7' : 'cos6')
      return [`${name}-${distribution}-${architecture}`, ...rest].join(' ')
    },
  }),
}
