/** Stage 9: installs the artifact and runs its tests. */
export { checkPlanContents } from './check-plan-contents.js'
export { testPackage } from './test-package.js'
export type { TestContext, TestOptions } from './tested-package.js'
export type * from './types.js'
