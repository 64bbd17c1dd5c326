import { type LayoutInput, layOut } from './layout.ts'

// The compiler sees a window here; it is a worker, whose messages need no target.
self.onmessage = ({ data }: MessageEvent<LayoutInput>) => self.postMessage(layOut(data))
