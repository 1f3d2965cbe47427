-- Names the jobs that want sending, of all companies, and notes that they are sent. Tells nothing but numbers.
CREATE FUNCTION rappen_jobs_due(
    moment timestamptz, new_before timestamptz, sent_before timestamptz, most integer
) RETURNS TABLE (job bigint, company bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE public.erp_job j SET enqueued_at = moment
    FROM (
        SELECT id FROM public.erp_job
        WHERE state IN ('waiting', 'running') AND (
            state = 'waiting' AND (enqueued_at IS NULL AND created_at <= new_before OR enqueued_at <= sent_before)
            OR state = 'running' AND lease_until <= moment
               AND (enqueued_at IS NULL OR enqueued_at <= lease_until OR enqueued_at <= sent_before)
        )
        ORDER BY enqueued_at NULLS FIRST, id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
    ) due
    WHERE j.id = due.id RETURNING j.id, j.company_id
$$;
REVOKE ALL ON FUNCTION rappen_jobs_due(timestamptz, timestamptz, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_jobs_due(timestamptz, timestamptz, timestamptz, integer) TO rappen_app;

-- Row-level security is forced upon the owner, too; the function may look over the fence of this one table.
CREATE POLICY erp_job_lookup ON erp_job FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY erp_job_sent ON erp_job FOR UPDATE TO CURRENT_USER USING (true) WITH CHECK (true);

-- What is over stays over, with all that came of it.
CREATE TRIGGER job_stays_over BEFORE UPDATE ON erp_job FOR EACH ROW
    WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION erp_stays_ended();
