/** Variables about the repository the sources came from (spec: build.md 1.3 F). */
import type { EnvFacts, EnvRow, EnvStage } from './facts.js'

const build: readonly EnvStage[] = ['build']

function gitBuildString({ git }: EnvFacts): string | undefined {
  return git?.describeNumber && git.describeHash ? `${git.describeNumber}_${git.describeHash}` : undefined
}

function mercurialBuildString({ mercurial }: EnvFacts): string | undefined {
  return mercurial && `${mercurial.revision}_${mercurial.shortId}`
}

export const repositoryRows: readonly EnvRow[] = [
  {
    name: 'GIT_DESCRIBE_TAG',
    stages: build,
    doc: 'Nearest tag of the git checkout in the work directory.',
    value: (f) => f.git?.describeTag,
  },
  {
    name: 'GIT_DESCRIBE_NUMBER',
    stages: build,
    doc: 'Commits since that tag.',
    value: (f) => f.git?.describeNumber,
  },
  {
    name: 'GIT_DESCRIBE_HASH',
    stages: build,
    doc: 'Short commit, with its `g`.',
    value: (f) => f.git?.describeHash,
  },
  { name: 'GIT_FULL_HASH', stages: build, doc: 'Full commit.', value: (f) => f.git?.fullHash },
  { name: 'GIT_BUILD_STR', stages: build, doc: 'Number and hash, for build strings.', value: gitBuildString },
  {
    name: 'HG_BRANCH',
    stages: build,
    doc: 'Branch of the Mercurial checkout in the work directory.',
    value: (f) => f.mercurial?.branch,
  },
  {
    name: 'HG_BUILD_STR',
    stages: build,
    doc: 'Revision and short id, for build strings.',
    value: mercurialBuildString,
  },
  { name: 'HG_LATEST_TAG', stages: build, doc: 'Latest tag.', value: (f) => f.mercurial?.latestTag },
  {
    name: 'HG_LATEST_TAG_DISTANCE',
    stages: build,
    doc: 'Commits since that tag.',
    value: (f) => f.mercurial?.latestTagDistance,
  },
  { name: 'HG_NUM_ID', stages: build, doc: 'Revision number.', value: (f) => f.mercurial?.revision },
  { name: 'HG_SHORT_ID', stages: build, doc: 'Short id.', value: (f) => f.mercurial?.shortId },
]
