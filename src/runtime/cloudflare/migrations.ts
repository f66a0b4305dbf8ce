/** The migrations as the bundle carries them; a test holds this list to the folder. */
import type { Migration } from '../../store/migrate.ts';
import spine from '../../../migrations/0001_spine.sql';
import marksAsBytes from '../../../migrations/0002_marks_as_bytes.sql';
import borrowerSteps from '../../../migrations/0003_borrower_steps.sql';
import funderWatch from '../../../migrations/0004_funder_watch.sql';
import levels from '../../../migrations/0005_levels.sql';
import policyLife from '../../../migrations/0006_policy_life.sql';
import cells from '../../../migrations/0007_cells.sql';
import rollups from '../../../migrations/0008_rollups.sql';
import operators from '../../../migrations/0009_operators.sql';
import visits from '../../../migrations/0010_visits.sql';
import consoleFigures from '../../../migrations/0011_console_figures.sql';
import feedArchive from '../../../migrations/0012_feed_archive.sql';

export const MIGRATIONS: readonly Migration[] = [
  { name: '0001_spine', sql: spine },
  { name: '0002_marks_as_bytes', sql: marksAsBytes },
  { name: '0003_borrower_steps', sql: borrowerSteps },
  { name: '0004_funder_watch', sql: funderWatch },
  { name: '0005_levels', sql: levels },
  { name: '0006_policy_life', sql: policyLife },
  { name: '0007_cells', sql: cells },
  { name: '0008_rollups', sql: rollups },
  { name: '0009_operators', sql: operators },
  { name: '0010_visits', sql: visits },
  { name: '0011_console_figures', sql: consoleFigures },
  { name: '0012_feed_archive', sql: feedArchive },
];
