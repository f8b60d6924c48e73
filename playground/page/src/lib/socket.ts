import type { Snowflake } from './types.ts'

export interface Frame {
  t: string
  d: any
}

/** Follows one person's events until closed; comes back by itself, with growing pauses up to five seconds. */
export function follow(person: Snowflake, onFrame: (frame: Frame) => void, onOnline: (online: boolean) => void): () => void {
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = 250
  let closed = false

  const open = (): void => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    socket = new WebSocket(`${scheme}://${location.host}/play/events?person=${encodeURIComponent(person)}`)
    socket.onmessage = (event: MessageEvent<string>) => {
      pause = 250
      const frame = JSON.parse(event.data) as Frame
      if (frame.t === 'READY') onOnline(true)
      onFrame(frame)
    }
    socket.onclose = () => {
      if (closed) return
      onOnline(false)
      timer = setTimeout(open, pause)
      pause = Math.min(pause * 2, 5000)
    }
  }

  open()
  return () => {
    closed = true
    clearTimeout(timer)
    socket?.close()
  }
}
