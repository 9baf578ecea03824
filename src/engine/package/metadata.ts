/** What a package says about itself, as data (spec: package.md 2). */
import type { Json } from '../../text/index.js'
import { badMetadata } from './errors.js'
import type { PackageFile } from './fetch-package.js'

export interface JsonObject {
  readonly [key: string]: Json
}

/** One entry of `paths.json`; only what is known of it. */
export interface ListedPath {
  readonly path: string
  readonly type: 'file' | 'symlink' | 'directory'
  readonly sizeBytes?: number
  readonly sha256?: string
  readonly prefixPlaceholder?: string
  readonly fileMode?: 'text' | 'binary'
  readonly noLink?: boolean
}

/** What a package says about itself; documents that it does not have are absent. */
export interface PackageMetadata {
  readonly file: PackageFile
  /** Has texts for `name`, `version` and `build`. */
  readonly index: JsonObject
  readonly about?: JsonObject
  readonly paths?: JsonObject
  /** A bare list stands for weak run exports. */
  readonly runExports?: JsonObject
  readonly hashInput?: JsonObject
}

/** `name-version-build`. */
export function packageId({ index }: PackageMetadata): string {
  return `${index.name}-${index.version}-${index.build}`
}

/** The entries of `paths.json`. @throws BuildError `archive/bad-metadata` */
export function listPaths({ file, paths }: PackageMetadata): readonly ListedPath[] {
  const entries = paths?.paths ?? []
  if (!Array.isArray(entries)) throw badMetadata(file.shown, pathsFile, '`paths` is no list')
  return entries.map((entry: Json): ListedPath => {
    if (!isObject(entry) || typeof entry._path !== 'string')
      throw badMetadata(file.shown, pathsFile, 'an entry has no `_path`')
    const { size_in_bytes: size, sha256, prefix_placeholder: placeholder, file_mode: mode } = entry
    return {
      path: entry._path,
      type: pathTypes[String(entry.path_type)] ?? 'file',
      ...(typeof size === 'number' && { sizeBytes: size }),
      ...(typeof sha256 === 'string' && { sha256 }),
      ...(typeof placeholder === 'string' && { prefixPlaceholder: placeholder }),
      ...((mode === 'text' || mode === 'binary') && { fileMode: mode }),
      ...(entry.no_link === true && { noLink: true }),
    }
  })
}

const pathTypes: Readonly<Record<string, ListedPath['type']>> = {
  hardlink: 'file',
  softlink: 'symlink',
  directory: 'directory',
}

/** The texts of a list; empty for anything else. */
export function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item: Json): item is string => typeof item === 'string') : []
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const pathsFile = 'info/paths.json'
