import { contextBridge, ipcRenderer } from 'electron'
import type { ConsoleBridge } from '../shared/ipc.ts'
import { ipcChannel } from '../shared/ipc-channel.ts'

contextBridge.exposeInMainWorld('viruj', {
  send: (message) => ipcRenderer.invoke(ipcChannel, message),
} satisfies ConsoleBridge)
