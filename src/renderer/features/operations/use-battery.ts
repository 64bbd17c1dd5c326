import { useEffect, useState } from 'react'

/** What of a battery is asked: https://www.w3.org/TR/battery-status/. TypeScript's DOM has no type of it. */
type Battery = EventTarget & { charging: boolean }

/** Whether this machine runs from its battery; false where the browser does not say. */
export const useOnBattery = (): boolean => {
  const [isOnBattery, setOnBattery] = useState(false)
  useEffect(() => {
    if (!('getBattery' in navigator)) return
    const ended = new AbortController()
    const ask = navigator.getBattery as () => Promise<Battery>
    ask.call(navigator).then(
      (battery) => {
        if (ended.signal.aborted) return
        const tell = (): void => setOnBattery(!battery.charging)
        tell()
        battery.addEventListener('chargingchange', tell, { signal: ended.signal })
      },
      // A page that may not ask runs as on mains.
      () => setOnBattery(false),
    )
    return () => ended.abort()
  }, [])
  return isOnBattery
}
