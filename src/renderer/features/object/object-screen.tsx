export const ObjectScreen = () => null
