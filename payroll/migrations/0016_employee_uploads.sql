-- With the end of its job, however it ends, an uploaded file is gone: it holds wages and AHV numbers.
CREATE FUNCTION payroll_forget_file() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.payroll_employeeupload SET content = NULL
        WHERE company_id = NEW.company_id AND job_id = NEW.id AND content IS NOT NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER job_forgets_file AFTER UPDATE ON erp_job FOR EACH ROW
    WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL AND NEW.kind = 'payroll.import_employees')
    EXECUTE FUNCTION payroll_forget_file();
