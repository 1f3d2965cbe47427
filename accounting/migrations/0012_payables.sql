-- A supplier's invoice that is handed in does not change, so that whoever approves it approves what is posted. What
-- may still be said of it: how far it has come, the entry it became, and whose it is, when contacts are merged.

CREATE FUNCTION accounting_supplier_invoice_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    may text[] := ARRAY['status', 'version', 'contact_id'];
BEGIN
    IF OLD.status IN ('draft', 'pattern') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM accounting_raise('payables.frozen', format('invoice %s is handed in', OLD.id));
    END IF;
    IF OLD.status IN ('submitted', 'approved') THEN
        may := may || ARRAY['rejected_because', 'entry_id', 'base', 'exchange_rate', 'posted_at'];
    ELSIF NEW.status <> OLD.status AND (OLD.status, NEW.status) <> ('posted', 'reversed') THEN
        PERFORM accounting_raise('payables.frozen', format('invoice %s is %s', OLD.id, OLD.status));
    END IF;
    IF to_jsonb(OLD) - may <> to_jsonb(NEW) - may THEN
        PERFORM accounting_raise('payables.frozen', format('invoice %s is handed in', OLD.id));
    END IF;
    -- All whose visa was asked for in this round have given it.
    IF OLD.status = 'submitted' AND NEW.status IN ('approved', 'posted') THEN
        PERFORM 1 FROM accounting_visa v
            WHERE v.company_id = NEW.company_id AND v.invoice_id = NEW.id AND v.round = NEW.round
              AND v.state <> 'given';
        IF FOUND THEN
            PERFORM accounting_raise('payables.visa_missing', format('invoice %s', OLD.id));
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER supplier_invoice_guard BEFORE UPDATE OR DELETE ON accounting_supplierinvoice
    FOR EACH ROW EXECUTE FUNCTION accounting_supplier_invoice_guard();

-- It goes over to another contact only because its own was merged into that one. Looked at when the transaction
-- ends, as the contact is marked after its invoices have followed.
CREATE FUNCTION accounting_supplier_invoice_follows() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM contacts_contact was
        JOIN contacts_contact now ON now.company_id = was.company_id AND now.id = NEW.contact_id
        WHERE was.company_id = NEW.company_id AND was.id = OLD.contact_id
          AND was.merged_into_id IN (now.id, now.merged_into_id);
    IF NOT FOUND THEN
        PERFORM accounting_raise('payables.contact_kept', format('invoice %s follows its contact alone', OLD.id));
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER supplier_invoice_follows AFTER UPDATE ON accounting_supplierinvoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status NOT IN ('draft', 'pattern') AND OLD.contact_id IS DISTINCT FROM NEW.contact_id)
    EXECUTE FUNCTION accounting_supplier_invoice_follows();

CREATE FUNCTION accounting_supplier_line_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    invoices bigint[] := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.invoice_id END,
                               CASE WHEN TG_OP <> 'DELETE' THEN NEW.invoice_id END];
BEGIN
    PERFORM 1 FROM accounting_supplierinvoice i
        WHERE i.id = ANY (invoices) AND i.status NOT IN ('draft', 'pattern') FOR SHARE;
    IF FOUND THEN
        PERFORM accounting_raise('payables.frozen', format('lines of invoice %s', invoices));
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER supplier_line_guard BEFORE INSERT OR UPDATE OR DELETE ON accounting_supplierinvoiceline
    FOR EACH ROW EXECUTE FUNCTION accounting_supplier_line_guard();

-- What somebody said stays said.
CREATE FUNCTION accounting_visa_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'wanted' THEN
        PERFORM accounting_raise('payables.visa_stays', format('visa %s is %s', OLD.id, OLD.state));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER visa_guard BEFORE UPDATE OR DELETE ON accounting_visa
    FOR EACH ROW EXECUTE FUNCTION accounting_visa_guard();

-- A cost that was released stays so; a part is forgotten with its invoice only.
CREATE FUNCTION accounting_accrual_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.entry_id IS NOT NULL THEN
        PERFORM accounting_raise('payables.frozen', format('part %s is released', OLD.id));
    ELSIF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'entry_id' <> to_jsonb(NEW) - 'entry_id' THEN
        PERFORM accounting_raise('payables.frozen', format('part %s', OLD.id));
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER accrual_guard BEFORE UPDATE OR DELETE ON accounting_accrualpart
    FOR EACH ROW EXECUTE FUNCTION accounting_accrual_guard();

CREATE TRIGGER supplier_invoices_stay BEFORE TRUNCATE ON accounting_supplierinvoice
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();
CREATE TRIGGER supplier_lines_stay BEFORE TRUNCATE ON accounting_supplierinvoiceline
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();
CREATE TRIGGER visas_stay BEFORE TRUNCATE ON accounting_visa
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();
