import { SvelteSet } from 'svelte/reactivity'
import type { Snowflake } from './types.ts'

/** Ephemeral messages that were put away; as in Discord they stay away until the tab closes. */
export const dismissed = new SvelteSet<Snowflake>()
