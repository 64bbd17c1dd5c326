/** The one channel between the window and the desktop host. In a file of its own: the preload script holds nothing else. */
export const ipcChannel = 'rpc'
