/** Evaluates `${{ }}` templates and selector expressions, and reports what they mention. */
export { collectExpressionNames, collectTemplateNames } from './collect-names.js'
export { compareText } from './compare-values.js'
export { environmentError, TemplateError } from './errors.js'
export { evaluate, renderTemplate } from './evaluate-template.js'
export { formatValue } from './format-value.js'
export type {
  EffectRead,
  FunctionContext,
  GitLookups,
  LoadedFile,
  TemplateEffects,
  TemplateFunction,
} from './functions/function-context.js'
export { createFunctions, templateFunctions } from './functions/index.js'
export { exactNumber, fromJson, toJson } from './json-value.js'
export { parseBareExpression, parseTemplate } from './parse-template.js'
export { platformVariables, type TemplatePlatforms } from './platform-variables.js'
export type { TemplateScope } from './run.js'
export { parseScriptContent, renderScriptContent } from './script-content.js'
export { isTemplate } from './segments.js'
export type { Expression, Template } from './syntax-tree.js'
export { isMap, isSequence, isTruthy, isUndefined, type Value } from './value.js'
