-- The states of a payment run follow each other in one order, and what was approved stays as it was approved. To
-- change it, it becomes a draft again, and the approval is gone (PAY-2, PAY-6).

CREATE FUNCTION accounting_payment_run_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.status <> NEW.status AND (OLD.status || '>' || NEW.status) <> ALL (ARRAY[
        'draft>approved', 'draft>cancelled', 'approved>draft', 'approved>exported', 'approved>cancelled',
        'exported>booked', 'exported>cancelled', 'booked>exported']) THEN
        PERFORM accounting_raise('payments.order_of_states',
                                 format('run %s: %s does not follow %s', OLD.number, NEW.status, OLD.status));
    END IF;
    IF OLD.number <> NEW.number
       OR (OLD.status <> 'draft' AND NEW.status <> 'draft'
           AND (OLD.bank_account_id, OLD.currency, OLD.date, OLD.batch, OLD.is_salary, OLD.advice, OLD.digest,
                OLD.approved_at, OLD.approved_by_id)
               IS DISTINCT FROM
               (NEW.bank_account_id, NEW.currency, NEW.date, NEW.batch, NEW.is_salary, NEW.advice, NEW.digest,
                NEW.approved_at, NEW.approved_by_id))
       OR (NEW.status = 'draft' AND (NEW.digest <> '' OR NEW.approved_at IS NOT NULL))
       OR (OLD.file_id IS NOT NULL
           AND (OLD.file_id, OLD.message_id, OLD.exported_at, OLD.exported_by_id)
               IS DISTINCT FROM (NEW.file_id, NEW.message_id, NEW.exported_at, NEW.exported_by_id)) THEN
        PERFORM accounting_raise('payments.frozen', format('run %s is %s', OLD.number, OLD.status));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payment_run_guard BEFORE UPDATE ON accounting_paymentrun
    FOR EACH ROW EXECUTE FUNCTION accounting_payment_run_guard();

-- Payments and their items change while their run is a draft. Afterwards the bank may speak of them, they are
-- booked, and contacts are merged.
CREATE FUNCTION accounting_run_part_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    may text[] := ARRAY['bank_status', 'bank_reasons', 'booked_entry_id', 'booked_on', 'block_id', 'contact_id',
                        'is_live'];
    run record;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - may = to_jsonb(NEW) - may THEN
        RETURN NEW;
    END IF;
    SELECT number, status INTO run FROM accounting_paymentrun
        WHERE company_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.company_id ELSE NEW.company_id END
          AND id = CASE WHEN TG_OP = 'DELETE' THEN OLD.run_id ELSE NEW.run_id END
        FOR SHARE;
    IF run.status <> 'draft' THEN
        PERFORM accounting_raise('payments.frozen', format('run %s is %s', run.number, run.status));
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER run_payment_guard BEFORE INSERT OR UPDATE OR DELETE ON accounting_runpayment
    FOR EACH ROW EXECUTE FUNCTION accounting_run_part_guard();
CREATE TRIGGER run_item_guard BEFORE INSERT OR UPDATE OR DELETE ON accounting_runitem
    FOR EACH ROW EXECUTE FUNCTION accounting_run_part_guard();

-- An account of a payee that was decided on is not undecided again, and says who changed it for good.
CREATE FUNCTION accounting_payee_account_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.status = 'waiting' AND NEW.status IN ('approved', 'refused')
       AND (NEW.decided_by_id IS NULL
            OR (NEW.status = 'approved' AND NEW.decided_by_id = OLD.changed_by_id AND NEW.waiver = '')) THEN
        PERFORM accounting_raise('payments.payee_needs_another',
                                 'an account of a payee is approved by another person');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payee_account_guard BEFORE UPDATE ON accounting_payeeaccount
    FOR EACH ROW EXECUTE FUNCTION accounting_payee_account_guard();
