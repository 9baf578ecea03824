/** Renders `${{ }}` in inline scripts just before they run, when every path is known (spec: build.md 3.7). */
import {
  createFunctions,
  fromJson,
  platformVariables,
  renderScriptContent,
  TemplateError,
  type TemplateScope,
} from '../../template/index.js'
import type { Json } from '../../text/index.js'
import type { Platforms } from '../plan-builds/index.js'
import { scriptTemplateFailed } from './errors.js'
import type { ScriptText } from './sections.js'

export interface ContentScope {
  readonly platforms: Platforms
  /** The caller's environment, for `env.get`. */
  readonly env: (name: string) => string | undefined
  /** The used variant. */
  readonly variant: Readonly<Record<string, Json>>
  /** What inline scripts can name: environment variables, then variant, then context; later ones win. */
  readonly variables: Readonly<Record<string, Json>>
}

/** A function that renders the texts of one script; undefined names become empty. Secrets are not visible here. */
export function createContentRenderer(scope: ContentScope): (text: ScriptText) => string {
  const templateScope = toTemplateScope(scope)
  return (text) => {
    try {
      return renderScriptContent(text.text, templateScope)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      const place = text.origin ? ` (${text.origin.file}:${text.origin.line})` : ''
      throw scriptTemplateFailed(error.message + place)
    }
  }
}

function toTemplateScope(scope: ContentScope): TemplateScope {
  const { platforms } = scope
  const host = platforms.host.subdir
  const target = platforms.targetSubdir === 'noarch' ? host : platforms.targetSubdir
  const functions = createFunctions({
    readVariant: (key) => ownValue(scope.variant, key.replaceAll(/[-.]/g, '_')),
    targetPlatform: target,
    hostPlatform: host,
    experimental: true,
    effects: { env: scope.env },
  })
  const selectors = platformVariables({ build: platforms.build.subdir, host, target })
  return { lookup: (name) => ownValue(scope.variables, name) ?? selectors.get(name) ?? functions.get(name) }
}

function ownValue(values: Readonly<Record<string, Json>>, name: string) {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  return value === undefined ? undefined : fromJson(value)
}
