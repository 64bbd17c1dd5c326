export const ConnectScreen = () => null
