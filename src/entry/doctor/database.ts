/** The database: its version, and the settings that make "kept" mean "on disk". */
import { type DatabaseSettings, readDatabaseSettings } from '../../store/settings.ts';
import {
  type DoctorCheck,
  type DoctorFinding,
  type ExaminedGateway,
  reportFailed,
  reportFaultsOrOk,
  reportWarning,
} from './check.ts';

const OLDEST = 150_000;
/** Connections that one process of the gateway and a command beside it take. */
const CONNECTIONS = 12;
/** Milliseconds. */
const [APART, FAR_APART] = [5_000, 60_000];

export const databaseCheck: DoctorCheck<ExaminedGateway> = {
  name: 'database',
  quick: true,
  examine: async ({ sql, gateway }) => {
    const settings = await readDatabaseSettings(sql);
    return reportFaultsOrOk(
      [...durability(settings), ...shape(settings), ...clock(settings, gateway.now())],
      `PostgreSQL ${Math.floor(settings.version / 10_000)}.${settings.version % 10_000}; what it acknowledges is on disk`,
    );
  },
};

/** With any of these off, a receipt can be given for a message that a power cut then loses. */
function durability({
  fsync,
  fullPageWrites,
  synchronousCommit,
}: DatabaseSettings): readonly DoctorFinding[] {
  const off = [
    ['fsync', fsync],
    ['full_page_writes', fullPageWrites],
    ['synchronous_commit', synchronousCommit],
  ].filter(([, value]) => value === 'off');
  return off.map(([name]) =>
    reportFailed(
      `${name} is off: a power cut loses messages that were acknowledged`,
      `set ${name} to on in postgresql.conf (or for the role and the database), and reload`,
    ),
  );
}

function shape({ version, encoding, isStandby, maxConnections }: DatabaseSettings): readonly DoctorFinding[] {
  return [
    ...(version < OLDEST
      ? [
          reportFailed(
            `PostgreSQL ${Math.floor(version / 10_000)} is older than 15`,
            'upgrade the server to 15 or newer',
          ),
        ]
      : []),
    ...(encoding === 'UTF8'
      ? []
      : [reportFailed(`the database is in ${encoding}`, 'create the database with encoding UTF8')]),
    ...(isStandby
      ? [reportFailed('the server is a standby and takes no writes', 'let DATABASE_URL name the primary')]
      : []),
    ...(maxConnections < CONNECTIONS
      ? [
          reportWarning(
            `the server allows ${maxConnections} connections`,
            `set max_connections to ${CONNECTIONS} for each process of the gateway`,
          ),
        ]
      : []),
  ];
}

function clock({ clock: theirs }: DatabaseSettings, now: Date): readonly DoctorFinding[] {
  const apart = Math.abs(theirs - now.getTime());
  if (apart < APART) return [];
  const detail = `the clocks of the gateway and the database are ${Math.round(apart / 1_000)} s apart`;
  const todo = 'let both machines take their time from NTP';
  return [apart < FAR_APART ? reportWarning(detail, todo) : reportFailed(detail, todo)];
}
