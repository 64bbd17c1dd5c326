export const DocumentsScreen = () => null
