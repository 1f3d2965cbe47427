-- A claim that is handed in stays as it is, so that what is paid is what was approved. Booked by a bill it is free again
-- only when that bill was reversed.
CREATE FUNCTION payroll_expense_claim_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    may text[] := ARRAY['state', 'version', 'submitted_at', 'decided_by_id', 'decided_at', 'reason', 'way', 'bill_id',
                        'payee_id', 'employee_id', 'month'];
    step text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state NOT IN ('draft', 'rejected') THEN
            PERFORM accounting_raise('expenses.frozen', format('claim %s is %s', OLD.number, OLD.state));
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.company_id, OLD.user_id, OLD.number) IS DISTINCT FROM (NEW.company_id, NEW.user_id, NEW.number)
            OR OLD.state NOT IN ('draft', 'rejected') AND to_jsonb(OLD) - may <> to_jsonb(NEW) - may THEN
        PERFORM accounting_raise('expenses.frozen', format('claim %s is %s', OLD.number, OLD.state));
    END IF;
    step := OLD.state || ' ' || NEW.state;
    IF OLD.state <> NEW.state AND step NOT IN ('draft submitted', 'rejected submitted', 'submitted draft',
            'submitted approved', 'submitted rejected', 'approved rejected', 'approved booked', 'booked approved') THEN
        PERFORM accounting_raise('expenses.frozen', format('claim %s goes from %s to %s', OLD.number, OLD.state, NEW.state));
    END IF;
    IF step = 'booked booked' AND (OLD.bill_id, OLD.employee_id, OLD.month)
            IS DISTINCT FROM (NEW.bill_id, NEW.employee_id, NEW.month) THEN
        PERFORM accounting_raise('expenses.frozen', format('claim %s is booked', OLD.number));
    END IF;
    IF step = 'booked approved' AND EXISTS (SELECT 1 FROM accounting_supplierinvoice b WHERE b.company_id = OLD.company_id
            AND b.id = OLD.bill_id AND b.status <> 'reversed') THEN
        PERFORM accounting_raise('expenses.frozen', format('the bill of claim %s stands', OLD.number));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER expense_claim_guard BEFORE UPDATE OR DELETE ON payroll_expenseclaim
    FOR EACH ROW EXECUTE FUNCTION payroll_expense_claim_guard();

CREATE FUNCTION payroll_expense_line_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    claims bigint[] := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.claim_id END,
                             CASE WHEN TG_OP <> 'DELETE' THEN NEW.claim_id END];
BEGIN
    IF EXISTS (SELECT 1 FROM payroll_expenseclaim c WHERE c.company_id = coalesce(NEW.company_id, OLD.company_id)
               AND c.id = ANY (claims) AND c.state NOT IN ('draft', 'rejected') FOR SHARE) THEN
        PERFORM accounting_raise('expenses.frozen', 'a line of a claim that is handed in');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER expense_line_guard BEFORE INSERT OR UPDATE OR DELETE ON payroll_expenseline
    FOR EACH ROW EXECUTE FUNCTION payroll_expense_line_guard();
