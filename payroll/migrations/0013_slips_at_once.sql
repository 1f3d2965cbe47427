-- Slips come and go by hundreds: whether their run is a draft is asked once for a statement, not for each row. The
-- lock on the run comes before the look at it. What changes a slip is asked for each, as before.
CREATE FUNCTION payroll_slips_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    run record;
BEGIN
    FOR run IN
        SELECT r.id, r.status FROM payroll_payrollrun r
        WHERE r.id IN (SELECT s.run_id FROM slips s) ORDER BY r.id FOR SHARE
    LOOP
        IF run.status <> 'draft' THEN
            PERFORM accounting_raise('payroll.slip_frozen', format('slips of run %s are %s', run.id, run.status));
        END IF;
    END LOOP;
    IF EXISTS (SELECT s.run_id FROM slips s EXCEPT SELECT r.id FROM payroll_payrollrun r) THEN
        PERFORM accounting_raise('payroll.slip_frozen', 'slips belong to a run');
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER payroll_slip_guard ON payroll_payslip;
CREATE TRIGGER payroll_slip_guard BEFORE UPDATE ON payroll_payslip
    FOR EACH ROW EXECUTE FUNCTION payroll_slip_guard();
CREATE TRIGGER payroll_slips_come AFTER INSERT ON payroll_payslip
    REFERENCING NEW TABLE AS slips FOR EACH STATEMENT EXECUTE FUNCTION payroll_slips_guard();
CREATE TRIGGER payroll_slips_go AFTER DELETE ON payroll_payslip
    REFERENCING OLD TABLE AS slips FOR EACH STATEMENT EXECUTE FUNCTION payroll_slips_guard();
