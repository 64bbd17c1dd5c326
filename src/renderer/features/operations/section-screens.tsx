import { SectionScreen } from './section-screen.tsx'

export const ReplicationScreen = () => <SectionScreen section="replication" />
export const SessionsScreen = () => <SectionScreen section="sessions" />
export const StatementsScreen = () => <SectionScreen section="statements" />
export const MaintenanceScreen = () => <SectionScreen section="maintenance" />
export const BackupScreen = () => <SectionScreen section="backup" />
export const ServerScreen = () => <SectionScreen section="server" />
export const SecurityScreen = () => <SectionScreen section="security" />
