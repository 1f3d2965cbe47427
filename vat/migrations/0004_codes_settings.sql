-- Codes that a company has are those of the catalogue, and behave as their own name says. The owner sees no
-- client's rows by itself: the fence is open for this statement, in this transaction. Keys are looked at once,
-- since a table with checks to come cannot be altered.
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE vat_vatcode NO FORCE ROW LEVEL SECURITY;
UPDATE vat_vatcode SET catalogue_code = code;
ALTER TABLE vat_vatcode FORCE ROW LEVEL SECURITY;
ALTER TABLE vat_vatcode ADD CONSTRAINT vat_code_behaves CHECK (catalogue_code <> '');
SET CONSTRAINTS ALL DEFERRED;

-- An activity has one granted rate on a day.
ALTER TABLE vat_vatactivity ADD CONSTRAINT vat_activities_do_not_overlap EXCLUDE USING gist (
    company_id WITH =,
    activity_code WITH =,
    daterange(valid_from, valid_to, '[]') WITH &&
);
