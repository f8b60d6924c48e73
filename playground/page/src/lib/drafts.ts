/** What each person had begun to write in each channel. */
export const drafts = new Map<string, string>()
