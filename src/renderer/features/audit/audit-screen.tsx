export const AuditScreen = () => null
