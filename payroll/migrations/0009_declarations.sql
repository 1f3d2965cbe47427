-- A certificate stays as it was issued: it may be sealed under another key, never changed or deleted; a rectificate
-- replaces it (OR 958f, ten years).
CREATE FUNCTION payroll_certificate_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['content', 'paper'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        PERFORM accounting_raise('declarations.certificate_frozen',
            format('certificate %s of %s is issued', OLD.id, OLD.year));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payroll_certificate_guard BEFORE UPDATE OR DELETE ON payroll_issuedcertificate
    FOR EACH ROW EXECUTE FUNCTION payroll_certificate_guard();
CREATE TRIGGER payroll_certificates_stay BEFORE TRUNCATE ON payroll_issuedcertificate
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();

-- What is sealed does not compress: trying costs more than writing it.
ALTER TABLE payroll_issuedcertificate ALTER COLUMN content SET STORAGE EXTERNAL, ALTER COLUMN paper SET STORAGE EXTERNAL;
