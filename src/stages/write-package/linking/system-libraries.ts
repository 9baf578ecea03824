/** Which libraries every machine of a platform has, so that no package has to bring them (spec: package.md 4.4). */
import { posix } from 'node:path'
import type { StageContext } from '../../../system/index.js'
import { createGlobFilter, findGlobProblem } from '../../../text/index.js'
import type { PrefixRecord } from '../../install-prefixes/index.js'
import type { ScriptResult } from '../../run-script/index.js'
import { badLibraryList } from '../errors.js'

/**
 * Whether a library belongs to the system that the package is for.
 * @throws BuildError `package/library-list` for lists of the build environment that cannot be read
 */
export async function listSystemLibraries(
  plan: ScriptResult,
  context: StageContext,
): Promise<(library: string) => boolean> {
  const { family } = plan.platforms.host
  const records = plan.prefixes.build?.records ?? []
  if (family === 'osx') return (library) => systemOfMac.test(library)
  if (family === 'win') return createWindowsFilter(await readLibraryLists(plan, records, context))
  const names = listSysroot(records)
  return (library) => names.has(library)
}

/** What the sysroot of the build environment promises to find on every machine. */
function listSysroot(records: readonly PrefixRecord[]): ReadonlySet<string> {
  const sysroots = records.filter((record) => record.name.startsWith('sysroot_'))
  const paths = sysroots.flatMap((record) => record.files)
  return new Set(
    paths.filter((path) => /\.so(?:\.|$)/.test(posix.basename(path))).map((path) => posix.basename(path)),
  )
}

/** Since macOS 11 most of these are no files any more, so their install names count. */
const systemOfMac =
  /^(?!.*\/\.\.?\/)(?:\/usr\/lib\/.+|\/System\/Library\/(?:Private)?Frameworks\/.+|\/opt\/X11\/.+\.dylib)$/

/** The compiler's run time (vcruntime140, msvcp140, ...) is none of them: packages bring it. */
const systemOfWindows = new Set(
  `aclui activeds advapi32 authz avicap32 avifil32 avrt bcrypt bcryptprimitives bthprops.cpl cabinet cfgmgr32 clbcatq
  combase comctl32 comdlg32 coremessaging credui crypt32 cryptbase cryptnet cryptsp cryptui d2d1 d3d10 d3d10_1 d3d11
  d3d12 d3d8 d3d9 d3dcompiler_47 davclnt dbgeng dbghelp dcomp ddraw dhcpcsvc dinput dinput8 dnsapi dplayx dsound dsrole
  dwmapi dwrite dxgi dxva2 esent evr faultrep fltlib fwpuclnt gdi32 gdi32full gdiplus glu32 hid hlink httpapi icmp
  imagehlp imm32 iphlpapi kernel32 kernelbase ksuser ktmw32 loadperf lz32 mapi32 mf mfplat mfreadwrite mlang mmdevapi
  mpr msacm32 mscoree msdmo msi msimg32 mstask msvcrt msvfw32 mswsock mtxdm ncrypt ndfapi netapi32 newdev normaliz
  ntdll ntdsapi odbc32 odbccp32 ole32 oleacc oleaut32 oledlg opengl32 pdh powrprof profapi propsys psapi quartz
  qwave rasapi32 rasdlg resutils rpcns4 rpcrt4 rstrtmgr rtm rtutils samcli schannel secur32 security sensapi setupapi
  sfc shcore shell32 shfolder shlwapi slc snmpapi srvcli sspicli t2embed tapi32 tbs tdh traffic ucrtbase uiautomationcore
  urlmon usbd user32 userenv usp10 uxtheme vdmdbg version virtdisk wdsclientapi webservices wer wevtapi wiaservc
  winbrand windowscodecs winhttp wininet winmm winscard winspool.drv winsta wintrust winusb wkscli wlanapi wldap32
  wldp wmvcore wnvapi ws2_32 wscapi wsnmp32 wsock32 wtsapi32 xinput1_4 xinput9_1_0 xmllite xolehlp`
    .split(/\s+/)
    .map((name) => (/\.(?:cpl|drv)$/.test(name) ? name : `${name}.dll`)),
)

/** Names that Windows itself resolves to one of its libraries. */
const apiSet = /^(?:api|ext)-ms-(?:win|onecore|mf)-[a-z0-9-]+\.dll$/

/** Globs of paths; names count. */
export interface LibraryList {
  readonly allow: readonly string[]
  readonly deny: readonly string[]
}

function createWindowsFilter(lists: readonly LibraryList[]): (library: string) => boolean {
  const filter = (kind: keyof LibraryList) =>
    createGlobFilter(lists.flatMap((list) => list[kind]).map(toNameGlob))
  const [isAllowed, isDenied] = [filter('allow'), filter('deny')]
  return (library) => {
    const name = library.toLowerCase()
    if (isDenied(name)) return false
    return systemOfWindows.has(name) || apiSet.test(name) || isAllowed(name)
  }
}

/** Only names are compared: the directories of Windows are not here when packages are built elsewhere. */
function toNameGlob(pattern: string): string {
  return posix.basename(pattern).toLowerCase()
}

const listDirectory = 'etc/conda-build/dsolists.d'

/** The lists that packages of the build environment bring (CEP 28). */
async function readLibraryLists(
  { directories, platforms }: ScriptResult,
  records: readonly PrefixRecord[],
  { system }: StageContext,
): Promise<readonly LibraryList[]> {
  const lists: LibraryList[] = []
  for (const path of records.flatMap(({ files }) => files).filter(isLibraryList)) {
    const file = posix.join(directories.buildPrefix, path)
    const list = parseLibraryList(path, await system.fs.readText(file))
    if (list.subdir === platforms.host.subdir) lists.push(list)
  }
  return lists
}

/** Whether a path of a package is that of a list of system libraries (CEP 28). */
export function isLibraryList(path: string): boolean {
  return posix.dirname(path) === listDirectory && path.endsWith('.json')
}

/** @throws BuildError `package/library-list` */
export function parseLibraryList(path: string, text: string): LibraryList & { readonly subdir: unknown } {
  let data: { readonly [key: string]: unknown } | null
  try {
    data = JSON.parse(text)
  } catch (error) {
    throw badLibraryList(path, (error as Error).message)
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw badLibraryList(path, 'it is no mapping')
  if (data.version !== 1) throw badLibraryList(path, '`version` is not 1')
  return { subdir: data.subdir, allow: patterns(path, data, 'allow'), deny: patterns(path, data, 'deny') }
}

function patterns(path: string, data: { readonly [key: string]: unknown }, key: string): readonly string[] {
  const list = data[key] ?? []
  if (!Array.isArray(list)) throw badLibraryList(path, `\`${key}\` is no list`)
  return list.map((pattern: unknown) => {
    if (typeof pattern !== 'string' || !/^(?:\*\*|[A-Za-z]:\/)/.test(pattern) || pattern.includes('\\'))
      throw badLibraryList(path, `\`${String(pattern)}\` begins neither with \`**\` nor with a drive`)
    const problem = findGlobProblem(toNameGlob(pattern))
    if (problem !== undefined) throw badLibraryList(path, problem)
    return pattern
  })
}
