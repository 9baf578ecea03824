/** `cmp(...)`: gone since recipe format 1; says what replaced it. */
import { operationError } from '../errors.js'
import type { TemplateFunction } from './function-context.js'

export const cmp: TemplateFunction = {
  name: 'cmp',
  signature: 'cmp(python, ">=3.10")',
  doc: 'Removed: use `match`.',
  create: () => ({
    kind: 'function',
    name: 'cmp',
    call: () => {
      throw operationError('`cmp` is not supported: use match', 'write `match(python, ">=3.10")`')
    },
  }),
}
