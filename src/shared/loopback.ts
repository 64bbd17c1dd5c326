/** What the page in a browser and the host on 127.0.0.1 agree on. */
export const loopback = {
  /** Exchanges the link's one-time token for the cookie and the tab's secret. */
  enterPath: '/enter',
  pullPath: '/pull',
  /** Takes a chunk of a file as it is, with what it belongs to in a header, and answers what is wanted next. */
  feedPath: '/feed',
  /** Holds the JSON that says what a chunk belongs to. */
  feedHeader: 'x-console-feed',
  /** Holds the tab's secret: the cookie alone would also reach every other server on 127.0.0.1. */
  tabHeader: 'x-console-tab',
  /** `1` on the last batch of a result. */
  doneHeader: 'x-console-done',
  /** Marks an answer that is a `ConsoleError` of the host itself, not of the router. */
  refusedHeader: 'x-console-refused',
  /** Where the page keeps the tab's secret, in its sessionStorage. */
  tabKey: 'console.tab',
} as const
