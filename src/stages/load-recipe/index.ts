/** Stage 1: recipe text to a checked recipe that still holds its templates. */
export { type LoadResult, loadRecipe } from './load-recipe.js'
export { loadVariantFile, type VariantFileResult } from './load-variant-file.js'
