/** `load_from_file(path)`: data of a file beside the recipe (spec: render.md 3.1). */
import { environmentError, experimentalError } from '../errors.js'
import { fromJson } from '../json-value.js'
import type { TemplateFunction } from './function-context.js'
import { readOnlyText } from './read-arguments.js'

export const loadFromFile: TemplateFunction = {
  name: 'load_from_file',
  signature: "load_from_file('package.json')",
  doc: 'The data of a .yaml, .yml, .json or .toml file, or the text of any other; the path is relative to the recipe.',
  experimental: true,
  create: (context) => ({
    kind: 'function',
    name: 'load_from_file',
    call: (args) => {
      if (!context.experimental) throw experimentalError('load_from_file')
      const path = readOnlyText(args)
      const load = context.effects.loadFromFile
      if (load === undefined) throw environmentError('not supported yet: `load_from_file` in this command')
      const file = load(path)
      context.onEffect?.({ kind: 'file', name: path, path: file.path, sha256: file.sha256 })
      return fromJson(file.value)
    },
  }),
}
