-- Shipped wage types that nobody changed follow what is shipped now. The owner sees no client's rows by itself:
-- the fence is open for these statements, in this transaction. Keys are looked at once, since a table with checks
-- to come cannot be altered.
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE payroll_wagetype NO FORCE ROW LEVEL SECURITY;
-- What somebody pays for the private use of a company car lowers the benefit, and all that is reckoned of it.
UPDATE payroll_wagetype
SET is_ahv = true, is_alv = true, is_uvg = true, is_uvgz = true, is_ktg = true, is_bvg = true, is_fak = true,
    is_taxed = true, is_gross = true
WHERE number = 5150 AND is_shipped AND kind = 'deduction'
  AND NOT (is_ahv OR is_alv OR is_uvg OR is_uvgz OR is_ktg OR is_bvg OR is_fak OR is_taxed OR is_gross);
-- The private share lowers the costs of the car, and is taxed there.
UPDATE payroll_wagetype
SET role = 'balance_car'
WHERE number = 5210 AND is_shipped AND kind = 'net_correction' AND role = '';
-- Overtime at 125 percent of the wage of an hour.
UPDATE payroll_wagetype
SET percent = 125
WHERE number = 1061 AND is_shipped AND method = 'quantity' AND percent IS NULL;
ALTER TABLE payroll_wagetype FORCE ROW LEVEL SECURITY;
SET CONSTRAINTS ALL DEFERRED;
