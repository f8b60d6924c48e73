import { describe, expect, it } from 'vitest'
import { finished, Speech } from './speech.ts'

describe('speech', () => {
  it('says whole sentences only, until the text is final', () => {
    expect(finished('A porta cede. Alguém pren', false)).toEqual({ sentences: ['A porta cede.'], taken: 13 })
    expect(finished('A porta cede. Alguém pren', true).sentences).toEqual(['A porta cede.', 'Alguém pren'])
    expect(finished('Room 3.5 is open. “Go!” she says.', false).sentences).toEqual(['Room 3.5 is open.', '“Go!”', 'she says.'])
  })

  it('speaks at most once in three seconds and never a sentence twice', () => {
    const speech = new Speech()
    speech.feed('1', 'App', 'One. Tw', false)
    expect(speech.next(0)).toBe('App: One.')
    speech.feed('1', 'App', 'One. Two. Thr', false)
    expect(speech.next(2999)).toBeUndefined()
    expect(speech.next(3000)).toBe('Two.')
    speech.feed('1', 'App', 'One. Two. Three', true)
    speech.feed('1', 'App', 'One. Two. Three', true)
    expect(speech.next(9000)).toBe('Three')
    expect(speech.next(20000)).toBeUndefined()
  })

  it('says a replaced text anew', () => {
    const speech = new Speech()
    speech.feed('1', 'App', 'The door gives.', true)
    expect(speech.next(0)).toBe('App: The door gives.')
    speech.feed('1', 'App', 'Ana undid this scene.', true)
    expect(speech.next(5000)).toBe('Ana undid this scene.')
  })
})
