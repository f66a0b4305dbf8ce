-- Blind indexes and the ids of recorded replies become bytes. They come in no order, so each row of an application dirties a page of each of
-- these indexes; 16 bytes instead of 22 characters (32 or 64 for a reply's id) put more entries on a page, and fewer pages have to be written.
-- Of a reply's id, a SHA-256, the first 16 bytes are kept: 128 bits, as the blind indexes have.

-- Tables are made anew: altering them column by column reads the whole schema again each time.
-- base64url of 16 bytes: five groups of four characters are three bytes each, the last two characters are one byte and four zero bits.
CREATE TABLE marks (text TEXT PRIMARY KEY NOT NULL, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO marks (text, bytes)
  WITH
    texts (text) AS (
      SELECT phone_index FROM borrowers WHERE phone_index IS NOT NULL
      UNION SELECT phone_index FROM applications WHERE phone_index IS NOT NULL
      UNION SELECT id_index FROM applications WHERE id_index IS NOT NULL
      UNION SELECT device_index FROM applications WHERE device_index IS NOT NULL
      UNION SELECT ip_index FROM applications WHERE ip_index IS NOT NULL
    ),
    alphabet (digits) AS (VALUES ('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')),
    groups (at) AS (VALUES (1), (5), (9), (13), (17))
  SELECT text, unhex((
    SELECT group_concat(printf('%06X',
      (instr(digits, substr(text, at, 1)) - 1) * 262144 + (instr(digits, substr(text, at + 1, 1)) - 1) * 4096
      + (instr(digits, substr(text, at + 2, 1)) - 1) * 64 + instr(digits, substr(text, at + 3, 1)) - 1), '' ORDER BY at)
    FROM groups
  ) || printf('%02X', ((instr(digits, substr(text, 21, 1)) - 1) * 64 + instr(digits, substr(text, 22, 1)) - 1) >> 4))
  FROM texts, alphabet;

CREATE TABLE borrowers_as_text AS SELECT * FROM borrowers;
DROP TABLE borrowers;
CREATE TABLE borrowers (
  id TEXT PRIMARY KEY NOT NULL,
  phone_index BLOB,
  data_key BLOB,
  created_at_ms INTEGER NOT NULL,
  erased_at_ms INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO borrowers (id, phone_index, data_key, created_at_ms, erased_at_ms)
  SELECT id, (SELECT bytes FROM marks WHERE text = borrowers_as_text.phone_index), data_key, created_at_ms, erased_at_ms FROM borrowers_as_text ORDER BY id;
DROP TABLE borrowers_as_text;
CREATE UNIQUE INDEX borrowers_phone ON borrowers (phone_index);

CREATE TABLE applications_as_text AS SELECT * FROM applications;
DROP TABLE applications;
CREATE TABLE applications (
  id TEXT PRIMARY KEY NOT NULL,
  borrower_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  variant TEXT,
  state TEXT NOT NULL,
  body_sealed BLOB,
  amount_fen INTEGER,
  term_months INTEGER,
  band TEXT,
  reasons TEXT NOT NULL,
  quarantined INTEGER NOT NULL,
  released INTEGER NOT NULL,
  plan_id TEXT,
  refused_recipients TEXT NOT NULL,
  event_seq INTEGER NOT NULL,
  phone_index BLOB,
  id_index BLOB,
  device_index BLOB,
  ip_index BLOB,
  created_at_ms INTEGER NOT NULL,
  submitted_at_ms INTEGER,
  deadline_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO applications (
  id, borrower_id, channel_id, variant, state, body_sealed, amount_fen, term_months, band, reasons, quarantined, released, plan_id,
    refused_recipients, event_seq, phone_index, id_index, device_index, ip_index, created_at_ms, submitted_at_ms, deadline_at_ms,
    updated_at_ms
)
  SELECT
    id, borrower_id, channel_id, variant, state, body_sealed, amount_fen, term_months, band, reasons, quarantined, released, plan_id,
      refused_recipients, event_seq, (SELECT bytes FROM marks WHERE text = applications_as_text.phone_index), (SELECT bytes FROM marks WHERE
      text = applications_as_text.id_index), (SELECT bytes FROM marks WHERE text = applications_as_text.device_index), (SELECT bytes FROM
      marks WHERE text = applications_as_text.ip_index), created_at_ms, submitted_at_ms, deadline_at_ms, updated_at_ms
  FROM applications_as_text ORDER BY rowid;
DROP TABLE applications_as_text;
-- A borrower is one phone, so the phone needs no index of its own.
CREATE INDEX applications_borrower ON applications (borrower_id, submitted_at_ms);
CREATE INDEX applications_id_number ON applications (id_index, submitted_at_ms);
-- Many applications come without a device or an address, and need no entry to say so.
CREATE INDEX applications_device ON applications (device_index, submitted_at_ms) WHERE device_index IS NOT NULL;
CREATE INDEX applications_ip ON applications (ip_index, submitted_at_ms) WHERE ip_index IS NOT NULL;
DROP TABLE marks;

CREATE TABLE idempotency_as_text AS SELECT * FROM idempotency ORDER BY rowid;
DROP TABLE idempotency;
CREATE TABLE idempotency (
  id BLOB PRIMARY KEY NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  body_sealed BLOB NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
-- In the order they were written: the oldest are looked for by row number.
INSERT INTO idempotency (id, fingerprint, status, body_sealed, created_at_ms)
  SELECT unhex(substr(id, 1, 32)), fingerprint, status, body_sealed, created_at_ms FROM idempotency_as_text ORDER BY rowid;
DROP TABLE idempotency_as_text;
