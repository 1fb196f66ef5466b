import { configDefaults, defineConfig } from 'vitest/config'
import ordinary from './vitest.config.ts'

/** The ordinary tests, and those that bring tools of other registries. */
export default defineConfig({ test: { ...ordinary.test, exclude: configDefaults.exclude } })
