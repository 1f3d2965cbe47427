-- With the end of its job, however it ends, the passphrase of an export is gone.
CREATE FUNCTION erp_forget_passphrase() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.erp_companyexport SET passphrase = NULL
        WHERE company_id = NEW.company_id AND job_id = NEW.id AND passphrase IS NOT NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER job_forgets_passphrase AFTER UPDATE ON erp_job FOR EACH ROW
    WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL AND NEW.kind = 'company.export')
    EXECUTE FUNCTION erp_forget_passphrase();
