/** `stdlib('c')`: the package that holds the C library to build against (spec: render.md 10.2). */
import { environmentError } from '../errors.js'
import { readText, toolchainSpec } from './compiler.js'
import type { TemplateFunction } from './function-context.js'
import { readOnlyText } from './read-arguments.js'

export const stdlib: TemplateFunction = {
  name: 'stdlib',
  signature: "stdlib('c')",
  doc: 'The standard library package of a language, from `<language>_stdlib` and `<language>_stdlib_version` of the variant.',
  create: (context) => ({
    kind: 'function',
    name: 'stdlib',
    call: (args) => {
      const language = readOnlyText(args)
      const name = readText(context, `${language}_stdlib`)
      if (name === undefined) {
        const hint = `set \`${language}_stdlib\` in the variant configuration`
        throw environmentError(`No stdlib found for language \`${language}\``, hint)
      }
      return toolchainSpec(context, name, `${language}_stdlib_version`)
    },
  }),
}
