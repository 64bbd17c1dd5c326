export const MetadataScreen = () => null
