/** Checks the database: its version, and the settings without which a committed row may not be on disk. */
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
/** Connections that one gateway process and one command need together. */
const CONNECTIONS = 12;
/** Differences of the clocks in milliseconds: warn above the first, fail above the second. */
const [APART, FAR_APART] = [5_000, 60_000];

export const databaseCheck: DoctorCheck<ExaminedGateway> = {
  name: 'database',
  quick: true,
  examine: async ({ sql, gateway }) => {
    const settings = await readDatabaseSettings(sql);
    return reportFaultsOrOk(
      [...durability(settings), ...shape(settings), ...clock(settings, gateway.now())],
      `PostgreSQL ${Math.floor(settings.version / 10_000)}.${settings.version % 10_000}; committed data is on disk`,
    );
  },
};

/** With one of these settings off, a power failure can lose a message for which a receipt was given. */
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
      `${name} is off: a power failure can lose messages for which receipts were given`,
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
      : [
          reportFailed(
            `the encoding of the database is ${encoding}`,
            'create the database with the encoding UTF8',
          ),
        ]),
    ...(isStandby
      ? [reportFailed('the server is a standby and refuses writes', 'set DATABASE_URL to the primary')]
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
  const detail = `the clocks of the gateway and of the database differ by ${Math.round(apart / 1_000)} s`;
  const todo = 'set up NTP on both machines';
  return [apart < FAR_APART ? reportWarning(detail, todo) : reportFailed(detail, todo)];
}
