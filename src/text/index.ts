/** Positions and strings without meaning: the bottom of the layering. */
export { createTextBatch, type TextBatch } from './batch-text.js'
export { canonicalJson, type Json } from './canonical-json.js'
export { closest } from './closest.js'
export { codeFrame } from './code-frame.js'
export { commonItems } from './common-items.js'
export { pathOfFileUrl } from './file-url.js'
export { formatYaml, type NumberSpellings, type YamlValue } from './format-yaml.js'
export {
  compileFileGlob,
  compileGlob,
  createGlobFilter,
  findGlobProblem,
  type Glob,
  type GlobLists,
} from './glob.js'
export { groupBy } from './group-by.js'
export { createIgnoreFilter, type IgnoreFile, type IgnoreFilter } from './ignore-rules.js'
export { parentDirectories } from './parent-directories.js'
export {
  anyNumber,
  anything,
  eitherOf,
  findMismatch,
  flag,
  listOf,
  type Members,
  type Mismatch,
  mapOf,
  nothing,
  objectWith,
  type Shape,
  taggedBy,
  text,
  textThat,
  wholeNumber,
  wordOf,
} from './shape.js'
export { formatLocation, type Position, positionAt, type SourceText, type Span } from './span.js'
export { unifiedDiff } from './unified-diff.js'
export {
  getEntry,
  type ParsedYaml,
  parseYaml,
  type YamlEntry,
  type YamlMapping,
  type YamlNode,
  type YamlProblem,
  type YamlScalar,
  type YamlSequence,
} from './yaml.js'
