-- A run goes one way, and each step keeps what the step before has told: a draft is approved, what was approved is
-- posted by its own entry, what is posted is paid. An approval can be taken off; nothing else of an approved run
-- changes. Nothing comes in approved or posted.
CREATE OR REPLACE FUNCTION payroll_run_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[];
    why text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' OR NEW.entry_id IS NOT NULL OR NEW.number IS NOT NULL OR NEW.digest <> ''
            OR NEW.approved_by_id IS NOT NULL THEN
            PERFORM accounting_raise('payroll.run_frozen', 'a run begins as a draft');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.entry_id IS NOT NULL THEN
        why := format('run %s is posted', OLD.number);
        free := ARRAY['status', 'exported_at', 'bank_account_id', 'pay_date', 'cancelled_at', 'cancelled_by_id',
                      'reason'];
        IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
            OR NEW.status NOT IN ('posted', 'paid', 'cancelled')
            OR (OLD.status = 'cancelled' AND NEW.status <> 'cancelled')
            OR (OLD.status = 'paid' AND NEW.status = 'cancelled') THEN
            PERFORM accounting_raise('payroll.run_frozen', why);
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.status = 'approved' THEN
            PERFORM accounting_raise('payroll.run_frozen', format('run %s is approved', OLD.id));
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status = 'approved' THEN
        free := CASE
            WHEN NEW.status IN ('posted', 'paid') THEN ARRAY['status', 'number', 'date', 'entry_id']
            WHEN NEW.status = 'draft'
                THEN ARRAY['status', 'digest', 'waiver', 'approved_at', 'approved_by_id']
            ELSE ARRAY[]::text[]
        END;
        IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
            OR (NEW.status = 'draft' AND (NEW.digest <> '' OR NEW.approved_by_id IS NOT NULL)) THEN
            PERFORM accounting_raise('payroll.run_frozen', format('run %s is approved', OLD.id));
        END IF;
        IF NEW.status IN ('posted', 'paid') AND NOT EXISTS (
            SELECT 1 FROM accounting_journalentry WHERE company_id = NEW.company_id AND id = NEW.entry_id
                AND source_key = 'payroll:' || NEW.id) THEN
            PERFORM accounting_raise('payroll.run_frozen', format('run %s is posted by its own entry', OLD.id));
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.status = 'cancelled' AND NEW IS DISTINCT FROM OLD) OR NEW.status IN ('posted', 'paid')
        OR NEW.entry_id IS NOT NULL
        OR (NEW.status = 'approved' AND (length(NEW.digest) <> 64 OR NEW.approved_by_id IS NULL
            OR NEW.approved_at IS NULL OR NEW.calculated_at IS NULL OR NEW.is_stale)) THEN
        PERFORM accounting_raise('payroll.run_frozen', format('run %s is %s', OLD.id, OLD.status));
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER payroll_run_guard ON payroll_payrollrun;
CREATE TRIGGER payroll_run_guard BEFORE INSERT OR UPDATE OR DELETE ON payroll_payrollrun
    FOR EACH ROW EXECUTE FUNCTION payroll_run_guard();

-- Slips are those of a draft, or they stay as they were approved: content may be sealed under another key, while the
-- digest of the opened content stays. The PDF is made of posted slips, with its digest, once. The lock on the run
-- comes before the look at it.
CREATE OR REPLACE FUNCTION payroll_slip_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['content', 'paper'];
    state text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.paper_digest = '' THEN
            free := free || 'paper_digest'::text;
        END IF;
        IF to_jsonb(NEW) - free IS NOT DISTINCT FROM to_jsonb(OLD) - free THEN
            RETURN NEW;
        END IF;
        IF NEW.run_id IS DISTINCT FROM OLD.run_id THEN
            PERFORM accounting_raise('payroll.slip_frozen', format('a slip of run %s stays in it', OLD.run_id));
        END IF;
    END IF;
    SELECT status INTO state FROM payroll_payrollrun
        WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.run_id ELSE OLD.run_id END FOR SHARE;
    IF state IS DISTINCT FROM 'draft' THEN
        PERFORM accounting_raise('payroll.slip_frozen',
            format('slips of run %s are %s', CASE TG_OP WHEN 'INSERT' THEN NEW.run_id ELSE OLD.run_id END, state));
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- A payment order tells what went to the bank. It is made of a posted run, booked or given up, and never goes: what
-- was given up may have been executed after all (GeBüV Art. 3).
CREATE OR REPLACE FUNCTION payroll_order_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['file', 'booked_entry_id', 'booked_on'];
    state text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM accounting_raise('payroll.order_frozen', format('order %s is made', OLD.message));
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT status INTO state FROM payroll_payrollrun WHERE id = NEW.run_id FOR SHARE;
        IF state IS DISTINCT FROM 'posted' OR NEW.booked_entry_id IS NOT NULL OR NEW.recalled_at IS NOT NULL THEN
            PERFORM accounting_raise('payroll.order_frozen', format('run %s is %s', NEW.run_id, state));
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.recalled_at IS NULL AND OLD.booked_entry_id IS NULL THEN
        free := free || ARRAY['recalled_at', 'recalled_by_id'];
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
        OR (NEW.booked_entry_id IS DISTINCT FROM OLD.booked_entry_id
            AND NEW.booked_entry_id IS NOT NULL AND OLD.booked_entry_id IS NOT NULL) THEN
        PERFORM accounting_raise('payroll.order_frozen', format('order %s is made', OLD.message));
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER payroll_order_guard ON payroll_wageorder;
CREATE TRIGGER payroll_order_guard BEFORE INSERT OR UPDATE OR DELETE ON payroll_wageorder
    FOR EACH ROW EXECUTE FUNCTION payroll_order_guard();
