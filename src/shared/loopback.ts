/** What the page in a browser and the host on 127.0.0.1 agree on. */
export const loopback = {
  /** Exchanges the link's one-time token for the cookie and the tab's secret. */
  enterPath: '/enter',
  pullPath: '/pull',
  /** Holds the tab's secret: the cookie alone would also reach every other server on 127.0.0.1. */
  tabHeader: 'x-console-tab',
  /** `1` on the last batch of a result. */
  doneHeader: 'x-console-done',
  /** Marks an answer that is a `ConsoleError` of the host itself, not of the router. */
  refusedHeader: 'x-console-refused',
  /** Where the page keeps the tab's secret, in its sessionStorage. */
  tabKey: 'console.tab',
} as const
