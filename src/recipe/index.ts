/** The recipe's fields, in one declarative schema, and the types derived from it. */
export { convertChoice, convertInteger, convertText, FieldError } from './convert-text.js'
export type {
  BooleanField,
  BooleanOrGlobsField,
  ChoiceField,
  Field,
  GlobsField,
  IntegerField,
  ListField,
  MapField,
  OneOfField,
  RequirementsField,
  Section,
  SectionField,
  SpecialField,
  TextField,
  TextFormat,
} from './field.js'
export { type FieldRow, fieldRows } from './field-rows.js'
export { jsonSchema } from './json-schema.js'
export * from './loaded-recipe.js'
export { locateInScalar } from './locate.js'
export type * from './rendered-output.js'
export type * from './rendered-recipe.js'
export { renderedRecipeShape, renderedSourceShape } from './rendered-shape.js'
export type { RenderedOf, RenderedSection } from './rendered-types.js'
export { aboutFields } from './schema/about.js'
export { buildFields, stagingBuildFields } from './schema/build.js'
export { packageFields, recipeFields } from './schema/package.js'
export {
  multiRecipeFields,
  packageOutputFields,
  singleRecipeFields,
  stagingOutputFields,
} from './schema/recipe.js'
export { requirementFields } from './schema/requirements.js'
export { scriptFields, stepFields } from './schema/script.js'
export { sourceField } from './schema/source.js'
export { testField } from './schema/tests.js'
export type * from './variant-config.js'
