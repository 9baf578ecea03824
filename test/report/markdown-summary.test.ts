import { expect, test } from 'vitest'
import { createMarkdownSummary } from '../../src/report/index.js'

test('a summary has a section for each output, with files, warnings and dependencies', () => {
  const { emit, text } = createMarkdownSummary()
  const output = 'x-1-h0_0'
  emit({
    type: 'output-started',
    output,
    name: 'x',
    version: '1',
    build: 'h0_0',
    variant: {},
    index: 0,
    count: 1,
  })
  emit({ type: 'spec-resolved', output, environment: 'host', spec: 'zlib >=1', record: 'zlib-1.3-h0_0' })
  emit({ type: 'file-packaged', output, path: 'bin/x|y', sizeBytes: 1200, placeholder: 'text' })
  emit({ type: 'warning', output, code: 'package/empty', message: 'odd <b>' })
  emit({ type: 'artifact-written', output, path: '/o/x.conda', sizeBytes: 2400, sha256: '0', files: 1 })
  expect(text()).toBe(`### Build summary for x-1-h0_0

**Artifact**: /o/x.conda (2.4 kB)

<details>
<summary>Included files (1 file)</summary>

| Path | Size | Extra info |
| --- | --- | --- |
| bin/x\\|y | 1.2 kB | text |

</details>

> [!WARNING]
> - odd \\<b\\>

<details>
<summary>Resolved dependencies</summary>

| Environment | Spec | Package |
| --- | --- | --- |
| host | zlib \\>=1 | zlib-1.3-h0\\_0 |

</details>

`)
})

test('a failed output says why', () => {
  const { emit, text } = createMarkdownSummary()
  emit({
    type: 'output-started',
    output: 'x',
    name: 'x',
    version: '1',
    build: '0',
    variant: {},
    index: 0,
    count: 1,
  })
  emit({
    type: 'build-failed',
    output: 'x',
    code: 'script/failed',
    message: 'Script failed with status 2',
    diagnostics: [],
    exitCode: 6,
  })
  expect(text()).toContain('**Failed**: Script failed with status 2')
})
