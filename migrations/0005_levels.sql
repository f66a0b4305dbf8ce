-- The banded levels an application is judged on, as one short code, so that a decision can be learnt when it arrives without opening what is sealed.

ALTER TABLE applications ADD COLUMN levels TEXT;
