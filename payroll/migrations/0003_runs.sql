-- A posted run is frozen: it may be paid, be opened for payment again, or be cancelled by a reversal. Its number,
-- month, digest and entry stay. What was posted is never deleted (OR 957a, GeBüV Art. 3).
CREATE FUNCTION payroll_run_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['status', 'exported_at', 'bank_account_id', 'pay_date', 'cancelled_at',
                         'cancelled_by_id', 'reason'];
BEGIN
    IF OLD.entry_id IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM accounting_raise('payroll.run_frozen', format('run %s is posted', OLD.number));
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
        OR NEW.status NOT IN ('posted', 'paid', 'cancelled')
        OR (OLD.status = 'cancelled' AND NEW.status <> 'cancelled')
        OR (OLD.status = 'paid' AND NEW.status = 'cancelled') THEN
        PERFORM accounting_raise('payroll.run_frozen', format('run %s is posted', OLD.number));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payroll_run_guard BEFORE UPDATE OR DELETE ON payroll_payrollrun
    FOR EACH ROW EXECUTE FUNCTION payroll_run_guard();

-- Slips are those of a draft, or they stay as they were approved: content may be sealed under another key and the
-- paper be made, while the digest of the opened content stays. The lock on the run comes before the look at it.
CREATE FUNCTION payroll_slip_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['content', 'paper'];
    state text;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - free IS NOT DISTINCT FROM to_jsonb(OLD) - free THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.run_id IS DISTINCT FROM OLD.run_id THEN
        PERFORM accounting_raise('payroll.slip_frozen', format('a slip of run %s stays in it', OLD.run_id));
    END IF;
    SELECT status INTO state FROM payroll_payrollrun
        WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.run_id ELSE OLD.run_id END FOR SHARE;
    IF state IS DISTINCT FROM 'draft' THEN
        PERFORM accounting_raise('payroll.slip_frozen',
            format('slips of run %s are %s', CASE TG_OP WHEN 'INSERT' THEN NEW.run_id ELSE OLD.run_id END, state));
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER payroll_slip_guard BEFORE INSERT OR UPDATE OR DELETE ON payroll_payslip
    FOR EACH ROW EXECUTE FUNCTION payroll_slip_guard();

-- A payment order tells what went to the bank: it is booked, or recalled, and never changed.
CREATE FUNCTION payroll_order_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['file', 'booked_entry_id', 'booked_on'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.booked_entry_id IS NOT NULL THEN
            PERFORM accounting_raise('payroll.order_booked', format('order %s is booked', OLD.message));
        END IF;
        RETURN OLD;
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        PERFORM accounting_raise('payroll.order_frozen', format('order %s is made', OLD.message));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payroll_order_guard BEFORE UPDATE OR DELETE ON payroll_wageorder
    FOR EACH ROW EXECUTE FUNCTION payroll_order_guard();

CREATE TRIGGER payroll_runs_stay BEFORE TRUNCATE ON payroll_payrollrun
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();
CREATE TRIGGER payroll_slips_stay BEFORE TRUNCATE ON payroll_payslip
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();
CREATE TRIGGER payroll_orders_stay BEFORE TRUNCATE ON payroll_wageorder
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();

-- What is sealed does not compress: trying costs more than writing it.
ALTER TABLE payroll_payslip ALTER COLUMN content SET STORAGE EXTERNAL, ALTER COLUMN paper SET STORAGE EXTERNAL;
