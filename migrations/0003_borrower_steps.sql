-- What a borrower has to do at a funder (open a page, bind a card), bids of ping-post, several offers of one funder, and repayments made
-- through us: what half flow, full flow, joint login, ping-post and rate tables need beside the plain waterfall.

CREATE TABLE borrower_steps (
  id TEXT PRIMARY KEY NOT NULL,
  application_id TEXT NOT NULL,
  borrower_id TEXT NOT NULL,
  attempt_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  stage TEXT NOT NULL,
  state TEXT NOT NULL,
  destination TEXT,
  -- A link, a bank's reference, the cards to choose from: sealed under the borrower's key. A link may carry a token.
  detail_sealed BLOB,
  expires_at_ms INTEGER,
  opened_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX borrower_steps_application ON borrower_steps (application_id);

CREATE TABLE repayments (
  id TEXT PRIMARY KEY NOT NULL,
  loan_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  funder_id TEXT NOT NULL,
  amount_fen INTEGER NOT NULL,
  up_to_month INTEGER,
  state TEXT NOT NULL,
  detail TEXT,
  tries INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  settled_at_ms INTEGER
) STRICT;
CREATE INDEX repayments_loan ON repayments (loan_id);

ALTER TABLE attempts ADD COLUMN bid_fen INTEGER;
ALTER TABLE attempts ADD COLUMN valid_until_ms INTEGER;
ALTER TABLE loans ADD COLUMN card_ref TEXT;

-- One offer an attempt was the rule until funders came that make several; each of those has the funder's own name for it.
ALTER TABLE offers ADD COLUMN funder_offer_ref TEXT NOT NULL DEFAULT '';
DROP INDEX offers_attempt;
CREATE UNIQUE INDEX offers_attempt ON offers (application_id, attempt_id, funder_offer_ref);
