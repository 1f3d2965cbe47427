-- A settlement stays as it was made: it may be sealed under another key, or be undone once, never changed or deleted.
CREATE FUNCTION payroll_settlement_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['content', 'cancelled_at', 'cancelled_by_id', 'reason'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
        OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at) THEN
        PERFORM accounting_raise('settlements.frozen',
            format('the settlement of %s until %s is made', OLD.canton, OLD.last));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payroll_settlement_guard BEFORE UPDATE OR DELETE ON payroll_taxsettlement
    FOR EACH ROW EXECUTE FUNCTION payroll_settlement_guard();
CREATE TRIGGER payroll_settlements_stay BEFORE TRUNCATE ON payroll_taxsettlement
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();

-- A run's tax is settled with a canton until that settlement is undone.
CREATE FUNCTION payroll_settled_run_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM accounting_raise('settlements.frozen', format('run %s is settled with %s', OLD.run_id, OLD.canton));
    RETURN OLD;
END $$;
CREATE TRIGGER payroll_settled_run_guard BEFORE UPDATE ON payroll_settledrun
    FOR EACH ROW EXECUTE FUNCTION payroll_settled_run_guard();

ALTER TABLE payroll_taxsettlement ALTER COLUMN content SET STORAGE EXTERNAL;
