/** What rendering needs to know besides the recipe. */
import type { VariantConfig } from '../../recipe/index.js'
import type { TemplateEffects, TemplatePlatforms } from '../../template/index.js'

export interface RenderOptions {
  readonly platforms: TemplatePlatforms
  /** Subdir of the machine that renders; only `build.string` can see it (spec: render.md 8). */
  readonly runningPlatform: string
  /** The files of `-m`, in order. */
  readonly variantFiles?: readonly VariantConfig[]
  /** The file beside the recipe; the files of `-m` win over it. */
  readonly recipeVariants?: VariantConfig
  /** `--variant key=a,b`: replaces the list of a key, whatever the files say. */
  readonly variantOverrides?: ReadonlyMap<string, readonly string[]>
  readonly experimental?: boolean
  readonly v3?: boolean
  readonly effects?: TemplateEffects
  /** `--build-num`: replaces the number of every output. */
  readonly buildNumber?: number
  /** Numbers of single outputs, by `name version`; they win over `buildNumber`. */
  readonly buildNumbers?: ReadonlyMap<string, number>
  /** `--build-string-prefix`. */
  readonly buildStringPrefix?: string
  /** Which environment variables a build sees; some of them count as variant keys. */
  readonly isolation?: 'strict' | 'conda-build' | 'none'
}
