-- Hours that are approved stay as they are, so that what is billed is what was approved; only its invoice tells how far
-- they are. They are billed once, and free again when the draft goes, or all of the invoice was credited.
CREATE FUNCTION accounting_hour_entry_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    may text[] := ARRAY['state', 'version', 'approved_by_id', 'approved_at', 'document_id', 'billed_rate',
                        'billed_amount'];
    bill record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'open' THEN
            PERFORM accounting_raise('hours.frozen', format('hours %s are %s', OLD.id, OLD.state));
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'open' THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - may <> to_jsonb(NEW) - may THEN
        PERFORM accounting_raise('hours.frozen', format('hours %s are %s', OLD.id, OLD.state));
    END IF;
    IF (OLD.state, NEW.state) IN (('open', 'billed'), ('billed', 'open')) THEN
        PERFORM accounting_raise('hours.frozen', format('hours %s go from %s to %s', OLD.id, OLD.state, NEW.state));
    END IF;
    IF OLD.state = 'approved' AND NEW.state = 'billed' AND NOT NEW.is_billable THEN
        PERFORM accounting_raise('hours.not_billable', format('hours %s', OLD.id));
    END IF;
    IF OLD.state <> 'billed' THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'billed' THEN
        IF (OLD.document_id, OLD.billed_rate, OLD.billed_amount)
                IS DISTINCT FROM (NEW.document_id, NEW.billed_rate, NEW.billed_amount) THEN
            PERFORM accounting_raise('hours.frozen', format('hours %s are billed', OLD.id));
        END IF;
        RETURN NEW;
    END IF;
    SELECT d.status, d.payable, (
        SELECT coalesce(sum(n.payable), -1) FROM accounting_salesdocument n
        WHERE n.company_id = d.company_id AND n.follows_id = d.id AND n.kind = 'credit_note' AND n.status = 'issued'
    ) AS credited INTO bill
        FROM accounting_salesdocument d WHERE d.company_id = OLD.company_id AND d.id = OLD.document_id;
    IF FOUND AND bill.status = 'issued' AND bill.credited < bill.payable THEN
        PERFORM accounting_raise('hours.frozen', format('the invoice of hours %s stands', OLD.id));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER hour_entry_guard BEFORE UPDATE OR DELETE ON accounting_hourentry
    FOR EACH ROW EXECUTE FUNCTION accounting_hour_entry_guard();
