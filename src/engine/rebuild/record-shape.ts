/** The shape of `rendered_recipe.yaml` that reading it relies on (spec: package.md 2.10); other tools write more keys. */
import { renderedRecipeShape, renderedSourceShape } from '../../recipe/index.js'
import {
  anyNumber,
  anything,
  eitherOf,
  flag,
  listOf,
  mapOf,
  nothing,
  objectWith,
  type Shape,
  taggedBy,
  text,
  textThat,
  wholeNumber,
  wordOf,
} from '../../text/index.js'

const platform = objectWith({ platform: text })
const fileName = textThat('the name of a file', (name) => !name.includes('/'))
const texts = listOf(text)

/** As channels write them: what nothing here depends on may have any type. */
const channelRecord = objectWith({
  name: text,
  version: text,
  build: text,
  build_number: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  subdir: text,
  fn: fileName,
  url: text,
  channel: eitherOf(text, nothing),
  depends: texts,
  'constrains?': texts,
  'extra_depends?': mapOf(texts),
  'md5?': text,
  'sha256?': text,
  'size?': anyNumber,
  'timestamp?': anyNumber,
  'noarch?': eitherOf(text, flag, nothing),
  'python_site_packages_path?': eitherOf(text, nothing),
})

const dependencies = listOf(
  taggedBy({
    source: objectWith({ source: text }),
    spec: objectWith({ spec: text, 'from?': text, 'run_export?': text }),
  }),
)

const environment = eitherOf(objectWith({ specs: dependencies, resolved: listOf(channelRecord) }), nothing)

const environments = objectWith({
  'build?': environment,
  'host?': environment,
  run: objectWith({
    depends: dependencies,
    constraints: dependencies,
    'run_exports?': mapOf(texts),
    'extra_depends?': mapOf(dependencies),
  }),
})

const variant = mapOf(eitherOf(text, anyNumber, flag))

const configuration = objectWith({
  target_platform: text,
  host_platform: platform,
  build_platform: platform,
  'variant?': variant,
  hash: objectWith({ hash: text, 'prefix?': text }),
  'channels?': texts,
  'channel_priority?': text,
  timestamp: textThat('a time', (time) => !Number.isNaN(Date.parse(time))),
  'subpackages?': mapOf(objectWith({ name: text, version: text, build_string: text })),
  packaging_settings: objectWith({
    'archive_type?': wordOf('conda', 'tar_bz2'),
    'compression_level?': wholeNumber(-7, 22),
  }),
})

/** The whole document. */
export function buildRecordShape(): Shape {
  const sources = listOf(renderedSourceShape())
  return objectWith({
    recipe: renderedRecipeShape(),
    build_configuration: configuration,
    finalized_dependencies: environments,
    'finalized_sources?': sources,
    'finalized_cache_dependencies?': eitherOf(environments, nothing),
    'finalized_cache_sources?': sources,
    'finalized_cache_variant?': variant,
    'system_tools?': mapOf(anything),
    'extra_meta?': mapOf(text),
  })
}
