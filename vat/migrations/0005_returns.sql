-- A filed return is frozen: only the entry that settles it comes and goes. It is never deleted.
CREATE FUNCTION vat_return_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state = 'filed' THEN
        IF TG_OP = 'DELETE' THEN
            PERFORM accounting_raise('vat.filed_already', format('return %s to %s', OLD.start, OLD."end"));
        END IF;
        IF to_jsonb(NEW) - 'entry_id' IS DISTINCT FROM to_jsonb(OLD) - 'entry_id' THEN
            PERFORM accounting_raise('vat.filed_already', format('return %s to %s', OLD.start, OLD."end"));
        END IF;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER vat_return_guard BEFORE UPDATE OR DELETE ON vat_vatreturn
    FOR EACH ROW EXECUTE FUNCTION vat_return_guard();
